"""One table for what the benchmarks found, beside what is promised."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

KEPT, NOT_KEPT, LEFT_OUT = "kept", "NOT KEPT", "left out"


class Row(NamedTuple):
    what: str
    found: str
    promised: str = ""
    kept: bool = True
    left_out: bool = False

    @property
    def mark(self) -> str:
        if self.left_out:
            return LEFT_OUT
        return (KEPT if self.kept else NOT_KEPT) if self.promised else ""


class NotHere(Exception):  # noqa: N818  # a sentence, not a kind of error
    """What a benchmark needs is not on this machine. The message says what."""


def left_out(what: str, why: str) -> Row:
    return Row(what, "", why, left_out=True)


def show(rows: Sequence[Row]) -> int:
    """Prints the rows; 1 where a promise is not kept, as an exit status."""
    what, found, promised = (max(len(row[column]) for row in rows) for column in range(3))
    for row in rows:
        line = f"{row.what:<{what}}  {row.found:>{found}}  {row.promised:<{promised}}  {row.mark}"
        print(line.rstrip())
    return 0 if all(row.kept for row in rows) else 1


def summed_up(rows: Sequence[Row]) -> str:
    counts = Counter(row.mark for row in rows)
    return ", ".join(f"{counts[mark]} {mark.lower()}" for mark in (KEPT, NOT_KEPT, LEFT_OUT))
