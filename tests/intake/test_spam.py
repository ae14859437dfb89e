from datetime import UTC, datetime, timedelta

import pytest

from intake.spam import TOKEN_LIFE, held_reason

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
THREE = timedelta(seconds=3)


@pytest.mark.parametrize(
    ("trap", "age", "reason"),
    [
        ("", timedelta(minutes=3), ""),
        ("", THREE, ""),
        (" ", THREE, ""),
        ("", THREE - timedelta(microseconds=1), "fast"),
        ("", timedelta(seconds=-5), "fast"),
        ("", TOKEN_LIFE, ""),
        ("", TOKEN_LIFE + timedelta(seconds=1), "expired"),
        ("http://pills.example", timedelta(minutes=3), "trap"),
        ("http://pills.example", timedelta(0), "trap"),
        ("http://pills.example", timedelta(days=30), "trap"),
    ],
)
def test_held_reason_names_the_plainest_sign(trap, age, reason):
    assert held_reason(trap=trap, made_at=NOW - age, now=NOW, min_fill=THREE) == reason


def test_held_reason_with_no_minimum_holds_nothing_as_fast():
    assert held_reason(trap="", made_at=NOW, now=NOW, min_fill=timedelta(0)) == ""
