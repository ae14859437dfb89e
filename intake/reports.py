"""What the practice sees of its own promptness. Counts and times, never a name of who wrote."""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import compress, repeat
from typing import Any
from zoneinfo import ZoneInfo

from intake.clock import clock_of
from intake.models import ContactRequest, choices
from intake.models.counted import Waiting, courses, load, waiting_list
from intake.open_time import OpenTime
from pages.models import Practice

PERIODS = (4, 12, 26, 52)
USUAL_PERIOD = 12
ONE_WEEK = timedelta(weeks=1)
HOUR = 3600
OWN = choices.ContactMethod.OWN
# As `courses` gives them.
Row = tuple[Any, ...]
COLUMNS = 9
# They ended it themselves, so nobody owed them an answer any more.
THEIR_OWN = (choices.Outcome.WITHDREW, choices.Outcome.ERASED)


@dataclass(frozen=True)
class Weeks:
    """Monday to Sunday on the practice's clock; this one so far, and those before it."""

    starts: list[date]
    tz: ZoneInfo

    @classmethod
    def until(cls, now: datetime, tz: ZoneInfo, count: int) -> "Weeks":
        this = monday_of(now, tz)
        return cls([this - ONE_WEEK * back for back in reversed(range(count))], tz)

    @property
    def since(self) -> datetime:
        return midnight(self.starts[0], self.tz)

    @property
    def end(self) -> datetime:
        return midnight(self.starts[-1] + ONE_WEEK, self.tz)

    @property
    def edges(self) -> list[int]:
        return [int(midnight(start, self.tz).timestamp()) for start in self.starts]


@dataclass(frozen=True)
class Waits:
    """In hours of opening. None where there were none."""

    count: int
    median: float | None
    ninetieth: float | None

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Waits":
        ordered = sorted(seconds)
        return cls(len(ordered), quantile(ordered, 0.5), quantile(ordered, 0.9))


@dataclass
class Kept:
    """How many heard from us by the time that they were told."""

    kept: int = 0
    late: int = 0

    @property
    def percent(self) -> int | None:
        """Rounded down, so that a hundred means all."""
        counted = self.kept + self.late
        return 100 * self.kept // counted if counted else None


@dataclass
class Report:
    """All of one period; filled in by one pass over its requests."""

    weeks: Weeks
    by_week: list[Counter[str]]
    waiting: Waiting
    load: list[tuple[Any, ...]]
    how_found: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    promise: Kept = field(default_factory=Kept)
    tries: list[float] = field(default_factory=list)
    talks: list[float] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.outcomes.values())

    @property
    def first_try(self) -> Waits:
        return Waits.of(self.tries)

    @property
    def first_talk(self) -> Waits:
        return Waits.of(self.talks)


def report(practice: Practice, now: datetime, weeks: int) -> Report:
    period = Weeks.until(now, practice.tz, weeks)
    rows = courses(period.since, period.end)
    found = Report(period, [Counter() for _ in period.starts], waiting_list(), load())
    fill(found, rows, OpenTime(clock_of(practice), period.since, now), now.timestamp())
    return found


def fill(found: Report, rows: Sequence[Row], open_time: OpenTime, now: float) -> None:
    """Written for a hundred thousand rows: column by column, as often as one is looked at."""
    received, *_, origin, how_found, outcome, _ = columns(rows)
    edges = found.weeks.edges
    weeks = [bisect_right(edges, at) - 1 for at in received]
    for (week, came_by), count in Counter(zip(weeks, origin, strict=True)).items():
        found.by_week[week][came_by] = count
    found.how_found.update(how_found)
    found.outcomes.update(outcome)
    _fill_waits(found, [row for row in rows if row[-1] != OWN], open_time, now)


def _fill_waits(found: Report, rows: Sequence[Row], open_time: OpenTime, now: float) -> None:
    """Of those whom we are to contact."""
    received, tried, talked, promised, closed, _, _, outcome, _ = columns(rows)
    began = open_time.until(*received)
    found.tries += _waits(open_time, began, tried)
    found.talks += _waits(open_time, began, talked)
    heard = map(heard_at, tried, closed, outcome)
    late = Counter(map(is_late, heard, promised, closed, repeat(now)))
    found.promise.late += late[True]
    found.promise.kept += late[False]


def _waits(open_time: OpenTime, began: Sequence[float], ended: Sequence[int | None]) -> list[float]:
    starts = compress(began, ended)
    until = open_time.until(*filter(None, ended))
    return [end - start for start, end in zip(starts, until, strict=True)]


def columns(rows: Sequence[Row]) -> list[list[Any]]:
    return [[row[index] for row in rows] for index in range(COLUMNS)]


def heard_at(tried: int | None, closed: int | None, outcome: str) -> int | None:
    """When they first heard from us, or could: a first try, or an ending that we wrote."""
    if closed is None or outcome in THEIR_OWN:
        return tried
    return closed if tried is None or closed < tried else tried


def is_late(heard: int | None, promised: int, closed: int | None, now: float) -> bool | None:
    """None where it is not known yet, or where they ended it before it was."""
    if heard is not None:
        return heard > promised
    return True if promised < min(closed or now, now) else None


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """The smallest that at least so many of them do not exceed, in hours."""
    if not ordered:
        return None
    return ordered[math.ceil(share * len(ordered)) - 1] / HOUR


def monday_of(now: datetime, tz: ZoneInfo) -> date:
    day = now.astimezone(tz).date()
    return day - timedelta(days=day.weekday())


def midnight(day: date, tz: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=tz)


def origin_labels() -> dict[str, str]:
    return {str(value): str(label) for value, label in choices.Origin.choices}


def how_found_labels() -> dict[str, str]:
    """Those that are choices by now; what is not stands as it is."""
    known = ContactRequest._meta.get_field("how_found").flatchoices
    return {"": "Not asked yet", **{str(value): str(label) for value, label in known}}


def outcome_labels() -> dict[str, str]:
    return {"": "Still open", **{str(v): str(label) for v, label in choices.Outcome.choices}}
