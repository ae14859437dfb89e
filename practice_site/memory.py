"""The pages in memory: bounded, and dropped when what the public can see has changed."""

import threading
import time
from collections.abc import Callable

from practice_site.answers import Page

MOST_PAGES = 1000
# In each web process, all encodings of all pages together.
MOST_BYTES = 16_000_000
LOOK_EVERY_SECONDS = 0.5
# Nothing is served from memory whose last look is longer ago, so that a second is kept.
OLD_AFTER_SECONDS = 0.9
# How long a request waits for the look of another one. When that was in vain the database hangs,
# and for a while nobody waits: pages in memory go on.
PATIENCE_SECONDS = 1.0
WITHOUT_PATIENCE_SECONDS = 10.0


class Memory:
    """The pages of one revision. A new revision gets a new memory, so nothing old slips in."""

    def __init__(self, revision: int | None = None) -> None:
        self.revision = revision
        self.pages: dict[str, Page] = {}
        self._keeping = threading.Lock()

    @property
    def size(self) -> int:
        return sum(page.size for page in self.pages.values())

    def get(self, path: str) -> Page | None:
        page = self.pages.get(path)
        if page is not None:
            page.used_at = time.monotonic()
        return page

    def keep(self, path: str, page: Page) -> None:
        """Makes room by dropping what nobody asked for longest."""
        page.used_at = time.monotonic()
        with self._keeping:
            self.pages[path] = page
            while len(self.pages) > MOST_PAGES or self.size > MOST_BYTES:
                del self.pages[min(self.pages, key=lambda each: self.pages[each].used_at)]


class NewestMemory:
    """Call it for the memory of the newest revision. One thread at a time looks which that is."""

    def __init__(self, revision: Callable[[], int | None]) -> None:
        """`revision` returns None when it cannot be known now; then the last one stands."""
        self.revision = revision
        self.memory = Memory()
        self.looked_at = float("-inf")
        self.patient_from = float("-inf")
        self._looking = threading.Lock()

    def __call__(self) -> Memory:
        now = time.monotonic()
        age = now - self.looked_at
        if age >= LOOK_EVERY_SECONDS:
            waits = age >= OLD_AFTER_SECONDS and now >= self.patient_from
            self._look(PATIENCE_SECONDS if waits else 0)
        return self.memory

    def _look(self, patience: float) -> None:
        """Whoever comes while another thread looks waits for it, or goes on with what is there."""
        if self._looking.acquire(timeout=patience):
            try:
                if time.monotonic() - self.looked_at >= LOOK_EVERY_SECONDS:
                    self._ask()
            finally:
                self._looking.release()
        elif patience:
            self.patient_from = time.monotonic() + WITHOUT_PATIENCE_SECONDS

    def _ask(self) -> None:
        """What is learned was true when it was asked; a look in vain counts from its end."""
        asked_at = time.monotonic()
        latest = self.revision()
        if latest is None:
            asked_at = time.monotonic()
        elif latest != self.memory.revision:
            self.memory = Memory(latest)
        self.looked_at = asked_at
