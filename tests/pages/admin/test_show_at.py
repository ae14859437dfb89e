from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from pages.admin.show_at import coming, in_words

ZONE = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 11, 24, 16, 15, tzinfo=UTC)  # a quarter past eight in the morning there


def test_time_is_that_of_the_practice():
    assert coming("2026-11-25T09:00", ZONE, NOW) == datetime(2026, 11, 25, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Choose the day and the time from which the page is to show."),
        ("tomorrow", "Write the day and the time like this: 2026-11-25T09:00."),
        ("2026-02-30T09:00", "Write the day and the time like this: 2026-11-25T09:00."),
        ("9999-12-31T23:59", "Choose a time within the next 5 years."),
        (
            "2027-03-14T02:30",
            "The clocks go forward then and skip this time. Choose an hour later.",
        ),
        (
            "2026-11-24T08:15",
            "That time has passed: at the practice it is Nov 24, 8:15 a.m. Choose a later one.",
        ),
        (
            "0001-01-01T00:00",
            "That time has passed: at the practice it is Nov 24, 8:15 a.m. Choose a later one.",
        ),
    ],
)
def test_other_times_are_refused_in_a_sentence(typed, words):
    with pytest.raises(ValidationError) as refused:
        coming(typed, ZONE, NOW)
    assert refused.value.messages == [words]


def test_hour_that_comes_twice_is_the_first_of_them():
    at = coming("2027-11-07T01:30", ZONE, NOW)
    assert at == datetime(2027, 11, 7, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 11, 25, 17, tzinfo=UTC), "Nov 25, 9:00 a.m."),
        (datetime(2027, 1, 1, 8, 5, tzinfo=UTC), "Jan 1, 2027, 12:05 a.m."),
        (datetime(2026, 11, 25, 20, tzinfo=UTC), "Nov 25, 12:00 p.m."),
    ],
)
def test_moment_in_words(at, words):
    assert in_words(at, ZONE, NOW) == words
