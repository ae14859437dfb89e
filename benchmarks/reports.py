"""`python -m benchmarks.reports [ROWS]`: the reports of a year in which 100,000 people wrote.

Less than a second for all that the page of reports shows, on SQLite and on PostgreSQL.
"""

import json
import sys
import tempfile
from pathlib import Path

from benchmarks.sending import FILLED_WITHIN, ask, databases, variables
from benchmarks.table import Row, show
from tests.postgres import Cluster
from tests.site import RunningSite

ROWS = 100_000
MOST_SECONDS = 1.0
TIMES = 5
# Rows as retention leaves them, spread over the last year; reports need no more than that.
MAKE = """
import random
from datetime import timedelta
from django.utils import timezone
from intake import receipts
from intake.models import ContactRequest
now, known = timezone.now(), set()
dice = random.Random(7)
while len(known) < ROWS:
    known.add("".join(dice.choices(receipts.ALPHABET, k=8)))
def row(reference):
    at = now - timedelta(minutes=dice.randrange(60 * 24 * 360))
    tried = at + timedelta(minutes=dice.randrange(30, 60 * 24 * 4))
    outcome = dice.choice(["", "became_client", "referred", "no_reply", "withdrew"])
    closed = {"status": "closed", "due_at": None, "due_kind": "", "outcome": outcome,
              "closed_at": tried + timedelta(days=3)}
    return ContactRequest(
        reference=reference, received_at=at, promised_at=at + timedelta(days=2),
        first_attempt_at=tried, first_talk_at=dice.choice([None, tried + timedelta(hours=5)]),
        origin=dice.choice(["web", "web", "phone", "walk_in"]), seeking_for="me", adult="yes",
        contact_method="call", location="here", words_purged_at=now, identity_purged_at=now,
        gone_by="retention",
        **(closed if outcome else {"due_at": now + timedelta(days=2)}),
    )
ContactRequest.objects.bulk_create((row(each) for each in sorted(known)), batch_size=500)
print(ContactRequest.objects.count())
"""
MEASURE = """
import json, time
from django.utils import timezone
from intake.monday import monday_line
from intake.reports import report
from pages.models import Practice
def once():
    began, now = time.perf_counter(), timezone.now()
    practice = Practice.current()
    found = report(practice, now, 52)
    found.first_try, found.first_talk, monday_line(practice, now)
    return time.perf_counter() - began, found.total
runs = [once() for _ in range(TIMES)]
print(json.dumps([sorted(seconds for seconds, _ in runs)[len(runs) // 2], runs[0][1]]))
"""


def rows(count: int = ROWS) -> list[Row]:
    found = []
    with databases() as here:
        for name, server in here.items():
            found.append(measured(f"reports, {name}", server, count))
    return found


def measured(name: str, server: Cluster | None, count: int) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        site = RunningSite(Path(folder), **variables(server)).prepare()
        ask(site, MAKE.replace("ROWS", str(count)), FILLED_WITHIN)
        seconds, total = json.loads(ask(site, MEASURE.replace("TIMES", str(TIMES))))
    what = f"{name}: {total:,} requests"
    return Row(what, f"{seconds:.2f} s", f"< {MOST_SECONDS:g} s", seconds < MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(show(rows(*(int(each) for each in sys.argv[1:2]))))
