"""What stands in the inbox in the end, read as staff read it: with the private key."""

import json
from typing import NamedTuple

from benchmarks.people import People
from benchmarks.sending import WORDS, ask
from benchmarks.table import Row
from tests.site import RunningSite

# Run in a process of the site's own: `shell -c`. What was erased stands there no more.
READ = """
import json
from django.db import connection
from intake.models import ContactRequest, Event, Notice
rows = list(ContactRequest.objects.filter(identity_purged_at=None))
opened = [row.opened() for row in rows]
print(json.dumps({
    "names": [each.preferred_name for each in opened],
    "whole": sum(each.message == WORDS.strip() for each in opened),
    "keys": len({row.send_key_hash for row in rows}),
    "problems": [said for row in rows for said in Event.verify(row.pk)],
    "notices": [notice.message_id for notice in Notice.objects.filter(kind="new")],
}))
"""


class Stored(NamedTuple):
    names: list[str]
    whole: int
    keys: int
    problems: list[str]
    notices: list[str]


def read(site: RunningSite) -> Stored:
    return Stored(**json.loads(ask(site, READ.replace("WORDS", repr(WORDS)))))


def rows(name: str, people: People, stored: Stored) -> list[Row]:
    """Acknowledged is stored, once, and opens."""
    sent = {f"Person {number}" for number in people.acknowledged}
    missing, strange = sent - set(stored.names), set(stored.names) - sent
    doubled = len(stored.names) - len(set(stored.names))
    whole = stored.whole == len(stored.names) == stored.keys and not stored.problems
    return [
        Row(f"{name}: acknowledged", str(len(sent)), "some", bool(sent)),
        Row(f"{name}: given up", str(len(people.lost)), "0", not people.lost),
        Row(f"{name}: acknowledged, not stored", str(len(missing)), "0", not missing),
        Row(f"{name}: stored, not acknowledged", str(len(strange)), "0", not strange),
        Row(f"{name}: stored twice", str(doubled), "0", doubled == 0),
        Row(f"{name}: open for staff", str(stored.whole), "all", whole),
        Row(f"{name}: answered 500", str(people.answers["500"]), "0", not people.answers["500"]),
        Row(f"{name}: answers", ", ".join(f"{n} × {s}" for s, n in people.answers.items())),
    ]
