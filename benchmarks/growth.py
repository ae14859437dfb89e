"""How the memory of processes grows: proportional set size (PSS), every few seconds. Linux only."""

import re
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.meanwhile import meanwhile

EVERY_SECONDS = 2.0
PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


class Growth:
    """`processes` says which, by name."""

    def __init__(self, processes: Callable[[], dict[str, int]]) -> None:
        self.processes = processes
        self.found: dict[str, list[tuple[float, int]]] = defaultdict(list)
        self.enough = threading.Event()

    @contextmanager
    def watched(self) -> Iterator["Growth"]:
        with meanwhile([threading.Thread(target=self._watch)], self.enough):
            yield self

    def _watch(self) -> None:
        while not self.enough.wait(EVERY_SECONDS):
            for name, process in self.processes().items():
                size = pss(process)
                if size:
                    self.found[name].append((time.monotonic(), size))

    def a_minute(self, name: str) -> float:
        """Of its mean, in percent."""
        times, sizes = zip(*self.found[name], strict=True)
        slope = statistics.linear_regression(times, sizes).slope
        return 100 * 60 * slope / statistics.mean(sizes)

    def mean(self, name: str) -> float:
        """In MB."""
        return statistics.mean(size for _, size in self.found[name]) / 1024


def pss(process: int) -> int:
    """In KB; 0 for one that has just ended."""
    try:
        found = PSS.search(Path(f"/proc/{process}/smaps_rollup").read_text())
    except OSError:
        return 0
    return int(found[1]) if found else 0
