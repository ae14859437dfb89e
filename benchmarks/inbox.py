"""`python -m benchmarks.inbox [REQUESTS ...]`: the inbox at 10,000 and 100,000 requests.

Each page takes no more than 1.3 times as long as with 1,000, on SQLite and on PostgreSQL, whether
300 are open and the rest closed or all are open. Both sites are measured in turns.
"""

import sys

from benchmarks.sending import FILLED_WITHIN, ask, databases
from benchmarks.table import Row, show
from benchmarks.turns import compared, site
from tests.postgres import Cluster
from tests.site import RunningSite

FEW = 1_000
MANY = (10_000, 100_000)
OPEN = 300
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


def rows(*counts: int) -> list[Row]:
    found = []
    with databases() as here:
        for name, server in here.items():
            found += mixed(f"inbox, {name}, {OPEN} open", server, counts or MANY, OPEN)
            found += mixed(f"inbox, {name}, all open", server, counts or MANY, None)
    return found


def mixed(
    name: str, server: Cluster | None, counts: tuple[int, ...], opened: int | None
) -> list[Row]:
    """A site of a thousand beside one that grows."""
    found = []
    with site(server) as small, site(server) as large:
        share = 1.0 if opened is None else opened / FEW
        fill(small, FEW, share)
        fill(large, FEW, share)
        stands = FEW
        for count in counts:
            fill(large, count - stands, 1.0 if opened is None else 0.0, seed=stands)
            stands = count
            found += compared(f"{name}, {count:,}", FEW, small, large, MEASURE)
    return found


def fill(place: RunningSite, count: int, share: float, seed: int = 0) -> None:
    program = FILL.replace("COUNT", str(count)).replace("SHARE", str(share))
    ask(place, program.replace("SEED", str(seed)), FILLED_WITHIN)
    ask(place, ANALYZE)


if __name__ == "__main__":
    sys.exit(show(rows(*map(int, sys.argv[1:]))))
