from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models, transaction

from intake.models.event import Actor, Event, digest

# The stream of what happens to no single request.
PRACTICE = UUID(int=1)


class PracticeHistoryManager(models.Manager["PracticeHistory"]):
    def record(self, verb: str, by: Actor, facts: dict[str, Any] | None = None) -> Event:
        """One more line of the practice's own history, in the caller's transaction if there is one.

        Facts are choices, names of choices, numbers and moments, never text. Raises AnonymousWrite
        where the verb needs a member of staff and `by` is none.
        """
        Event.who(verb, by)
        with transaction.atomic():
            history, _ = self.select_for_update(no_key=True).get_or_create(id=PRACTICE)
            history.activity_seq += 1
            history.save()
            return Event.write(history, verb, by, facts or {})


class PracticeHistory(models.Model):
    """The one row whose lock keeps the practice's history in order, and that counts its lines."""

    kind = "practice"
    event_request_id = None

    id = models.UUIDField(primary_key=True, default=PRACTICE, editable=False)
    activity_seq = models.PositiveIntegerField(default=0, editable=False)

    objects = PracticeHistoryManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=PRACTICE), name="practice_history_one_row")
        ]

    def __str__(self) -> str:
        return f"The practice, {self.activity_seq} lines"

    # What an event says of the row it belongs to: this one has nothing else to bind.

    def course(self) -> dict[str, Any]:
        return {}

    def row_digest(self) -> bytes:
        return digest(b"")

    def sealed_digest(self) -> bytes:
        return digest(b"")

    def note_problems(self, told: Iterable[Event]) -> list[str]:
        return []
