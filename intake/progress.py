"""How far a long command is: on standard error, and only where someone looks at it."""

import sys
from collections.abc import Iterable, Iterator
from typing import TextIO, TypeVar

Item = TypeVar("Item")

WIDTH = 30
CLEAR = "\r\x1b[K"


def shown(items: Iterable[Item], total: int, out: TextIO | None = None) -> Iterator[Item]:
    """The same items. Draws a bar a hundred times at most."""
    out = out or sys.stderr
    if not out.isatty() or not total:
        yield from items
        return
    step = max(total // 100, 1)
    for done, item in enumerate(items):
        if done % step == 0:
            out.write(f"\r{bar(done, total)}")
            out.flush()
        yield item
    out.write(CLEAR)
    out.flush()


def bar(done: int, total: int) -> str:
    """ "[###...] 12 of 40"."""
    filled = min(done, total) * WIDTH // total
    return f"[{'#' * filled}{'.' * (WIDTH - filled)}] {done:,} of {total:,}"
