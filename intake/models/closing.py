"""How staff end a request, and how they take that back while the day is young."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from django.contrib.auth.models import User
from django.utils import timezone

from intake.models import choices
from intake.models.event import Event
from intake.models.message import Message
from intake.models.witnessed import NotAllowed, WitnessedRow

if TYPE_CHECKING:
    from intake.models.contact_request import ContactRequest

# How long a close can be undone. Later it is reopened.
UNDO_WITHIN = timedelta(days=1)
TOO_LATE = "This can be undone no more. Reopen it."


class Closing(WitnessedRow):
    class Meta:
        abstract = True

    def close(
        self,
        by: User,
        outcome: str,
        ending_with: str = "",
        ending_reason: str = "",
        expected_version: int | None = None,
        message: str = "",
        referrals: int = 0,
        silence: str = "",
    ) -> Message | None:
        """With an outcome; one that says no leaves a message, a referral or a reason.

        The message, with so many referrals in it, is sealed and told with the close or not at all.
        `silence` is why nothing is said, where `ending_reason` says why it was a no.
        """
        row = _row(self)
        _must_be_explained(outcome, ending_with, ending_reason)
        with row._changed(Event.Verb.CLOSED, by, expected_version) as facts:
            row._must_be_open()
            now = timezone.now()
            row._move(choices.Status.CLOSED, None, "")
            row._end(outcome, ending_with, ending_reason, now)
            row._drop_check_in(now)
            row._drop_ask()
            facts.update(_counted(referrals=referrals, silence=silence))
            return row._leave_message(by, message, facts) if message else None

    def undo_close(self, by: User, expected_version: int | None = None) -> str:
        """Within a day: status, due time and what was asked are as before.

        Says what became of the message: '' where there was none, 'withdrawn', 'read', 'mailed'.
        """
        row = _row(self)
        with row._changed(Event.Verb.CLOSE_UNDONE, by, expected_version) as facts:
            closing = closing_of(row, row.events.filter(verb=Event.Verb.CLOSED).order_by("-seq"))
            if closing is None or undo_until(closing) <= timezone.now():
                raise NotAllowed(TOO_LATE)
            told = _take_back_message(row, closing)
            facts.update(_counted(told=told))
            _as_before(row, closing)
        return told


def closing_of(row: "ContactRequest", events: Iterable[Event]) -> Event | None:
    """The event by which staff closed it, among these; None where it is open, or gone, or was
    ended by the person or by the site."""
    if row.closed_at is None or row.identity_purged_at:
        return None
    closings = (event for event in events if event.verb == Event.Verb.CLOSED)
    return next((event for event in closings if event.at >= row.closed_at), None)


def undo_until(closing: Event) -> datetime:
    return closing.at + UNDO_WITHIN


def _row(row: Closing) -> "ContactRequest":
    return cast("ContactRequest", row)


def _must_be_explained(outcome: str, ending_with: str, ending_reason: str) -> None:
    if outcome in choices.REFUSING and not ending_with:
        raise NotAllowed("Say what this person is left with: a message, a referral or a reason.")
    if ending_with == choices.EndingWith.REASON and not ending_reason:
        raise NotAllowed("Choose the reason why nothing was said.")


def _counted(**facts: str | int) -> dict[str, str | int]:
    return {name: fact for name, fact in facts.items() if fact}


def _take_back_message(row: "ContactRequest", closing: Event) -> str:
    message = row.messages.filter(pk=closing.facts.get("message")).first()
    return message.take_back() if message and message.for_person else ""


def _as_before(row: "ContactRequest", closing: Event) -> None:
    """As the event before the close left it. Who has it in hand did not change with the close."""
    before = row.events.get(seq=closing.seq - 1).facts
    row.check_ins.filter(answer="", answered_at=row.closed_at).update(answered_at=None)
    due = datetime.fromisoformat(before["due_at"]), before["due_kind"], before.get("due_part")
    row._move(before["status"], *due)
    row._end("", "", "", None)
