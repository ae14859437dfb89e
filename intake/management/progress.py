"""How far a long command has come: one line that fills up, on a terminal only."""

import sys
from typing import TextIO

WIDTH = 40


class Progress:
    """`Progress(total).step(n)` after every n; `end()` leaves the line for what follows."""

    def __init__(self, total: int, out: TextIO | None = None) -> None:
        self.total, self.done, self.shown = max(total, 1), 0, -1
        self.out = out or sys.stderr

    def step(self, count: int = 1) -> None:
        self.done += count
        percent = min(100 * self.done // self.total, 100)
        if self.out.isatty() and percent != self.shown:
            self.shown = percent
            bar = "#" * (WIDTH * percent // 100)
            self.out.write(f"\r[{bar:<{WIDTH}}] {percent:>3} %")
            self.out.flush()

    def end(self) -> None:
        if self.shown >= 0:
            self.out.write("\n")
