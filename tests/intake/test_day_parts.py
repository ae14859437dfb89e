"""Parts of a day: never a call outside the practice's hours or the times someone asked for."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from intake import day_parts
from intake.promise import Clock, Hours

OREGON = ZoneInfo("America/Los_Angeles")
WEEK = tuple(Hours(day, time(9), time(17)) for day in range(5))
ZONES = ["America/Los_Angeles", "America/St_Johns", "Australia/Lord_Howe", "UTC", "Asia/Kolkata"]


def clock(hours=WEEK, holidays=(), tz=OREGON, paused_until=None):
    return Clock(tuple(hours), frozenset(holidays), tz, 2, paused_until)


def at(day, hour, minute=0):
    """A day of the week of Monday, November 24, 2031, in Oregon."""
    return datetime(2031, 11, 24 + day, hour, minute, tzinfo=OREGON).astimezone(UTC)


@pytest.mark.parametrize(
    ("hour", "part"),
    [(0, "morning"), (10, "morning"), (11, "midday"), (13, "midday"), (14, "afternoon"),
     (16, "afternoon"), (17, "evening"), (23, "evening")],
)  # fmt: skip
def test_part_of_an_hour(hour, part):
    assert day_parts.part_of(time(hour)) == part


@pytest.mark.parametrize(
    ("moment", "fits"),
    [
        (at(0, 8, 59), False), (at(0, 9), True), (at(0, 10, 59), True), (at(0, 11), False),
        (at(0, 14), True), (at(0, 16, 59), True), (at(0, 17), False), (at(5, 10), False),
    ],
)  # fmt: skip
def test_may_be_called_in_hours_and_times_alone(moment, fits):
    assert day_parts.may_be_called(clock(), ["morning", "afternoon"], moment) is fits


def test_nobody_is_called_on_a_holiday_in_a_pause_or_over_lunch():
    monday = at(0, 12, 30)
    lunch = [Hours(0, time(9), time(12)), Hours(0, time(13), time(17))]
    assert day_parts.may_be_called(clock(), [], monday)
    assert not day_parts.may_be_called(clock(holidays=[date(2031, 11, 24)]), [], monday)
    assert not day_parts.may_be_called(clock(paused_until=date(2031, 11, 25)), [], monday)
    assert not day_parts.may_be_called(clock(lunch), [], monday)


HOURS = st.lists(
    st.builds(
        lambda day, opens, length: Hours(day, time(opens), time(min(opens + length, 23), 59)),
        st.integers(0, 6), st.integers(0, 22), st.integers(0, 10),
    ),
    min_size=1, max_size=8,
)  # fmt: skip
PARTS = st.lists(st.sampled_from(list(day_parts.PARTS)), unique=True)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)


@given(HOURS, PARTS, MOMENTS, st.sampled_from(ZONES), st.booleans())
# The night in which Oregon's clocks go back, and the one in which they go forward.
@example([Hours(6, time(1), time(2, 30))], ["morning"], datetime(2026, 11, 1, 9, 15, tzinfo=UTC),
         "America/Los_Angeles", False)  # fmt: skip
@example([Hours(6, time(1), time(4))], [], datetime(2026, 3, 8, 10, 15, tzinfo=UTC),
         "America/Los_Angeles", False)  # fmt: skip
def test_never_outside_hours_or_wished_times(hours, wished, moment, zone, holiday):
    local = moment.astimezone(ZoneInfo(zone))
    those = clock(hours, [local.date()] if holiday else [], ZoneInfo(zone))
    fits = day_parts.may_be_called(those, wished, moment)
    opened = any(h.weekday == local.weekday() and h.opens <= local.time() < h.closes for h in hours)
    begins, ends = day_parts.PARTS[day_parts.part_at(those, moment)]
    assert begins <= local.time() < ends
    assert fits == (
        opened and not holiday and (not wished or day_parts.part_at(those, moment) in wished)
    )


@given(HOURS, PARTS, MOMENTS, st.sampled_from(ZONES), PARTS)
def test_next_try_is_a_later_working_day_in_a_wished_part(hours, wished, moment, zone, avoid):
    those = clock(hours, tz=ZoneInfo(zone))
    again = day_parts.next_try(those, wished, moment, avoid)
    assert again.day > moment.astimezone(those.tz).date()
    assert day_parts.hours_on(those, again.day)
    assert again.due_at.astimezone(those.tz).date() == again.day
    assume(again.part)
    assert again.part in day_parts.parts_on(those, again.day)
    assert not wished or again.part in wished


@pytest.mark.parametrize(
    ("wished", "avoid", "moment", "day", "part", "due"),
    [
        # Another part on the next working day; the same one where it is the only one.
        ([], [], at(0, 10), 25, "midday", time(14)),
        ([], [], at(0, 12), 25, "morning", time(11)),
        (["morning"], [], at(0, 10), 25, "morning", time(11)),
        (["morning", "afternoon"], [], at(0, 10), 25, "afternoon", time(17)),
        # After a Friday comes Monday.
        (["morning"], [], at(4, 15), 31, "morning", time(11)),
        # Where someone else answers, not then again, unless nothing else is left.
        (["morning", "afternoon"], ["morning"], at(0, 15), 25, "afternoon", time(17)),
        (["morning"], ["morning"], at(0, 10), 25, "morning", time(11)),
        # Only when nobody is here: no part fits, so any time until closing, and a warning.
        (["evening"], [], at(0, 10), 25, "", time(17)),
    ],
)  # fmt: skip
def test_next_try_goes_by_times_and_by_who_answered(wished, avoid, moment, day, part, due):
    again = day_parts.next_try(clock(), wished, moment, avoid)
    assert (again.day, again.part) == (date(2031, 11, 1) + timedelta(days=day - 1), part)
    assert again.due_at.astimezone(OREGON).time() == due


def test_next_try_looks_at_two_days_at_most():
    """Friday is a short day: another part would be Monday, which is the second working day."""
    hours = [*WEEK[:4], Hours(4, time(9), time(11))]
    thursday = day_parts.next_try(clock(hours), ["morning", "midday"], at(3, 10))
    assert (thursday.day, thursday.part) == (date(2031, 12, 1), "midday")
    wednesday = day_parts.next_try(clock(hours), ["evening", "morning"], at(2, 10))
    assert (wednesday.day, wednesday.part) == (date(2031, 11, 27), "morning")


@pytest.mark.parametrize(
    ("day", "part", "due"),
    [
        (date(2031, 11, 25), "", time(17)), (date(2031, 11, 25), "morning", time(11)),
        (date(2031, 11, 25), "evening", time(17)), (date(2031, 11, 29), "", time(17)),
        (date(2031, 11, 29), "midday", time(14)),
    ],
)  # fmt: skip
def test_due_on_a_day(day, part, due):
    """Also on a Saturday, which staff may choose."""
    expected = datetime.combine(day, due, tzinfo=OREGON)
    assert day_parts.due_on(clock(), day, part) == expected
