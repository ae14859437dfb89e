"""How long a request is kept: erased when its days have come, held where it must not be."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from django.contrib.auth.models import User
from django.db import transaction

from intake.models import choices
from intake.models.erasure import Erasure
from intake.models.event import Event
from intake.models.forgetting import forget_all, forget_words
from intake.models.keeping_dates import dates_after
from intake.models.note import Note
from intake.models.witnessed import NotAllowed, WitnessedRow
from pages.models import Practice

if TYPE_CHECKING:
    from intake.models.contact_request import ContactRequest

Stage = Erasure.Stage
FORGET: dict[Stage, tuple[str, Callable[["ContactRequest", str], None]]] = {
    Stage.WORDS: (Event.Verb.WORDS_PURGED, forget_words),
    Stage.IDENTITY: (Event.Verb.IDENTITY_PURGED, forget_all),
}
NOTHING_LEFT = "Everything of this request is erased. There is nothing left to hold."
NO_NOTE = "The words of this request are gone, and a note would have gone with them. Hold it "
NO_NOTE += "without one."


class Purging(WitnessedRow):
    """Each verb looks at the row under its lock first, so that a second worker does no harm."""

    class Meta:
        abstract = True

    def purge(self, today: date) -> list[Stage]:
        """By the site, what is due by then: all of it or nothing. What was erased, if anything."""
        row = _row(self)
        with transaction.atomic():
            self._lock(None)
            due = row.stages_due(today)
            for stage in due:
                _erase(row, stage)
        return due

    def stages_due(self, today: date) -> list[Stage]:
        """Nothing of what is held or open, whatever its days say."""
        row = _row(self)
        if row.hold_kind or row.status != choices.Status.CLOSED:
            return []
        days = {Stage.WORDS: row.words_purge_on, Stage.IDENTITY: row.identity_purge_on}
        return [s for s, day in days.items() if day and day <= today and s in row.stages_left]

    @property
    def stages_left(self) -> list[Stage]:
        """What there still is to erase."""
        row = _row(self)
        if row.identity_purged_at:
            return []
        return [Stage.IDENTITY] if row.words_purged_at else [Stage.WORDS, Stage.IDENTITY]

    def purge_again(self, stage: Stage) -> bool:
        """What was erased before, and a backup brought back. False where it is erased still.

        A hold or an open status is as old as the backup: what was erased after it was free to go.
        """
        row = _row(self)
        with transaction.atomic():
            self._lock(None)
            if stage not in row.stages_left:
                return False
            _erase(row, stage)
        return True

    def date_erasure(self) -> bool:
        """By the site: one that was closed without days gets them, from the day it was closed."""
        row = _row(self)
        with transaction.atomic():
            self._lock(None)
            if row.status != choices.Status.CLOSED or not row.days_missing:
                return False
            with row.recorded(Event.Verb.DATED, None):
                row._keep_until(row.closed_at)
        return True

    @property
    def days_missing(self) -> bool:
        row = _row(self)
        days = {Stage.WORDS: row.words_purge_on, Stage.IDENTITY: row.identity_purge_on}
        return any(days[stage] is None for stage in row.stages_left)

    def hold(
        self,
        by: User,
        kind: str,
        until: date | None = None,
        note: str = "",
        expected_version: int | None = None,
    ) -> None:
        """Nothing of it is erased: to the end of a day, or until someone lifts it."""
        row = _row(self)
        facts = {"hold": choices.HoldKind(kind).value, "until": until.isoformat() if until else ""}
        with transaction.atomic():
            with row.recorded(Event.Verb.HELD, by, facts, expected_version):
                _may_be_held(row, until, note)
                row.hold_kind, row.hold_by, row.hold_until = kind, by, until
                row.version += 1
            if note:
                row.add_note(by, note, Note.Kind.HOLD)

    def lift(self, by: User | None, expected_version: int | None = None) -> None:
        """By the site (None) once its day has passed."""
        row = _row(self)
        with row.recorded(Event.Verb.LIFTED, by, expected_version=expected_version):
            if not row.hold_kind:
                raise NotAllowed("This request is not held.")
            row.hold_kind, row.hold_by, row.hold_until = "", None, None
            row.version += 1

    def lift_when_over(self, today: date) -> bool:
        row = _row(self)
        with transaction.atomic():
            self._lock(None)
            if not row.hold_kind or row.hold_until is None or row.hold_until >= today:
                return False
            row.lift(None)
        return True

    def _keep_until(self, closed_at: datetime | None, at_once: bool = False) -> None:
        """The days of what is still there. `at_once`: all of it goes with the words, since the
        person asked us to end it."""
        row = _row(self)
        words_on, identity_on = dates_after(closed_at)
        left = row.stages_left
        row.words_purge_on = words_on if Stage.WORDS in left else None
        row.identity_purge_on = None
        if Stage.IDENTITY in left:
            row.identity_purge_on = words_on if at_once else identity_on


def _row(row: Purging) -> "ContactRequest":
    return cast("ContactRequest", row)


def _erase(row: "ContactRequest", stage: Stage) -> None:
    verb, forget = FORGET[stage]
    with row.recorded(verb, None):
        forget(row, choices.GoneBy.RETENTION)
        if stage == Stage.IDENTITY:
            row.end_if_open(choices.Outcome.ERASED)
        row.version += 1


def _may_be_held(row: "ContactRequest", until: date | None, note: str) -> None:
    if row.identity_purged_at:
        raise NotAllowed(NOTHING_LEFT)
    if note and row.words_purged_at:
        raise NotAllowed(NO_NOTE)
    if until and until <= Practice.objects.get().today():
        raise NotAllowed("A hold ends on a day to come. Choose a later one, or none.")
