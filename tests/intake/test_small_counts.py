"""Counts under five stay behind, and no sum gives one away: every small table is tried."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.small_counts import FEW, HELD_BACK, shown

ONE = [[0, 1, 2, 3]]  # three parts, and their total
# Two rows of three, their totals, three columns' totals, and the total of all.
CROSS = [
    [0, 1, 2, 6], [3, 4, 5, 7],
    [0, 3, 8], [1, 4, 9], [2, 5, 10],
    [6, 7, 11], [8, 9, 10, 11],
]  # fmt: skip


def with_totals(parts):
    a, b, c, d, e, f = parts
    return [*parts, a + b + c, d + e + f, a + d, b + e, c + f, sum(parts)]


def possible(cell, most):
    """What someone who reads it must think possible."""
    if cell == FEW:
        return range(5)
    return range(5, most + 1) if cell == HELD_BACK else [int(cell)]


def worlds(cells, parts, total_of, most=40):
    """Every way in which the parts could be, that fits all that is shown."""
    wide = [possible(cell, most) for cell in cells]
    for guess in product(*wide[:parts]):
        everything = total_of(guess)
        if all(value in span for value, span in zip(everything, wide, strict=True)):
            yield everything


@pytest.mark.parametrize(
    ("counts", "cells"),
    [
        ([20, 30, 40, 90], ["20", "30", "40", "90"]),
        ([2, 30, 40, 72], [FEW, HELD_BACK, "40", "72"]),
        ([2, 3, 40, 45], [FEW, FEW, "40", "45"]),
        ([0, 0, 40, 40], [FEW, FEW, HELD_BACK, "40"]),  # two that add up to nothing
        ([4, 4, 40, 48], [FEW, FEW, HELD_BACK, "48"]),  # or to all that they could
        ([1, 1, 1, 3], [FEW, FEW, FEW, FEW]),
        ([4, 4, 4, 12], [FEW, FEW, FEW, HELD_BACK]),
        ([0, 5, 6, 11], [FEW, HELD_BACK, HELD_BACK, "11"]),
    ],
)
def test_small_counts_and_what_gives_them_away_are_hidden(counts, cells):
    assert shown(counts, ONE) == cells


def test_plain_hiding_would_give_it_away():
    """What this is for: one small count and its total are one subtraction."""
    cells = [FEW, "30", "40", "72"]
    found = worlds(cells, 3, lambda guess: [*guess, sum(guess)])
    assert {world[0] for world in found} == {2}


def test_no_sum_of_three_gives_a_small_count_away():
    for parts in product((0, 1, 4, 5, 6, 9), repeat=3):
        counts = [*parts, sum(parts)]
        cells = shown(counts, ONE)
        found = list(worlds(cells, 3, lambda guess: [*guess, sum(guess)]))
        for place, count in enumerate(parts):
            if count < 5:
                assert len({world[place] for world in found}) > 1, (counts, cells)


@given(st.lists(st.integers(0, 12), min_size=6, max_size=6))
def test_no_row_or_column_gives_a_small_count_away(parts):
    counts = with_totals(parts)
    cells = shown(counts, CROSS)
    assert [
        cell for cell, count in zip(cells, counts, strict=True) if count < 5 and cell != FEW
    ] == []
    for line in CROSS:
        hidden = [place for place in line if not cells[place].isdigit()]
        assert len(hidden) != 1, (counts, cells)


@pytest.mark.parametrize(
    "parts", [(2, 9, 9, 9, 9, 9), (0, 0, 9, 9, 9, 9), (4, 7, 7, 7, 4, 7), (1, 6, 6, 6, 6, 6)]
)
def test_no_table_that_was_worked_out_by_hand_gives_one_away(parts):
    cells = shown(with_totals(parts), CROSS)
    found = list(worlds(cells, 6, with_totals, most=14))
    for place, count in enumerate(parts):
        if count < 5:
            assert len({world[place] for world in found}) > 1, cells


def test_what_is_hidden_in_one_table_is_not_shown_by_another_of_the_same_total():
    """Two ways to divide the same nine: by the first, the second is known to the last."""
    counts = [9, 2, 7, 3, 6]
    assert shown(counts, [[1, 2, 0], [3, 4, 0]]) == ["9", FEW, HELD_BACK, FEW, HELD_BACK]
