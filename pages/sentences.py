"""Words as they stand inside a sentence."""

from collections.abc import Iterable
from datetime import date
from typing import Any


def joined(words: Iterable[Any], last_word: str = "and") -> str:
    """Such as "Idaho, Oregon and Washington"; nothing makes an empty text."""
    *first, last = [str(word) for word in words] or [""]
    return f"{', '.join(first)} {last_word} {last}" if first else last


def lowered(name: str) -> str:
    """Such as "couples counseling"; a name in capitals, such as EMDR, keeps them."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def in_a_word(number: int) -> str:
    """Up to ten as a word."""
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    return words[number - 1] if 1 <= number <= len(words) else str(number)


def weekday_and_date(day: date) -> str:
    """Such as "Monday, December 7"."""
    return f"{day:%A, %B} {day.day}"


def full_date(day: date) -> str:
    """Such as "December 7, 2026"."""
    return f"{day:%B} {day.day}, {day.year}"
