"""How a wrong press is taken back: the course stands in the event before it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db.models import Min

from intake.models.attempt import Attempt
from intake.models.event import Event
from intake.models.notice import Notice
from intake.models.witnessed import NotAllowed

if TYPE_CHECKING:
    from intake.models.contact_request import ContactRequest

# What a later step would have changed. The owner may be another by now; then they stay.
COURSE = ("status", "outcome", "held_reason", "due_at", "due_kind", "due_part")


class Undo:
    """The last try of a request whose row is locked. Raises NotAllowed where it has to stay."""

    def __init__(self, request: "ContactRequest", now: datetime) -> None:
        self.request, self.now = request, now
        found = request.attempts.filter(undone_at=None).last()
        if found is None:
            raise NotAllowed("There is no try to take back.")
        self.attempt: Attempt = found
        self.before, self.after = self._around()
        if now - found.at > Attempt.UNDONE_WITHIN:
            raise NotAllowed("A try can be taken back for a day. Set the next step by hand.")
        if not still_stands(self.after):
            raise NotAllowed("Something else was done since. Set the next step by hand.")

    def carry_out(self, by: User) -> None:
        self.attempt.undone_at, self.attempt.undone_by = self.now, by
        self.attempt.save(update_fields=["undone_at", "undone_by"])
        self._restore(self.before.facts)
        self._count_anew()
        asked = self.request.check_ins.filter(answered_at=self.attempt.at, answer="")
        asked.update(answered_at=None)
        Notice.objects.take_back(self.attempt.pk)

    def _around(self) -> tuple[Event, list[Event]]:
        """The event before it; it, and all after it."""
        events = list(self.request.events.order_by("seq"))
        at = next(n for n, event in enumerate(events) if is_of(event, self.attempt.pk))
        return events[at - 1], events[at:]

    def _restore(self, facts: dict[str, Any]) -> None:
        row = self.request
        if row.owner_id == self.after[0].facts["owner_id"]:
            row.owner_id = facts["owner_id"]
        due_at = datetime.fromisoformat(facts["due_at"])
        row.urgent = facts["urgent"]
        row._move(facts["status"], due_at, facts["due_kind"], facts.get("due_part"))

    def _count_anew(self) -> None:
        left = self.request.attempts.filter(undone_at=None)
        talks = left.filter(result=Attempt.Result.TALKED)
        self.request.first_attempt_at = left.aggregate(at=Min("at"))["at"]
        self.request.first_talk_at = talks.aggregate(at=Min("at"))["at"]


def is_of(event: Event, attempt: int) -> bool:
    return event.verb == Event.Verb.TRIED and event.facts["attempt"] == attempt


def still_stands(events: list[Event]) -> bool:
    """From a try on: nothing but its own next step was changed since."""
    events = _without_undone(events)
    course = [[event.facts.get(name) for name in COURSE] for event in events]
    return all(
        event.verb == Event.Verb.NEXT_SET or here == before
        for event, here, before in zip(events[1:], course[1:], course, strict=False)
    )


def _without_undone(events: list[Event]) -> list[Event]:
    """A later try that was taken back left nothing."""
    left: list[Event] = []
    for event in events:
        left.append(event)
        if event.verb == Event.Verb.TRY_UNDONE:
            undone = event.facts["undone"]
            del left[next(n for n, each in enumerate(left) if is_of(each, undone)) :]
    return left
