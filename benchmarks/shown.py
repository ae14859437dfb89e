"""Publishing and planned editions under load: how long anyone is still given what was there before.

Many ask for the page without end, at the origin and through the proxy, and note when they asked
and what they were given. Whoever asked after an edition was stored, or after its time had come,
and was given an earlier one, got it late by the time between.
"""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from benchmarks.asking import connected, pace
from benchmarks.meanwhile import meanwhile
from benchmarks.table import Row
from tests.site import RunningSite

PAGE = "/fees/"
SHOWN = re.compile(rb"Fees as of day (\d+)")
# Every other one is planned. Each is watched for three seconds.
EDITIONS = 8
WATCHERS = 3
# Run in a process of the site's own. Prints the moment from which each is public.
PUBLISHED = """
import time
from datetime import timedelta
from django.utils import timezone
from pages.models import Page, Section
page = Page.objects.get(slug="fees")
for number in range(1, EDITIONS + 1):
    Section.objects.filter(page=page).update(body=f"Fees as of day {number}.")
    later = timezone.now() + timedelta(seconds=3) if number % 2 == 0 else None
    page.publish(by=None, at=later)
    public_at = later.timestamp() if later else time.time()
    print(number, public_at, flush=True)
    time.sleep(public_at + 3 - time.time())
"""
Given = list[tuple[float, int]]


class Way(NamedTuple):
    """How to ask, and how many seconds late an answer may be."""

    url: str
    headers: dict[str, str]
    most_seconds: float


def rows(site: RunningSite, ways: dict[str, Way]) -> list[Row]:
    given: dict[str, Given] = {name: [] for name in ways}
    with asking(ways, given):
        moments = published(site)
    found = []
    for name, way in ways.items():
        late, limit = latest(given[name], moments), f"{way.most_seconds:.0f} s or less"
        kept = late <= way.most_seconds
        found.append(Row(f"published, {name}: answers watched", str(len(given[name]))))
        found.append(Row(f"published, {name}: late at most", f"{late:.2f} s", limit, kept))
    return found


def published(site: RunningSite) -> dict[int, float]:
    program = PUBLISHED.replace("EDITIONS", str(EDITIONS))
    said = site.manage("shell", "-v", "0", "-c", program).stdout
    return {int(number): float(at) for number, at in map(str.split, said.splitlines())}


@contextmanager
def asking(ways: dict[str, Way], given: dict[str, Given]) -> Iterator[None]:
    over = threading.Event()
    threads = [
        threading.Thread(target=watch, args=(way, over, given[name]))
        for name, way in ways.items()
        for _ in range(WATCHERS)
    ]
    threads += [threading.Thread(target=press, args=(way, over)) for way in ways.values()]
    with meanwhile(threads, over):
        yield


def watch(way: Way, over: threading.Event, given: Given) -> None:
    """A new connection each time, so that every worker is asked."""
    while not over.is_set():
        connection, asked_at = connected(way.url), time.time()
        connection.request("GET", PAGE, headers=way.headers)
        found = SHOWN.search(connection.getresponse().read())
        given.append((asked_at, int(found[1]) if found else 0))
        connection.close()


def press(way: Way, over: threading.Event) -> None:
    while not over.is_set():
        pace(way.url + PAGE, {**way.headers, "Accept-Encoding": "br"}, 2)


def latest(given: Given, moments: dict[int, float]) -> float:
    """The longest that an edition was public while someone was given an earlier one."""
    late = [
        asked_at - min(at for number, at in moments.items() if number > seen)
        for asked_at, seen in given
        if seen < max(moments)
    ]
    return max(0.0, *late)
