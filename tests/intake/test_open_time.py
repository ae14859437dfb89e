from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from intake.open_time import OpenTime
from intake.promise import Clock, Hours

OREGON = ZoneInfo("America/Los_Angeles")
WEEKDAYS = tuple(Hours(weekday, time(9), time(17)) for weekday in range(5))
HOUR = 3600


def clock(hours=WEEKDAYS, holidays=()):
    return Clock(hours, frozenset(holidays), OREGON, 2)


def hours(start, end, of=None):
    """Between two moments of November 2026 in Oregon, each (day, hour)."""
    moments = [datetime(2026, 11, day, hour, tzinfo=OREGON) for day, hour in (start, end)]
    first, last = (
        datetime(2026, 10, 20, tzinfo=UTC),
        datetime(2026, 12, 20, tzinfo=UTC),
    )
    open_time = OpenTime(of or clock(), first, last)
    return open_time.between(*(moment.timestamp() for moment in moments)) / HOUR


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ((24, 10), (24, 14), 4),  # one Tuesday
        ((24, 7), (24, 10), 1),  # before it opens
        ((24, 16), (24, 22), 1),  # after it closes
        ((24, 18), (25, 8), 0),  # a night
        ((24, 16), (25, 10), 2),  # over a night
        ((27, 16), (30, 10), 2),  # over a weekend
        ((28, 12), (29, 12), 0),  # a weekend
        ((23, 9), (30, 9), 40),  # a week
        ((24, 14), (24, 10), 0),  # never less than nothing
    ],
)
def test_counts_only_while_the_practice_is_open(start, end, found):
    assert hours(start, end) == found


def test_holidays_are_left_out():
    assert hours((25, 16), (27, 10)) == 10
    assert hours((25, 16), (27, 10), clock(holidays=[date(2026, 11, 26)])) == 2


def test_a_break_at_noon_is_left_out():
    halves = (Hours(1, time(9), time(12)), Hours(1, time(13), time(17)))
    assert hours((24, 10), (24, 14), clock(halves)) == 3


def test_hours_that_overlap_count_once():
    twice = (
        Hours(1, time(9), time(13)),
        Hours(1, time(12), time(17)),
        Hours(1, time(10), time(11)),
    )
    assert hours((24, 0), (24, 23), clock(twice)) == 8


def test_without_hours_it_is_office_hours():
    assert hours((23, 0), (30, 0), clock(())) == 40


def test_the_hour_that_autumn_repeats_is_a_nights():
    """Clocks go back on Sunday, November 1, 2026."""
    always = tuple(Hours(weekday, time(0), time(23, 59)) for weekday in range(7))
    assert round(hours((1, 0), (2, 0), clock(always))) == 25


def test_before_the_first_day_and_after_the_last_nothing_counts():
    day = datetime(2026, 11, 24, tzinfo=OREGON)
    open_time = OpenTime(clock(), day, day)
    far = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
    assert open_time.between(*(moment.timestamp() for moment in far)) == 8 * HOUR
