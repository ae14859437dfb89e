"""Reaching a person: what was tried, what follows from it, and when to try again.

Staff never choose a status by hand. Result and where the request stood decide it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.contrib.auth.models import User
from django.utils import timezone

from intake.clock import practice_clock, working_days
from intake.day_parts import Try, next_try, part_at
from intake.models import choices
from intake.models.attempt import Attempt, channel_of
from intake.models.event import Event
from intake.models.notice import Notice
from intake.models.undoing import Undo
from intake.models.waiting import next_check_in
from intake.models.witnessed import NotAllowed, WitnessedRow
from intake.moments import end_of_today
from intake.promise import Clock

if TYPE_CHECKING:
    from intake.models.contact_request import ContactRequest

Result = Attempt.Result
Status, DueKind = choices.Status, choices.DueKind
# After a talk, and after a text or an email, which take a while to be answered.
AFTER_WORDS = 2
KEPT = (Status.BOOKED, Status.WAITING)


class Trying(WitnessedRow):
    class Meta:
        abstract = True

    def tried(
        self,
        by: User,
        result: str,
        against_wishes: str = "",
        expected_version: int | None = None,
    ) -> Attempt:
        """One try: recorded, the status follows, the next step is set. Whoever acts has it."""
        row, now, clock = _row(self), timezone.now(), practice_clock()
        with row.recorded(Event.Verb.TRIED, by, expected_version=expected_version) as facts:
            row._must_be_open()
            attempt = _attempt(row, by, Result(result), against_wishes, now)
            facts.update(attempt.told())
            row.owner = row.owner or by
            row.first_attempt_at = row.first_attempt_at or now
            if result == Result.TALKED:
                row.first_talk_at = row.first_talk_at or now
            _move_on(row, result, clock, now)
            row.urgent = False
            if against_wishes:
                Notice.objects.tell_overseers(row, attempt.pk)
            row.version += 1
        return attempt

    def undo_try(self, by: User, expected_version: int | None = None) -> Attempt:
        """Takes back the last try, a day long: all stands as before it, and both stay told.

        Raises NotAllowed where there is none, or where something else was done since.
        """
        row = _row(self)
        verb = Event.Verb.TRY_UNDONE
        with row.recorded(verb, by, expected_version=expected_version) as facts:
            undo = Undo(row, timezone.now())
            undo.carry_out(by)
            facts.update(undone=undo.attempt.pk)
            row.version += 1
        return undo.attempt

    def plan_next(
        self,
        by: User,
        kind: str,
        due_at: datetime,
        part: str = "",
        reason: str = "",
        expected_version: int | None = None,
    ) -> None:
        """The next step and its date. Past what the person was told only for a reason."""
        row, facts = _row(self), {"reason": reason}
        with row.recorded(Event.Verb.NEXT_SET, by, facts, expected_version):
            row._must_be_open()
            if row.is_past_promise(due_at) and not reason:
                raise NotAllowed("Choose why it moves past the promise.")
            row.owner = row.owner or by
            status = Status.IN_REVIEW if row.status == Status.NEW else row.status
            row._move(status, due_at, DueKind(kind), part)
            row.version += 1

    def is_past_promise(self, due_at: datetime) -> bool:
        """Whether they would hear later than they were told. Who calls us was told nothing."""
        row = _row(self)
        if row.contact_method == choices.ContactMethod.OWN:
            return False
        untried = row.first_attempt_at is None and row.status in choices.UNANSWERED
        if row.due_kind == DueKind.PROMISE and row.due_at:
            return due_at > max(row.due_at, row.promised_at)
        return untried and due_at > row.promised_at

    def tick(self, by: User, asked: list[str], how_found: str = "") -> None:
        """What was asked in the first talk. Two people may tick at once: the last one counts."""
        row = _row(self)
        kept = [name for name in choices.Asked.values if name in asked]
        facts = {"asked": "+".join(kept), "how_found": how_found}
        with row.recorded(Event.Verb.TICKED, by, facts):
            row.checklist, row.how_found = kept, how_found


def _row(row: Trying) -> "ContactRequest":
    return cast("ContactRequest", row)


def _attempt(row: "ContactRequest", by: User, result: str, against: str, now: datetime) -> Attempt:
    return Attempt.objects.create(
        request=row,
        by_id=by.pk,
        at=now,
        channel=channel_of(row.contact_method, result),
        result=result,
        against_wishes=against and Attempt.Against(against),
    )


def _move_on(row: "ContactRequest", result: str, clock: Clock, now: datetime) -> None:
    if row.status in KEPT and _lies_ahead(row, clock, now) and not _ends_waiting(row, result):
        return  # what was agreed stands
    if row.status == Status.WAITING:
        _move_on_list(row, result, clock, now)
    elif result == Result.TALKED:
        due_at = working_days(clock, AFTER_WORDS).promised_at(now)
        row._move(Status.TALKING, due_at, DueKind.SNOOZE)
    else:
        again = proposed(row, result, clock, now)
        row._move(Status.CONTACTED, again.due_at, DueKind.ATTEMPT, again.part)


def _move_on_list(row: "ContactRequest", result: str, clock: Clock, now: datetime) -> None:
    """A place on the list is kept, whatever a call gave."""
    if result == Result.TALKED:
        row.check_ins.filter(answered_at=None).update(answered_at=now)
        row._move(row.status, next_check_in(now), DueKind.CHECK_IN)
        return
    again = proposed(row, result, clock, now)
    kind = row.due_kind if row.due_kind == DueKind.CHECK_IN else DueKind.ATTEMPT
    row._move(row.status, again.due_at, kind, again.part)


def proposed(
    row: "ContactRequest",
    result: str,
    clock: Clock,
    now: datetime,
    others: Iterable[datetime] | None = None,
) -> Try:
    """When to try again after that result. `others`: when someone else picked up, where known."""
    if result == Result.WROTE:
        due_at = working_days(clock, AFTER_WORDS).promised_at(now)
        return Try(due_at.astimezone(clock.tz).date(), "", due_at)
    others = _others(row) if others is None else others
    avoid = {part_at(clock, at) for at in others}
    if result == Result.SOMEONE_ELSE:
        avoid.add(part_at(clock, now))
    return next_try(clock, _wished(row), now, avoid)


def _wished(row: "ContactRequest") -> list[str]:
    """Times are asked for calls and texts alone."""
    return [] if row.contact_method == choices.ContactMethod.EMAIL else row.times_ok


def _others(row: "ContactRequest") -> Iterable[datetime]:
    found = row.attempts.filter(result=Result.SOMEONE_ELSE, undone_at=None)
    return found.values_list("at", flat=True)


def _lies_ahead(row: "ContactRequest", clock: Clock, now: datetime) -> bool:
    """A booked talk, or a check-in, of another day."""
    later = row.due_at is not None and row.due_at >= end_of_today(now, clock.tz)
    return later and row.due_kind in (DueKind.CONSULTATION, DueKind.CHECK_IN)


def _ends_waiting(row: "ContactRequest", result: str) -> bool:
    """Talking answers a question that the site has asked."""
    return (
        result == Result.TALKED
        and row.status == Status.WAITING
        and row.check_ins.filter(answered_at=None).exists()
    )
