"""What has served its time is erased: words first, name and number later. A husk of counts stays.

Each request is done in a transaction of its own, under its row's lock. Whoever is killed in between
leaves it whole or erased, never half, and the next round goes on.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from intake.erasure_log import Line
from intake.models import ContactRequest, Erasure
from intake.progress import shown
from pages.models import Practice

log = logging.getLogger(__name__)

Stage = Erasure.Stage


@dataclass(frozen=True)
class Due:
    """How many there are: to erase now, and to leave."""

    words: int
    identity: int
    held: int


@dataclass
class Purged:
    words: int = 0
    identity: int = 0
    failed: int = 0

    @property
    def all(self) -> int:
        return self.words + self.identity


def due(today: date) -> Due:
    rows = ContactRequest.objects
    return Due(
        rows.words_due(today).count(), rows.identity_due(today).count(), rows.held_back().count()
    )


def purge() -> Purged:
    """Everything that is due today on the practice's calendar."""
    today, purged = Practice.current().today(), Purged()
    rows = ContactRequest.objects
    _each(_ids(rows.held_past(today)), lambda row: row.lift_when_over(today), purged)
    _each(_ids(rows.undated()), lambda row: row.date_erasure(), purged)
    for found in (rows.words_due(today), rows.identity_due(today)):
        _each(_ids(found), lambda row: _purge(row, today, purged), purged)
    leave_no_copy()
    return purged


def purge_due() -> int:
    """For the worker: how many erasures."""
    return purge().all


def replay(lines: Iterable[Line]) -> Purged:
    """Erases again what a log says was erased, and a restored backup brought back."""
    purged, stages = Purged(), last_stages(lines)
    _each(list(stages), lambda row: _purge_again(row, stages[row.pk], purged), purged)
    leave_no_copy()
    return purged


def last_stages(lines: Iterable[Line]) -> dict[UUID, Stage]:
    """How far each request was erased. A line that is none of ours is left out."""
    found: dict[UUID, Stage] = {}
    for line in lines:
        try:
            request, stage = UUID(line.request), Stage(line.stage)
        except ValueError:
            continue
        if found.get(request) != Stage.IDENTITY:
            found[request] = stage
    return found


def leave_no_copy() -> None:
    """SQLite's write-ahead log holds pages as they were before: emptied, unless someone reads them
    this moment. Then the next round does it."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _purge(row: ContactRequest, today: date, purged: Purged) -> None:
    for stage in row.purge(today):
        _count(stage, purged)


def _purge_again(row: ContactRequest, stage: Stage, purged: Purged) -> None:
    if row.purge_again(stage):
        _count(stage, purged)


def _count(stage: Stage, purged: Purged) -> None:
    if stage == Stage.WORDS:
        purged.words += 1
    else:
        purged.identity += 1


def _ids(rows: Iterable[ContactRequest]) -> list[UUID]:
    return list(rows.values_list("pk", flat=True))  # type: ignore[attr-defined]


def _each(ids: list[UUID], do: Callable[[ContactRequest], object], purged: Purged) -> None:
    """One that fails stops none of the others, and is tried again in the next round."""
    for pk in shown(ids, len(ids)):
        try:
            row = ContactRequest.objects.filter(pk=pk).first()
            if row is not None:
                do(row)
        except Exception as error:
            purged.failed += 1
            facts = {"request": str(pk)}
            log.warning("A request was not erased", extra={"facts": facts}, exc_info=error)
