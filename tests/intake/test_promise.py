from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.promise import (
    OFFICE_HOURS,
    Clock,
    Hours,
    changes_at,
    in_words,
    over_before,
    promised_at,
)

PORTLAND = ZoneInfo("America/Los_Angeles")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # half an hour of daylight saving
THANKSGIVING = date(2026, 11, 26)


def at(day: int, hour: int, minute: int = 0, month: int = 11, tz: ZoneInfo = PORTLAND) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=tz)


def promise(now, holidays=(), working_days=2, paused_until=None, hours=OFFICE_HOURS, tz=PORTLAND):
    return promised_at(now, hours, holidays, tz, working_days, paused_until).astimezone(tz)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(24, 8, 59), at(25, 17)),  # Tuesday before opening counts
        (at(24, 9), at(27, 17)),  # at opening it no longer does; Thursday is a holiday
        (at(24, 12), at(27, 17)),
        (at(24, 23, 59), at(27, 17)),
        (at(25, 0, 1), at(27, 17)),
        (at(27, 18), at(1, 17, month=12)),  # Friday evening: Monday and Tuesday
        (at(28, 12), at(1, 17, month=12)),
        (at(30, 8), at(1, 17, month=12)),
        (at(30, 9), at(2, 17, month=12)),
    ],
)
def test_promised_at_counts_whole_working_days(now, expected):
    assert promise(now, [THANKSGIVING]) == expected


def test_promised_at_within_one_day_is_the_same_day_before_opening():
    assert promise(at(24, 8), working_days=1) == at(24, 17)
    assert promise(at(24, 10), working_days=1) == at(25, 17)


def test_promised_at_counts_from_the_first_day_back():
    assert promise(at(24, 10), paused_until=date(2026, 12, 7)) == at(8, 17, month=12)
    assert promise(at(7, 10, month=12), paused_until=date(2026, 12, 7)) == at(9, 17, month=12)


def test_promised_at_takes_a_day_off_at_the_weekend_as_the_next_working_day():
    assert promise(at(24, 10), paused_until=date(2026, 12, 5)) == at(8, 17, month=12)


def test_promised_at_is_closing_time_after_the_last_stretch_of_a_day():
    hours = [Hours(1, time(9), time(12)), Hours(1, time(13, 30), time(18, 30))]
    assert promise(at(24, 8), hours=hours, working_days=1) == at(24, 18, 30)
    assert promise(at(24, 13), hours=hours, working_days=1) == at(1, 18, 30, month=12)


def test_promised_at_keeps_local_closing_time_over_daylight_saving():
    assert promise(at(30, 10, month=10)) == at(3, 17)  # the clocks go back on November 1
    assert (at(3, 17) - at(30, 10, month=10)).days == 4
    before, after = promised_at(at(30, 10, month=10), OFFICE_HOURS, (), PORTLAND, 2), at(3, 17)
    assert before == datetime(2026, 11, 4, 1, tzinfo=UTC) == after


def test_promised_at_tells_the_two_hours_apart_when_clocks_go_back():
    """On November 1 it is 1:05 twice; a practice that opens at 1:15 has opened by the second."""
    hours = [Hours(6, time(1, 15), time(17))]
    first, second = at(1, 1, 5), at(1, 1, 5).replace(fold=1)
    assert promise(first, hours=hours, working_days=1) == at(1, 17)
    assert promise(second, hours=hours, working_days=1) == at(8, 17)


def test_promised_at_without_hours_keeps_office_hours():
    assert promise(at(24, 10), hours=()) == promise(at(24, 10))


def test_promised_at_reads_now_in_any_time_zone():
    assert promise(at(24, 8).astimezone(UTC)) == promise(at(24, 8)) == at(25, 17)


def test_changes_at_is_the_next_opening_of_a_working_day():
    def next_change(now, **facts):
        return changes_at(now, OFFICE_HOURS, [THANKSGIVING], PORTLAND, **facts)

    assert next_change(at(24, 8)) == at(24, 9)
    assert next_change(at(24, 9)) == at(25, 9)
    assert next_change(at(25, 9)) == at(27, 9)
    assert next_change(at(24, 8), paused_until=date(2026, 12, 5)) == at(7, 9, month=12)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (at(24, 17), "Tuesday, November 24, 5 pm"),
        (at(24, 17, 30), "Tuesday, November 24, 5:30 pm"),
        (at(1, 9, month=12), "Tuesday, December 1, 9 am"),
        (at(1, 9, 5, month=12), "Tuesday, December 1, 9:05 am"),
        (at(24, 12), "Tuesday, November 24, noon"),
        (at(24, 12, 30), "Tuesday, November 24, 12:30 pm"),
        (datetime(2026, 11, 26, 1, tzinfo=UTC), "Wednesday, November 25, 5 pm"),
    ],
)
def test_in_words_says_it_as_a_person_does(moment, words):
    assert in_words(moment, PORTLAND) == words


# Any practice, any moment.

moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
quarters = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))


@st.composite
def clocks(draw):
    days = draw(st.lists(st.integers(0, 6), min_size=1, max_size=9))
    spans = [sorted(draw(st.lists(quarters, min_size=2, max_size=2, unique=True))) for _ in days]
    hours = tuple(Hours(day, *span) for day, span in zip(days, spans, strict=True))
    start = draw(st.dates(date(2024, 1, 1), date(2030, 1, 1)))
    run = {start + timedelta(days=n) for n in range(draw(st.integers(0, 40)))}
    paused = draw(st.none() | st.dates(date(2024, 1, 1), date(2030, 2, 1)))
    tz = draw(st.sampled_from([PORTLAND, LORD_HOWE, ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")]))
    return Clock(hours, frozenset(run), tz, draw(st.integers(1, 10)), paused)


def closing_times(clock: Clock, day: date) -> list[datetime]:
    """Those of one day, worked out another way: every minute is asked whether it is one."""
    closes = [hours.closes for hours in clock.hours if hours.weekday == day.weekday()]
    return [datetime.combine(day, max(closes), tzinfo=clock.tz)] if closes else []


@given(clocks(), moments)
def test_promised_at_is_a_later_closing_time_of_a_working_day(clock, now):
    promised = clock.promised_at(now)
    assert promised > now
    nearby = [promised.astimezone(clock.tz).date() + timedelta(days=n) for n in (-1, 0, 1)]
    closing = {
        moment.astimezone(UTC): day for day in nearby for moment in closing_times(clock, day)
    }
    assert promised in closing
    assert closing[promised] not in clock.holidays
    assert clock.paused_until is None or closing[promised] >= clock.paused_until


@given(clocks(), moments, st.timedeltas(timedelta(0), timedelta(days=20)))
def test_promised_at_never_falls_as_time_goes_on(clock, now, later):
    assert clock.promised_at(now) <= clock.promised_at(now + later)


@given(clocks(), moments)
def test_changes_at_is_when_the_answer_changes_and_not_before(clock, now):
    change = clock.changes_at(now)
    assert change > now
    assert clock.promised_at(change - timedelta(microseconds=1)) == clock.promised_at(now)
    assert clock.promised_at(change) > clock.promised_at(now)


@given(clocks(), moments)
def test_promised_at_counts_as_many_working_days_as_promised(clock, now):
    """Counted day by day from the next change, not with the clock's own loop."""
    first = clock.changes_at(now).astimezone(clock.tz).date()
    last = clock.promised_at(now).astimezone(clock.tz).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    working = [day for day in days if closing_times(clock, day) and day not in clock.holidays]
    assert len(working) == clock.working_days


# Monday 24 November 2031 is a working day, 9 to 5 in Oregon (UTC-8); 22 and 23 are a weekend.
@pytest.mark.parametrize(
    ("now", "days", "opened"),
    [
        ((24, 16, 59), 1, (21, 9)),  # Monday has not ended: Friday is the last whole day
        ((24, 17, 0), 1, (24, 9)),
        ((24, 17, 0), 2, (21, 9)),
        ((23, 12, 0), 1, (21, 9)),
        ((23, 12, 0), 3, (19, 9)),
    ],
)
def test_over_before_is_the_opening_of_a_whole_day_that_has_ended(now, days, opened):
    asked = datetime(2031, 11, *now, tzinfo=PORTLAND)
    expected = datetime(2031, 11, *opened, tzinfo=PORTLAND)
    assert over_before(asked, (), frozenset(), PORTLAND, days) == expected


def test_over_before_passes_holidays():
    asked = datetime(2031, 11, 28, 12, tzinfo=PORTLAND)
    found = over_before(asked, (), frozenset({date(2031, 11, 27)}), PORTLAND, 1)
    assert found == datetime(2031, 11, 26, 9, tzinfo=PORTLAND)


def test_nothing_is_over_during_a_pause_and_right_after_it():
    def asked(day):
        now = datetime(2031, 11, day, 18, tzinfo=PORTLAND)
        return over_before(now, (), frozenset(), PORTLAND, 1, paused_until=date(2031, 11, 24))

    assert [asked(20), asked(23)] == [None, None]
    assert asked(24) == datetime(2031, 11, 24, 9, tzinfo=PORTLAND)


def test_a_practice_that_is_never_open_is_never_late():
    always = frozenset(date(2031, 11, 24) - timedelta(days=days) for days in range(99))
    now = datetime(2031, 11, 24, 18, tzinfo=PORTLAND)
    assert over_before(now, (), always, PORTLAND, 1) is None
