"""What goes on while something else is done."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


@contextmanager
def meanwhile(threads: Sequence[threading.Thread], enough: threading.Event) -> Iterator[None]:
    """Each looks at `enough` and ends; the block does not end before them."""
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        enough.set()
        for thread in threads:
            thread.join()
