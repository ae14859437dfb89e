"""By when a person will hear from us, by the practice's own clock. Pure: no Django, no database.

A request counts from the first whole working day: sent before the practice opens, that day is the
first; sent later, the next one is. The promise is closing time on the last day of the count.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
# Practices close for a few weeks at most, and what is older than that is overdue in any case.
LONGEST_LOOK_BACK = 60


@dataclass(frozen=True)
class Hours:
    """One stretch of opening on a weekday (Monday is 0). A day may have several."""

    weekday: int
    opens: time
    closes: time


# Where a practice has named no hours yet, so that a request always has an answer.
OFFICE_HOURS = tuple(Hours(weekday, time(9), time(17)) for weekday in range(5))


@dataclass(frozen=True)
class Clock:
    """All that a practice's promise depends on."""

    hours: tuple[Hours, ...]
    holidays: frozenset[date]
    tz: ZoneInfo
    working_days: int
    paused_until: date | None = None

    def promised_at(self, now: datetime) -> datetime:
        """When someone who writes at `now` will have heard."""
        return promised_at(
            now, self.hours, self.holidays, self.tz, self.working_days, self.paused_until
        )

    def changes_at(self, now: datetime) -> datetime:
        """When that answer is next another."""
        return changes_at(now, self.hours, self.holidays, self.tz, self.paused_until)

    def over_before(self, now: datetime, days: int) -> datetime | None:
        """What was due before this has been over for that many whole working days."""
        return over_before(now, self.hours, self.holidays, self.tz, days, self.paused_until)

    def opens_on(self, day: date) -> datetime | None:
        """When the practice opens on that day (UTC); None where it does not."""
        away = self.paused_until is not None and day < self.paused_until
        if away or day in self.holidays:
            return None
        span = _span(day, self.hours or OFFICE_HOURS, self.tz)
        return span[0] if span else None

    def in_words(self, moment: datetime) -> str:
        return in_words(moment, self.tz)


def promised_at(
    now: datetime,
    hours: Iterable[Hours],
    holidays: Collection[date],
    tz: ZoneInfo,
    working_days: int,
    paused_until: date | None = None,
) -> datetime:
    """Closing time (UTC) of the Nth working day that is still whole at `now` (aware).

    `paused_until` is the first day back: no day before it counts.
    """
    days = _whole_days(now, tuple(hours), holidays, tz, paused_until)
    for _ in range(working_days - 1):
        next(days)
    return next(days)[1]


def changes_at(
    now: datetime,
    hours: Iterable[Hours],
    holidays: Collection[date],
    tz: ZoneInfo,
    paused_until: date | None = None,
) -> datetime:
    """The next moment (UTC) at which `promised_at` gives another answer."""
    return next(_whole_days(now, tuple(hours), holidays, tz, paused_until))[0]


def over_before(
    now: datetime,
    hours: Iterable[Hours],
    holidays: Collection[date],
    tz: ZoneInfo,
    days: int,
    paused_until: date | None = None,
) -> datetime | None:
    """Opening (UTC) of the last but `days` working day that has ended by `now` (aware).

    None where there was no such day in the last weeks, or none since a pause.
    """
    today, stretches = now.astimezone(tz).date(), tuple(hours) or OFFICE_HOURS
    for ago in range(LONGEST_LOOK_BACK):
        day = today - ago * ONE_DAY
        if paused_until and day < paused_until:
            return None
        span = None if day in holidays else _span(day, stretches, tz)
        days -= bool(span and span[1] <= now)
        if span and not days:
            return span[0]
    return None


def in_words(moment: datetime, tz: ZoneInfo) -> str:
    """As a person says it: "Tuesday, November 25, 5 pm"."""
    local = moment.astimezone(tz)
    return f"{local:%A, %B} {local.day}, {_hour(local.time())}"


def _hour(at: time) -> str:
    if at == time(12):
        return "noon"
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes} {'pm' if at.hour >= 12 else 'am'}"


def _whole_days(
    now: datetime,
    hours: tuple[Hours, ...],
    holidays: Collection[date],
    tz: ZoneInfo,
    paused_until: date | None,
) -> Iterator[tuple[datetime, datetime]]:
    """Opening and closing of each working day that has not begun, without end."""
    day = max(now.astimezone(tz).date(), paused_until or date.min)
    while True:
        span = None if day in holidays else _span(day, hours or OFFICE_HOURS, tz)
        if span and span[0] > now:
            yield span
        day += ONE_DAY


def _span(day: date, hours: tuple[Hours, ...], tz: ZoneInfo) -> tuple[datetime, datetime] | None:
    """From the first opening to the last closing of a day, in UTC: only there hours compare."""
    those = [each for each in hours if each.weekday == day.weekday()]
    if not those:
        return None
    opens = min(each.opens for each in those)
    closes = max(each.closes for each in those)
    return _moment(day, opens, tz), _moment(day, closes, tz)


def _moment(day: date, at: time, tz: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tzinfo=tz).astimezone(UTC)
