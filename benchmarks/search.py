"""`python -m benchmarks.search [REQUESTS]`: finding words in 10,000 open requests.

Cold, with no row key in memory: 3 seconds at most. Warm, as the second search: 1 second at
most. Beside them a name, digits, a phone and a code, and how much the keys in memory save.
"""

import json
import sys
import tempfile
from pathlib import Path

from benchmarks.sending import FILLED_WITHIN, ask, databases, variables
from benchmarks.table import Row, show
from tests.postgres import Cluster
from tests.site import RunningSite

REQUESTS = 10_000
COLD_SECONDS = 3.0
WARM_SECONDS = 1.0
# Run in a process of the site's own: `shell -c`. Words as long as people write them.
FILL = """
from django.contrib.auth.models import User
from django.db import transaction
from intake.models import Answers, ContactRequest, FormToken
from intake.models.terms import Terms
from pages.models import Practice
from django.utils import timezone
import secrets
terms, words = Terms.of(Practice.objects.get()), WORDS
with transaction.atomic():
    for n in range(REQUESTS):
        answers = Answers(
            preferred_name=f"Person {n}", seeking_for="me", adult="yes", location="here",
            contact_method="call", phone=f"+1503555{n:04}", message=f"{words} needle{n}",
        )
        token = FormToken(send_key=secrets.token_bytes(32), made_at=timezone.now())
        ContactRequest.objects.send(answers, token, terms=terms)
User.objects.create_superuser("ana")
"""
SEARCH = """
import json, time
from django.contrib.auth.models import User
from intake import encryption
from intake.forms.search import understood
from intake.models import ContactRequest
user, took = User.objects.get(username="ana"), {}
reference = ContactRequest.objects.values_list("reference", flat=True).first()
def timed(name, typed, hits):
    started = time.perf_counter()
    found = ContactRequest.objects.search(user, understood(typed, "us"))
    took[name] = time.perf_counter() - started
    assert found.count == hits and found.unopened == 0, (name, found.count, found.unopened)
timed("cold", "needle7", HITS)
timed("warm", "needle7", HITS)
timed("name", "Person 7", HITS)
timed("digits", "0007", 1)
timed("phone", "(503) 555-0007", 1)
timed("code", reference, 1)
print(json.dumps(took))
"""


def rows(requests: int = REQUESTS) -> list[Row]:
    found = []
    with databases() as here:
        for name, server in here.items():
            found += measured(f"search, {name}", server, requests)
    return found


def measured(name: str, server: Cluster | None, requests: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as place:
        site = RunningSite(Path(place), **variables(server)).prepare()
        words = repr("I have not slept well since the spring, and would like to talk. " * 8)
        ask(site, FILL.replace("WORDS", words).replace("REQUESTS", str(requests)), FILLED_WITHIN)
        site.manage("work", "--once", within=FILLED_WITHIN)
        hits = sum(str(n).startswith("7") for n in range(requests))
        took = json.loads(ask(site, SEARCH.replace("HITS", str(hits))))
    return rows_of(f"{name}, {requests:,} open", took)


def rows_of(name: str, took: dict[str, float]) -> list[Row]:
    def limited(what: str, seconds: float, limit: float) -> Row:
        return Row(f"{name}: {what}", f"{seconds:.2f} s", f"{limit:g} s at most", seconds <= limit)

    return [
        limited("words, cold", took["cold"], COLD_SECONDS),
        limited("words, warm", took["warm"], WARM_SECONDS),
        limited("a name", took["name"], COLD_SECONDS),
        limited("last four digits", took["digits"], COLD_SECONDS),
        Row(f"{name}: a phone", f"{took['phone']:.3f} s"),
        Row(f"{name}: a code", f"{took['code']:.3f} s"),
        Row(f"{name}: cold to warm", f"{took['cold'] / took['warm']:.1f} x"),
    ]


if __name__ == "__main__":
    sys.exit(show(rows(*(int(number) for number in sys.argv[1:]))))
