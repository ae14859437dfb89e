from datetime import time

import pytest
from django.db import IntegrityError

from pages.models import OpeningHours
from pages.models.hours import clock, in_words


def hours(weekday, opens, closes):
    return OpeningHours(weekday=weekday, opens=time(*opens), closes=time(*closes))


def test_hours_close_after_they_open(practice):
    with pytest.raises(IntegrityError, match="hours_open_before_close"):
        practice.opening_hours.create(weekday=6, opens=time(17), closes=time(9))


@pytest.mark.parametrize(
    ("week", "words"),
    [
        ([], ""),
        ([hours(0, (9,), (17,))], "Monday, 9 to 5"),
        (
            [hours(0, (9,), (17,)), hours(1, (9,), (17,)), hours(2, (9, 30), (12,))],
            "Monday to Tuesday, 9 to 5 and Wednesday, 9:30 to 12",
        ),
        (
            [hours(0, (9,), (12,)), hours(0, (13,), (17,)), hours(3, (9,), (12,))],
            "Monday, 9 to 12 and 1 to 5 and Thursday, 9 to 12",
        ),
        ([hours(0, (9,), (17,)), hours(2, (9,), (17,))], "Monday, 9 to 5 and Wednesday, 9 to 5"),
    ],
)
def test_hours_in_words(week, words):
    assert in_words(week) == words


def test_words_of_a_clock():
    assert [clock(time(0)), clock(time(12)), clock(time(13, 30))] == ["12", "12", "1:30"]
