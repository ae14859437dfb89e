from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from intake.models.contact_request import ContactRequest


class ReadingManager(models.Manager["Reading"]):
    def opened(self, request: "ContactRequest", by: User) -> None:
        """Inside `recorded`, whose event has the next number.

        That one has read it is no news: whoever had seen all before has seen all.
        """
        next_seq = request.activity_seq + 1
        up_to_date = self.filter(request=request, seen_seq=request.activity_seq)
        up_to_date.update(seen_seq=next_seq)
        self._keep(request, by, next_seq)

    def acted(self, request: "ContactRequest", by: User) -> None:
        """Who does something with a request has seen what stands there."""
        self.filter(request=request, user=by).update(seen_seq=request.activity_seq)

    def _keep(self, request: "ContactRequest", by: User, seq: int) -> None:
        reading = Reading(request=request, user=by, opened_at=timezone.now(), seen_seq=seq)
        self.bulk_create(
            [reading],
            update_conflicts=True,
            unique_fields=["request", "user"],
            update_fields=["opened_at", "seen_seq"],
        )


class Reading(models.Model):
    """How far one member of staff has read one request. What came later is unread."""

    request = models.ForeignKey(
        "intake.ContactRequest", models.CASCADE, related_name="readings", editable=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", editable=False
    )
    opened_at = models.DateTimeField(editable=False)
    seen_seq = models.PositiveIntegerField(editable=False)

    objects = ReadingManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "user"], name="reading_once_a_member")
        ]

    def __str__(self) -> str:
        return f"{self.user} has read {self.request}"
