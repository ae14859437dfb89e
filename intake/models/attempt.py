from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from intake import encryption
from intake.models.choices import ContactMethod
from intake.models.event import digest, plain


class Attempt(models.Model):
    """One try to reach a person. Choices only; what was said belongs into a note."""

    class Result(models.TextChoices):
        TALKED = "talked", "Talked"
        NO_ANSWER = "no_answer", "No answer"
        LEFT_MESSAGE = "left_message", "Left message"
        SOMEONE_ELSE = "someone_else", "Someone else answered"
        WROTE = "wrote", "Sent text or email"
        NOT_SAFE = "not_safe", "Not safe now"

    class Channel(models.TextChoices):
        CALL = "call", "Call"
        TEXT = "text", "Text"
        EMAIL = "email", "Email"

    class Against(models.TextChoices):
        """Which of their wishes it broke."""

        VOICEMAIL = "voicemail", "They asked for no voicemail"
        WAY = "way", "They asked for another way"
        TIMES = "times", "They asked for other times"
        OWN = "own", "They asked not to be contacted first"

    UNDONE_WITHIN = timedelta(days=1)

    request = models.ForeignKey(
        "intake.ContactRequest", models.CASCADE, related_name="attempts", editable=False
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    at = models.DateTimeField(default=timezone.now, editable=False)
    channel = models.CharField(max_length=5, choices=Channel, editable=False)
    result = models.CharField(max_length=12, choices=Result, editable=False)
    against_wishes = models.CharField(max_length=10, choices=Against, blank=True, editable=False)
    undone_at = models.DateTimeField(null=True, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="attempt_undone_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"Try of {self.request}"

    def digest(self) -> str:
        """Who, when and what. That it was taken back is an event of its own."""
        whole = [self.by_id, self.at, self.channel, self.result, self.against_wishes]
        return digest(encryption.canonical([plain(each) for each in whole])).hex()

    def told(self) -> dict[str, Any]:
        """What its event says of it, once it is stored."""
        return {
            "attempt": self.pk,
            "result": str(self.result),
            "channel": str(self.channel),
            "against": str(self.against_wishes),
            "sealed": self.digest(),
        }


def channel_of(method: str, result: str) -> str:
    """By which way a try with this result went; who calls us is called."""
    by_writing = method in (ContactMethod.TEXT, ContactMethod.EMAIL)
    if result == Attempt.Result.WROTE:
        return method if by_writing else Attempt.Channel.TEXT
    if result == Attempt.Result.LEFT_MESSAGE or not by_writing:
        return Attempt.Channel.CALL
    return method
