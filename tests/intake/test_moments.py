from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from intake import moments

TZ = ZoneInfo("America/Los_Angeles")
# A Monday, 10 am in Oregon.
NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)


def local(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=TZ)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOW - timedelta(seconds=1), "LATE by 1 min"),
        (NOW - timedelta(minutes=59), "LATE by 59 min"),
        (NOW - timedelta(hours=3, minutes=40), "LATE by 3 h"),
        (NOW - timedelta(days=1), "LATE by 1 day"),
        (NOW - timedelta(days=3), "LATE by 3 days"),
        (NOW, "today 10 am"),
        (local(23, 17), "today 5 pm"),
        (local(23, 23, 59), "today 11:59 pm"),
        (local(24, 0), "tomorrow 12 am"),
        (local(24, 12), "tomorrow noon"),
        (local(25, 9, 30), "Wed 9:30 am"),
        (local(29, 17), "Sun 5 pm"),
        (local(30, 17), "Nov 30, 5 pm"),
        (local(4, 17, month=12), "Dec 4, 5 pm"),
    ],
)
def test_due(moment, words):
    assert moments.due(moment, NOW, TZ) == words


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=4), "4 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=2), "Sat 10 am"),
        (timedelta(days=20), "Nov 3, 10 am"),
    ],
)
def test_ago(passed, words):
    assert moments.ago(NOW - passed, NOW, TZ) == words


def test_end_of_today_is_the_practices_midnight():
    assert moments.end_of_today(NOW, TZ) == datetime(2026, 11, 24, 8, tzinfo=UTC)
