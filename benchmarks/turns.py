"""Two sites measured in turns, so that what slows the machine slows both: few rows beside many."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.sending import FILLED_WITHIN, ask, variables
from benchmarks.table import Row
from tests.postgres import Cluster
from tests.site import RunningSite

MOST_TIMES = 1.3
ROUNDS = 3

Took = dict[str, float]  # seconds by name


@contextmanager
def site(server: Cluster | None) -> Iterator[RunningSite]:
    """With a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        own = variables(server)
        if server:
            own["DATABASE_URL"] = server.another(Path(folder).name)
        yield RunningSite(Path(folder), **own).prepare()


def compared(
    name: str, few: int, small: RunningSite, large: RunningSite, program: str
) -> list[Row]:
    """`program` prints `Took`; HOST in it is the site's own."""
    rounds = [(measured(small, program), measured(large, program)) for _ in range(ROUNDS)]
    return [row(f"{name}: {what}", few, what, rounds) for what in rounds[0][0]]


def measured(place: RunningSite, program: str) -> Took:
    asked = program.replace("HOST", f"localhost:{place.port}")
    found: Took = json.loads(ask(place, asked, FILLED_WITHIN))
    return found


def row(name: str, few: int, what: str, rounds: list[tuple[Took, Took]]) -> Row:
    """The least of each: whatever else ran can only have made it longer."""
    small, large = (min(took[each][what] for took in rounds) for each in (0, 1))
    found = f"{large * 1000:.0f} ms, {large / small:.2f} x"
    return Row(name, found, f"{MOST_TIMES} x {few:,}", large / small <= MOST_TIMES)
