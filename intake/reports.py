"""What the practice sees of its own promptness. Counts and times, never a name of who wrote."""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
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
    def edges(self) -> list[float]:
        return [midnight(start, self.tz).timestamp() for start in self.starts]


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


def fill(found: Report, rows: Sequence[tuple[Any, ...]], open_time: OpenTime, now: float) -> None:
    """Written for a hundred thousand rows: each is looked at once, as it comes."""
    edges, open_until = found.weeks.edges, open_time.until
    for received, tried, talked, promised, closed, origin, how_found, outcome, method in rows:
        found.by_week[bisect_right(edges, received) - 1][origin] += 1
        found.how_found[how_found] += 1
        found.outcomes[outcome] += 1
        if method != choices.ContactMethod.OWN:
            began = open_until(received)
            if tried:
                found.tries.append(open_until(tried) - began)
            if talked:
                found.talks.append(open_until(talked) - began)
            _keep(found.promise, heard_at(tried, closed, outcome), promised, closed, now)


def heard_at(tried: int | None, closed: int | None, outcome: str) -> int | None:
    """When they first heard from us, or could: a first try, or an ending that we wrote."""
    ended = closed if outcome not in THEIR_OWN else None
    return min([each for each in (tried, ended) if each], default=None)


def is_late(heard: int | None, promised: int, closed: int | None, now: float) -> bool | None:
    """None where it is not known yet, or where they ended it before it was."""
    if heard is not None:
        return heard > promised
    return True if promised < min(closed or now, now) else None


def _keep(promise: Kept, heard: int | None, promised: int, closed: int | None, now: float) -> None:
    late = is_late(heard, promised, closed, now)
    promise.late += late is True
    promise.kept += late is False


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
