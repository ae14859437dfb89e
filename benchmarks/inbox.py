"""`python -m benchmarks.inbox [REQUESTS ...]`: the inbox at 10,000 and 100,000 requests.

Each page takes no more than 1.3 times as long as with 1,000, on SQLite and on PostgreSQL, whether
300 are open and the rest closed or all are open. Both sites are measured in turns.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.sending import FILLED_WITHIN, ask, databases, variables
from benchmarks.table import Row, show
from tests.postgres import Cluster
from tests.site import RunningSite

FEW = 1_000
MANY = (10_000, 100_000)
OPEN = 300
MOST_TIMES = 1.3
ROUNDS = 3
# Run in a process of the site's own: `shell -c`.
FILL = """
from django.contrib.auth.models import User
from intake import samples
ana = User.objects.filter(username="ana").first() or User.objects.create_superuser("ana")
samples.make(COUNT, [ana], kind="real", open_share=SHARE, seed=SEED)
"""
ANALYZE = "from django.db import connection; connection.cursor().execute('ANALYZE')"
MEASURE = """
import json, statistics, time
from django.contrib.auth.models import User
from django.test import Client
from intake.models import ContactRequest
from tests.signing_in import sign_in
client = sign_in(Client(headers={"host": "HOST"}), User.objects.get(username="ana"))
inbox = "/staff/intake/contactrequest/"
one = ContactRequest.objects.real().open().first()
pages = {
    "now": inbox,
    "waiting for them": inbox + "?view=theirs",
    "waiting list": inbox + "?view=list",
    "closed": inbox + "?view=closed",
    "safe to call": inbox + "?only=safe",
    "a request": f"{inbox}{one.pk}/",
}
def timed(path):
    began = time.perf_counter()
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return time.perf_counter() - began
def median(path):
    return statistics.median(timed(path) for _ in range(15))
for path in pages.values():
    timed(path)
print(json.dumps({name: median(path) for name, path in pages.items()}))
"""


def main(*counts: int) -> int:
    rows = []
    with databases() as found:
        for name, server in found.items():
            rows += mixed(f"{name}, {OPEN} open", server, counts or MANY, OPEN)
            rows += mixed(f"{name}, all open", server, counts or MANY, None)
    return show(rows)


def mixed(
    name: str, server: Cluster | None, counts: tuple[int, ...], opened: int | None
) -> list[Row]:
    """A site of a thousand beside one that grows."""
    rows = []
    with site(server) as small, site(server) as large:
        share = 1.0 if opened is None else opened / FEW
        fill(small, FEW, share)
        fill(large, FEW, share)
        stands = FEW
        for count in counts:
            fill(large, count - stands, 1.0 if opened is None else 0.0, seed=stands)
            stands = count
            rows += compared(f"{name}, {count:,}", small, large)
    return rows


@contextmanager
def site(server: Cluster | None) -> Iterator[RunningSite]:
    with tempfile.TemporaryDirectory() as folder:
        own = variables(server)
        if server:
            own["DATABASE_URL"] = server.another(Path(folder).name)
        yield RunningSite(Path(folder), **own).prepare()


def fill(place: RunningSite, count: int, share: float, seed: int = 0) -> None:
    program = FILL.replace("COUNT", str(count)).replace("SHARE", str(share))
    ask(place, program.replace("SEED", str(seed)), FILLED_WITHIN)
    ask(place, ANALYZE)


def compared(name: str, small: RunningSite, large: RunningSite) -> list[Row]:
    rounds = [(measured(small), measured(large)) for _ in range(ROUNDS)]
    return [row(name, page, rounds) for page in rounds[0][0]]


def row(name: str, page: str, rounds: list[tuple[dict[str, float], dict[str, float]]]) -> Row:
    few, many = (min(took[each][page] for took in rounds) for each in (0, 1))
    found = f"{many * 1000:.0f} ms, {many / few:.2f} x"
    return Row(f"{name}: {page}", found, f"{MOST_TIMES} x {FEW:,}", many / few <= MOST_TIMES)


def measured(place: RunningSite) -> dict[str, float]:
    found: dict[str, float] = json.loads(
        ask(place, MEASURE.replace("HOST", f"localhost:{place.port}"))
    )
    return found


if __name__ == "__main__":
    sys.exit(main(*(int(number) for number in sys.argv[1:])))
