"""The promise's clock, set by what the practice says about itself."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from intake.promise import Clock, Hours
from pages.models import OfRevision, Practice


def clock_of(practice: Practice) -> Clock:
    return Clock(
        hours=tuple(Hours(h.weekday, h.opens, h.closes) for h in practice.hours),
        holidays=frozenset(practice.holidays.values_list("date", flat=True)),
        tz=practice.tz,
        working_days=practice.promise_working_days,
        paused_until=practice.paused_until,
    )


def working_days(clock: Clock, days: int) -> Clock:
    """The same clock, for another promise."""
    return replace(clock, working_days=days)


# How long we wait for someone who said that they contact us.
THEIR_TURN = timedelta(days=14)


def their_turn_ends(clock: Clock, now: datetime) -> datetime:
    """Closing time of the first working day after that long: then staff look at it."""
    day = (now + THEIR_TURN).astimezone(clock.tz).date()
    morning = datetime.combine(day, time.min, tzinfo=clock.tz)
    return working_days(clock, 1).promised_at(morning)


def practice_clock() -> Clock:
    """As it stands now, read anew: a promise is kept for as long as the request is."""
    return clock_of(Practice.objects.get())


# For what is only shown: kept until something that the site says changes.
current_clock = OfRevision(practice_clock)


def shown_clock(practice: Practice) -> Clock:
    """The same, of a practice that is only shown: made once for as long as it is in hand."""
    if "_clock" not in practice.__dict__:
        practice.__dict__["_clock"] = clock_of(practice)
    found: Clock = practice.__dict__["_clock"]
    return found
