from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class AskQuerySet(models.QuerySet["Ask"]):
    def waiting(self) -> Self:
        """For an answer."""
        return self.filter(settled_at=None)

    def unanswered(self, now: datetime) -> Self:
        """For longer than a working day."""
        return self.waiting().filter(due_at__lte=now)


class Ask(models.Model):
    """A question to a colleague: can you take this one?"""

    class Answer(models.TextChoices):
        YES = "yes", "Yes, I take it"
        NO = "no", "No"
        FROM = "from", "From a day on"

    request = models.ForeignKey(
        "intake.ContactRequest", models.PROTECT, related_name="asks", editable=False
    )
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="asked", editable=False
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    due_at = models.DateTimeField(editable=False)
    may_read = models.BooleanField(default=False, editable=False)
    # Settled without an answer: it was taken back, or nobody answered in time.
    settled_at = models.DateTimeField(null=True, editable=False)
    answer = models.CharField(max_length=4, choices=Answer, blank=True, editable=False)
    from_on = models.DateField(null=True, editable=False)

    objects = AskQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(settled_at=None), name="ask_one_waiting"
            ),
            models.CheckConstraint(
                condition=Q(answer="") | Q(settled_at__isnull=False), name="ask_answered_when"
            ),
            models.CheckConstraint(
                condition=Q(answer="from", from_on__isnull=False)
                | ~Q(answer="from") & Q(from_on=None),
                name="ask_from_has_day",
            ),
        ]
        indexes = [
            models.Index(fields=["to"], condition=Q(settled_at=None), name="ask_waiting_for"),
            models.Index(fields=["due_at"], condition=Q(settled_at=None), name="ask_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.request}, asked of {self.to}"

    def settle(self, answer: str = "", from_on: date | None = None) -> None:
        self.settled_at, self.answer, self.from_on = timezone.now(), answer, from_on
        self.save(update_fields=["settled_at", "answer", "from_on"])
