from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone


class CheckIn(models.Model):
    """A question to someone on the waiting list: are you still looking?"""

    class Answer(models.TextChoices):
        KEEP = "keep", "Yes, keep my place"
        FOUND = "found", "I found help. You can take me off"
        HARDER = "harder", "It has gotten harder"

    request = models.ForeignKey(
        "intake.ContactRequest", models.PROTECT, related_name="check_ins", editable=False
    )
    number = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=10, choices=Answer, blank=True)

    class Meta:
        ordering = ["request", "number"]
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="check_in_number_once"),
            models.UniqueConstraint(
                fields=["request"], condition=Q(answered_at=None), name="check_in_one_open"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("asked_at")), name="check_in_expires_later"
            ),
            models.CheckConstraint(
                condition=Q(answer="") | Q(answered_at__isnull=False), name="check_in_answered_when"
            ),
        ]

    def __str__(self) -> str:
        return f"Check-in {self.number} of {self.request}"

    @property
    def is_last(self) -> bool:
        """The one before was missed: after this one the place ends."""
        before = CheckIn.objects.filter(request=self.request_id, number=self.number - 1).first()
        return before is not None and before.was_missed

    @property
    def was_missed(self) -> bool:
        """Nobody answered in time. One that staff made needless before is not missed."""
        return bool(not self.answer and self.answered_at and self.answered_at >= self.expires_at)

    def settle(self, now: datetime, answer: str = "") -> None:
        """It waits for nothing any more: it was answered, missed, or is needless."""
        self.answered_at, self.answer = now, answer
        self.save(update_fields=["answered_at", "answer"])
