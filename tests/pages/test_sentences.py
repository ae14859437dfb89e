from datetime import date

import pytest

from pages.sentences import full_date, in_a_word, joined, lowered, weekday_and_date


@pytest.mark.parametrize(
    ("names", "words"),
    [((), ""), (("A",), "A"), (("A", "B"), "A and B"), ((1, "B", "C"), "1, B and C")],
)
def test_names_are_joined(names, words):
    assert joined(names) == words


def test_last_word_may_be_another():
    assert joined("abc", "or") == "a, b or c"


@pytest.mark.parametrize(
    ("name", "words"),
    [("Couples counseling", "couples counseling"), ("EMDR", "EMDR"), ("A", "a"), ("", "")],
)
def test_name_inside_a_sentence(name, words):
    assert lowered(name) == words


def test_small_numbers_are_words():
    assert [in_a_word(number) for number in (0, 1, 10, 11)] == ["0", "one", "ten", "11"]


def test_days_in_words():
    day = date(2026, 12, 7)
    assert (weekday_and_date(day), full_date(day)) == ("Monday, December 7", "December 7, 2026")
