"""`python -m benchmarks.million [ROWS]`: a million stored requests, on PostgreSQL.

The queue, a search by code and a day's purge take no more than 1.3 times as long as with 10,000.
300 are open in both; both sites are measured in turns. Filling takes some minutes and 6 GB.
"""

import sys

from benchmarks.copying import copy
from benchmarks.inbox import fill
from benchmarks.sending import postgres
from benchmarks.table import Row, show
from benchmarks.turns import compared, site

ROWS = 1_000_000
FEW = 10_000
MADE = 600
OPEN = 300
# Run in a process of the site's own: `shell -c`. A purge is of 50 whose words are due, and of 50 of
# whom nothing is to stay.
MEASURE = """
import json, statistics, time
from django.contrib.auth.models import User
from django.test import Client
from intake import retention
from intake.forms.search import understood
from intake.models import ContactRequest
from pages.models import Practice
from tests.signing_in import sign_in
ana = User.objects.get(username="ana")
client = sign_in(Client(headers={"host": "HOST"}), ana)
closed = ContactRequest.objects.real().closed().filter(words_purged_at=None)
last = closed.filter(reference__regex="[A-Z]").order_by("-reference")
codes = last.values_list("reference", flat=True)
def timed(do, *given):
    began = time.perf_counter()
    done = do(*given)
    return time.perf_counter() - began, done
def queue():
    assert client.get("/staff/intake/contactrequest/").status_code == 200
def searched(code):
    return ContactRequest.objects.search(ana, understood(code, "us")).count
def purged():
    today = Practice.current().today()
    due = list(closed.order_by("reference").values_list("pk", flat=True)[:100])
    ContactRequest.objects.filter(pk__in=due).update(words_purge_on=today)
    ContactRequest.objects.filter(pk__in=due[:50]).update(identity_purge_on=today)
    took, done = timed(retention.purge)
    assert (done.words, done.identity, done.failed) == (100, 50, 0), done
    return took
queue(), searched("ZZZZZZZZ")
found = [timed(searched, code) for code in codes[:15]]
assert [n for _, n in found] == [1] * 15, found
print(json.dumps({
    "queue": statistics.median(timed(queue)[0] for _ in range(15)),
    "search by code": statistics.median(took for took, _ in found),
    "a day's purge": purged(),
}))
"""


def rows(count: int = ROWS) -> list[Row]:
    with postgres() as server, site(server) as small, site(server) as large:
        for place, requests in ((small, FEW), (large, count)):
            fill(place, MADE, OPEN / MADE)
            copy(place, requests - MADE)
        return compared(f"million, PostgreSQL, {count:,}", FEW, small, large, MEASURE)


if __name__ == "__main__":
    sys.exit(show(rows(*map(int, sys.argv[1:]))))
