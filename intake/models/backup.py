from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

# One that failed, or was cut off, is made again after this long.
AGAIN_AFTER = timedelta(hours=1)


class BackupManager(models.Manager["Backup"]):
    def last_good(self) -> "Backup | None":
        return self.exclude(made_at=None).order_by("-made_at").first()

    def claim_night(self, night: date, now: datetime) -> "Backup | None":
        """The one to make, for one worker alone; None where it is made, or another is at it."""
        row, new = self.get_or_create(night=night, defaults={"begun_at": now})
        if new:
            return row
        failed = self.filter(pk=row.pk, made_at=None, begun_at__lte=now - AGAIN_AFTER)
        return row if failed.update(begun_at=now) else None

    def forget(self, before: datetime) -> None:
        """What is said of backups that are no longer kept; never of the last good one."""
        old, last = self.filter(begun_at__lt=before), self.last_good()
        (old.exclude(pk=last.pk) if last else old).delete()


class Backup(models.Model):
    """A backup of the database: when it was made, and what its file is called."""

    night = models.DateField(null=True, unique=True)  # the worker's; none where made by hand
    begun_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(null=True)
    name = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(default=0)

    objects = BackupManager()

    class Meta:
        ordering = ["-begun_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(made_at=None, name="") | (Q(made_at__isnull=False) & ~Q(name="")),
                name="backup_made_has_a_name",
            )
        ]

    def __str__(self) -> str:
        return self.name or f"{self.begun_at:%Y-%m-%d %H:%M}, not made"

    def made(self, name: str, size: int) -> None:
        """The file is whole and in its place."""
        self.made_at, self.name, self.size = timezone.now(), name, size
        self.save()
