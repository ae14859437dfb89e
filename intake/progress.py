"""How far a long command is: on standard error, and only where someone looks at it."""

import sys
from collections.abc import Iterable, Iterator
from typing import IO, TextIO, TypeVar

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


class Bar:
    """Of a file that is read: as far as it went. Nothing where nobody looks at it."""

    def __init__(self, total: int, what: str, out: TextIO | None = None) -> None:
        self.total, self.what, self.out = total, what, out or sys.stderr
        self.done = self.drawn = 0
        self.shows = self.out.isatty() and total > 0

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_: object) -> None:
        if self.shows:
            self.out.write(CLEAR)
            self.out.flush()

    def reading(self, file: IO[bytes]) -> "Bar":
        self.file = file
        return self

    def read(self, size: int = -1) -> bytes:
        content = self.file.read(size)
        self.done += len(content)
        if self.shows and self.done - self.drawn >= self.total // 100:
            self.drawn = self.done
            self.out.write(f"\r{bar(self.done, self.total)} bytes {self.what}")
            self.out.flush()
        return content


def bar(done: int, total: int) -> str:
    """ "[###...] 12 of 40"."""
    filled = min(done, total) * WIDTH // total
    return f"[{'#' * filled}{'.' * (WIDTH - filled)}] {done:,} of {total:,}"
