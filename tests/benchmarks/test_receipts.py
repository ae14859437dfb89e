"""Figures are only as good as the sums behind them."""

import pytest

from benchmarks.receipts import farthest, tail, told_apart


@pytest.mark.parametrize(
    ("distance", "beyond"), [(1.2238, 0.10), (1.3581, 0.05), (1.6276, 0.01), (0.1, 1.0)]
)
def test_tail_is_as_in_the_tables(distance, beyond):
    assert tail(distance) == pytest.approx(beyond, abs=1e-4)


def test_distance_is_the_largest_between_the_two():
    assert farthest([1, 2, 3, 4], [1, 2, 3, 4]) == 0
    assert farthest([1, 2, 3, 4], [3, 4, 5, 6]) == 0.5
    assert farthest([1, 2], [3, 4]) == 1


def test_the_same_cannot_be_told_apart_and_what_is_a_little_slower_can():
    times = [10 + n % 97 / 10 for n in range(1000)]
    assert told_apart(times, times) == 1
    assert told_apart(times, [each + 1 for each in times]) < 0.001
