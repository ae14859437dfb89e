"""The promise's clock, set by what the practice says about itself."""

from intake.promise import Clock, Hours
from pages.models import Practice


def clock_of(practice: Practice) -> Clock:
    return Clock(
        hours=tuple(Hours(h.weekday, h.opens, h.closes) for h in practice.hours),
        holidays=frozenset(practice.holidays.values_list("date", flat=True)),
        tz=practice.tz,
        working_days=practice.promise_working_days,
        paused_until=practice.paused_until,
    )


def practice_clock() -> Clock:
    """As it stands now, read anew: a promise is kept for as long as the request is."""
    return clock_of(Practice.objects.get())
