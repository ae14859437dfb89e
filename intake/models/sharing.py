"""Who has a request in hand: taken, given, asked about, and given back to the desk."""

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from intake.clock import practice_clock
from intake.models import choices, rights
from intake.models.ask import Ask
from intake.models.event import Actor, Event
from intake.models.notice import Notice
from intake.models.witnessed import NotAllowed, WitnessedRow

if TYPE_CHECKING:
    from intake.models.contact_request import ContactRequest

# What was agreed with the person keeps its day, whoever is asked meanwhile.
AGREED = (choices.Status.BOOKED, choices.Status.WAITING)
NOT_THEIRS = "This colleague may not work requests. Give them a role first."
NO_ADDRESS = "This colleague has no mail address, so nobody can ask them."
NOT_ASKED = "Nobody asks you about this request any more."


class SharedOut(WitnessedRow):
    """One request, and the people of the practice."""

    class Meta:
        abstract = True

    def give(self, by: User, to: User, expected_version: int | None = None) -> None:
        """To a colleague, who has it from now on."""
        row = _row(self)
        facts = {"to": to.pk}
        with self.recorded(Event.Verb.GIVEN, by, facts, expected_version):
            row._must_be_open()
            if not (rights.may_enter(to) and to.is_staff):
                raise NotAllowed(NOT_THEIRS)
            row.owner = to
            row._drop_ask()
            row.version += 1

    def give_back(self, by: Actor) -> bool:
        """To the desk: nobody has it. False where that is so already, or it is closed."""
        row = _row(self)
        with transaction.atomic():
            self._lock(None)
            if row.owner_id is None or row.status == choices.Status.CLOSED:
                return False
            with self.recorded(Event.Verb.RETURNED, by, {"of": row.owner_id}):
                row.owner = None
                row.version += 1
                Notice.objects.tell_back(row, None)
        return True

    def open_ask(self) -> Ask | None:
        """The question that waits for an answer."""
        return _row(self).asks.waiting().select_related("to", "asked_by").first()

    def ask(
        self, by: User, to: User, may_read: bool = False, expected_version: int | None = None
    ) -> Ask:
        """Can you take this one? One question at a time; it is due within a working day."""
        row, now = _row(self), timezone.now()
        facts = {"to": to.pk, "may_read": may_read}
        due_at = replace(practice_clock(), working_days=1).promised_at(now)
        with self.recorded(Event.Verb.OFFERED, by, facts, expected_version):
            _may_be_asked(row, to)
            ask = Ask.objects.create(
                request=row, to=to, asked_by=by, asked_at=now, due_at=due_at, may_read=may_read
            )
            if row.status not in AGREED and row.due_at and row.due_at > due_at:
                row._move(row.status, due_at, choices.DueKind.SNOOZE)
            Notice.objects.ask(ask)
            row.version += 1
        return ask

    def answer_ask(self, by: User, answer: str, from_on: date | None = None) -> None:
        """By whom it was asked. Yes makes it theirs; anything else brings it back to the desk."""
        row, answer = _row(self), Ask.Answer(answer)
        facts = {"answer": str(answer), "from_on": from_on and from_on.isoformat()}
        with self.recorded(Event.Verb.OFFER_ANSWERED, by, facts):
            ask = row.asks.waiting().filter(to=by.pk).first()
            if ask is None:
                raise NotAllowed(NOT_ASKED)
            ask.settle(answer, from_on)
            if answer == Ask.Answer.YES:
                row.owner = by
            else:
                Notice.objects.tell_back(row, ask)
            row.version += 1

    def take_back_ask(self, by: User, expected_version: int | None = None) -> None:
        row = _row(self)
        with self.recorded(Event.Verb.OFFER_OVER, by, expected_version=expected_version):
            if not row._drop_ask():
                raise NotAllowed("Nobody is asked about this request.")
            row.version += 1

    def miss_ask(self, now: datetime) -> bool:
        """Unanswered for a working day: the desk has it again."""
        row = _row(self)
        with transaction.atomic():
            self._lock(None)
            ask = row.asks.unanswered(now).first()
            if ask is None:
                return False
            with self.recorded(Event.Verb.OFFER_OVER, None, {"to": ask.to_id}):
                ask.settle()
                row.version += 1
                if row.status != choices.Status.CLOSED:
                    Notice.objects.tell_back(row, ask)
        return True

    def _drop_ask(self) -> bool:
        """Settled without an answer, because something else was decided."""
        waiting = _row(self).asks.waiting()
        return bool(waiting.update(settled_at=timezone.now()))


def _may_be_asked(row: "ContactRequest", to: User) -> None:
    row._must_be_open()
    if row.held_reason:
        raise NotAllowed("This request is held for review. Release it first.")
    if row.open_ask():
        raise NotAllowed("Someone is asked about this request already.")
    if not (rights.may_enter(to) and to.is_staff):
        raise NotAllowed(NOT_THEIRS)
    if not to.email:
        raise NotAllowed(NO_ADDRESS)


def _row(row: SharedOut) -> "ContactRequest":
    return cast("ContactRequest", row)
