from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from pages.models.practice import Practice

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class AttestationManager(models.Manager["Attestation"]):
    def vouch(self, subject: str, by: "User", how: str) -> "Attestation":
        """Someone looked today. It takes the place of what was said before."""
        said = {"on": Practice.current().today(), "by": by, "how": how}
        return self.update_or_create(subject=subject, defaults=said)[0]


class Attestation(models.Model):
    """Someone vouches for what the site cannot see for itself, on a day."""

    class Subject(models.TextChoices):
        BACKUPS = "backups", "A backup was made, and opened to see that it can be"

    subject = models.CharField(max_length=20, choices=Subject, unique=True)
    on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    how = models.CharField(max_length=200, help_text="How it is done, in a sentence.")

    objects = AttestationManager()

    class Meta:
        ordering = ["subject"]

    def __str__(self) -> str:
        return f"{self.get_subject_display()}, {self.on}"
