from datetime import date, time

from intake.clock import practice_clock
from intake.promise import Hours


def test_practice_clock_is_what_the_practice_says(practice):
    practice.holidays.create(date=date(2026, 11, 26), name="Thanksgiving")
    practice.paused_until = date(2026, 12, 7)
    practice.save()
    clock = practice_clock()
    assert clock.hours == tuple(Hours(day, time(9), time(17)) for day in range(5))
    assert clock.holidays == {date(2026, 11, 26)}
    assert (str(clock.tz), clock.working_days) == ("America/Los_Angeles", 2)
    assert clock.paused_until == date(2026, 12, 7)
