"""The waiting list: asked every few weeks, answered by the person, ended kindly by the site."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, cast

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from intake.clock import clock_of, practice_clock
from intake.models import choices
from intake.models.check_in import CheckIn
from intake.models.event import Event
from intake.models.notice import Notice
from intake.models.witnessed import WitnessedRow
from pages.models import Practice

if TYPE_CHECKING:
    from intake.models.contact_request import ContactRequest

# How long a question waits for its answer; then it is asked once more.
TO_ANSWER = timedelta(weeks=2)


class OnTheList(WitnessedRow):
    """What happens to a request between the day its place is kept and the day it ends.

    Each verb looks at the row under its lock first: one that fits no more changes nothing. So a
    second worker, a second click, or an answer that comes too late does no harm.
    """

    class Meta:
        abstract = True

    def open_check_in(self) -> CheckIn | None:
        """The question that waits for an answer. Past its last day too, while the place is kept."""
        row = _row(self)
        if row.status != choices.Status.WAITING:
            return None
        return row.check_ins.filter(answered_at=None).first()

    def ask_check_in(self, now: datetime) -> bool:
        """Where the day has come: are you still looking? False where it has not, or was asked."""
        row = _row(self)
        with transaction.atomic():
            self._lock(None)
            if not _is_to_be_asked(row, now):
                return False
            _ask(row, now)
        return True

    def answer_check_in(
        self, answer: str, by: User | None = None, expected_version: int | None = None
    ) -> bool:
        """By the person, or to a member of staff who asked them.

        False where nothing is asked any more, and nothing changes.
        """
        row, answer = _row(self), CheckIn.Answer(answer)
        with transaction.atomic():
            self._lock(expected_version)
            check_in = self.open_check_in()
            if check_in is None:
                return False
            facts = {"answer": str(answer), "check_in": check_in.number}
            with self.recorded(Event.Verb.ANSWERED, by, facts):
                now = timezone.now()
                check_in.settle(now, answer)
                ANSWERED[answer](row, now)
                row.version += 1
        return True

    def miss_check_in(self, now: datetime) -> bool:
        """Unanswered for too long: asked once more, and after that the place ends."""
        row = _row(self)
        with transaction.atomic():
            self._lock(None)
            check_in = self.open_check_in()
            if check_in is None or check_in.expires_at > now:
                return False
            if check_in.is_last:
                self.end_place(now)
            else:
                check_in.settle(now)
                _ask(row, now)
        return True

    def end_place(self, now: datetime) -> None:
        """Closed by the site. It is told by mail where that is safe, and on their own page."""
        row = _row(self)
        with self.recorded(Event.Verb.LIST_ENDED, None):
            if row.status != choices.Status.WAITING:
                raise NotOnTheList
            told = Notice.objects.tell_person(row, Notice.Kind.ENDED)
            row._move(choices.Status.CLOSED, None, "")
            row._end(choices.Outcome.LIST_ENDED, *(TOLD if told else NOT_TOLD), now)
            row.version += 1


class NotOnTheList(Exception):  # noqa: N818  # a sentence, not a kind of error
    """Only a place on the list can end."""


TOLD = (choices.EndingWith.MESSAGE, "")
NOT_TOLD = (choices.EndingWith.REASON, choices.EndingReason.NOT_SAFE)


def _row(row: OnTheList) -> "ContactRequest":
    return cast("ContactRequest", row)


def next_check_in(now: datetime) -> datetime:
    """By the practice's weeks, at the end of a working day."""
    practice = Practice.current()
    clock = clock_of(practice)
    day = practice.today(now) + timedelta(weeks=practice.waiting_list_weeks)
    morning = datetime.combine(day, time.min, tzinfo=clock.tz)
    return replace(clock, working_days=1).promised_at(morning)


def _is_to_be_asked(row: "ContactRequest", now: datetime) -> bool:
    due = row.due_kind == choices.DueKind.CHECK_IN and row.due_at and row.due_at <= now
    return row.status == choices.Status.WAITING and bool(due) and row.open_check_in() is None


def _ask(row: "ContactRequest", now: datetime) -> None:
    """One more question. Whoever cannot be told by mail is staff's to tell, on the next day."""
    number = row.check_ins.count() + 1
    with row.recorded(Event.Verb.ASKED, None, {"check_in": number}):
        asked = CheckIn.objects.create(
            request=row, number=number, asked_at=now, expires_at=now + TO_ANSWER
        )
        told = Notice.objects.tell_person(row, Notice.Kind.CHECK_IN, str(number))
        by_staff = replace(practice_clock(), working_days=1).promised_at(now)
        row._move(row.status, asked.expires_at if told else by_staff, choices.DueKind.CHECK_IN)
        row.version += 1


def _keep(row: "ContactRequest", now: datetime) -> None:
    row._move(row.status, next_check_in(now), choices.DueKind.CHECK_IN)


def _found(row: "ContactRequest", now: datetime) -> None:
    row._move(choices.Status.CLOSED, None, "")
    row._end(choices.Outcome.CHANGED_MIND, "", "", now)
    row._keep_until(now, at_once=True)


def _harder(row: "ContactRequest", now: datetime) -> None:
    """The place is kept, and staff have a promise to keep: it is due as a new request would be."""
    row.urgent = True
    row._move(row.status, practice_clock().promised_at(now), choices.DueKind.PROMISE)
    Notice.objects.tell_of_change(row, "harder")


ANSWERED = {
    CheckIn.Answer.KEEP: _keep,
    CheckIn.Answer.FOUND: _found,
    CheckIn.Answer.HARDER: _harder,
}
