"""Bars, laid out for an inline drawing without styles. Pure: numbers in, numbers out."""

from collections.abc import Iterable
from dataclasses import dataclass

WIDTH = 340
ROW = 26
BAR = 16
LABEL = 168
ROOM_FOR_COUNT = 44


@dataclass(frozen=True)
class Bar:
    label: str
    count: int
    x: int
    y: int
    length: int
    thickness: int
    base: int  # of the words beside it
    count_x: int


@dataclass(frozen=True)
class Chart:
    width: int
    height: int
    bars: list[Bar]
    largest: str  # in words, for those who do not see it


def bars(counts: Iterable[tuple[str, int]]) -> Chart:
    """One below the other; the longest takes all the room there is."""
    counts = list(counts)
    most = max([count for _, count in counts], default=0)
    laid = [_bar(index, label, count, most) for index, (label, count) in enumerate(counts)]
    label, count = max(counts, key=lambda each: each[1], default=("", 0))
    return Chart(WIDTH, max(ROW * len(counts), ROW), laid, f"Most: {label}, {count}.")


def _bar(index: int, label: str, count: int, most: int) -> Bar:
    room = WIDTH - LABEL - ROOM_FOR_COUNT
    length = round(room * count / most) if most else 0
    top = index * ROW
    return Bar(
        label, count, LABEL, top + (ROW - BAR) // 2, length, BAR, top + ROW - 8, LABEL + length + 6
    )
