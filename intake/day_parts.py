"""Parts of a working day, by the practice's own clock: when to call, and when to try again. Pure.

Nobody is offered for a call outside the practice's hours or the times that they asked for.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import islice

from intake.promise import OFFICE_HOURS, ONE_DAY, Clock, Hours

# From and until. Named as the form names them; the last one ends when the practice closes.
PARTS = {
    "morning": (time(0), time(11)),
    "midday": (time(11), time(14)),
    "afternoon": (time(14), time(17)),
    "evening": (time(17), time.max),
}
# Two working days after a try at the latest.
WITHIN_DAYS = 2
# Where a day has no hours of its own, its work ends then.
END_OF_DAY = time(17)


@dataclass(frozen=True)
class Try:
    """When to try again. `part` is '' where any time of that day will do."""

    day: date
    part: str
    due_at: datetime


def part_of(at: time) -> str:
    return [name for name, (begins, _) in PARTS.items() if begins <= at][-1]


def part_at(clock: Clock, now: datetime) -> str:
    return part_of(now.astimezone(clock.tz).time())


def parts_until(clock: Clock, now: datetime) -> list[str]:
    """Those of today that have begun."""
    at = now.astimezone(clock.tz).time()
    return [name for name, (begins, _) in PARTS.items() if begins <= at]


def is_open(clock: Clock, now: datetime) -> bool:
    local = now.astimezone(clock.tz)
    return any(h.opens <= local.time() < h.closes for h in hours_on(clock, local.date()))


def may_be_called(clock: Clock, wished: Collection[str], now: datetime) -> bool:
    """Whether a call fits now: somebody is here, and it is one of their times."""
    return is_open(clock, now) and is_wished(clock, wished, now)


def is_wished(clock: Clock, wished: Collection[str], now: datetime) -> bool:
    """None named means any."""
    return not wished or part_at(clock, now) in wished


def hours_on(clock: Clock, day: date) -> list[Hours]:
    """None on a holiday, and none while the practice is away."""
    away = clock.paused_until is not None and day < clock.paused_until
    if away or day in clock.holidays:
        return []
    return [h for h in clock.hours or OFFICE_HOURS if h.weekday == day.weekday()]


def parts_on(clock: Clock, day: date) -> list[str]:
    """Those in which somebody is here for a while."""
    hours = hours_on(clock, day)
    return [
        name
        for name, (begins, ends) in PARTS.items()
        if any(h.opens < ends and begins < h.closes for h in hours)
    ]


def next_try(
    clock: Clock, wished: Collection[str], now: datetime, avoid: Collection[str] = ()
) -> Try:
    """The next working day, in another part of it among their times.

    `avoid`: parts in which someone else answered, taken again only where nothing else is left.
    """
    days = list(islice(_days_after(clock, now), WITHIN_DAYS))
    here = part_at(clock, now)
    fitting = [(d, p) for d in days for p in parts_on(clock, d) if not wished or p in wished]
    calm = [(day, part) for day, part in fitting if part not in avoid]
    other = [(day, part) for day, part in calm if part != here]
    day, part = next(iter(other or calm or fitting), (days[0], ""))
    return Try(day, part, due_on(clock, day, part))


def due_on(clock: Clock, day: date, part: str = "") -> datetime:
    """The end (UTC) of that part of the day, or closing time where that is earlier."""
    closes = max((h.closes for h in hours_on(clock, day)), default=END_OF_DAY)
    ends = min(PARTS[part][1], closes) if part and part != "evening" else closes
    return datetime.combine(day, ends, tzinfo=clock.tz).astimezone(UTC)


def _days_after(clock: Clock, now: datetime) -> Iterator[date]:
    """Working days after today, without end."""
    day = now.astimezone(clock.tz).date()
    while True:
        day += ONE_DAY
        if hours_on(clock, day):
            yield day
