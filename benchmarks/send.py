"""`python -m benchmarks.send [SECONDS]`: how many requests a second the site takes.

Beside a bare view (benchmarks/bare.py) that stores the same bytes as one row: same database, same
gunicorn, same client. The worker, which sends the mail about requests, is not running: it would
take from both. Three alternating runs; what counts is the ratio of their medians.
"""

import http.client
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

from benchmarks.sending import FORM, databases, forms, variables
from benchmarks.table import Row, show
from tests.site import ROOT, RunningSite, eventually
from tests.visitor import Visitor

RUNS = 3
CONNECTIONS = 8
# More than any run here takes.
MOST_A_SECOND = 1000
LEAST_RATIO = 0.3


def rows(seconds: float = 5) -> list[Row]:
    found = []
    with databases() as here:
        for name, server in here.items():
            with tempfile.TemporaryDirectory() as place:
                site = RunningSite(Path(place), **variables(server)).prepare()
                found += measured(name, site, seconds)
    return found


def measured(name: str, site: RunningSite, seconds: float) -> list[Row]:
    """Both wait beside each other for their turn."""
    filled_in = forms(site, int(RUNS * seconds * MOST_A_SECOND))
    bodies, same_again = iter(filled_in), cycle(filled_in[:1])
    with web(site, "practice_site.wsgi"), bare_view(site) as bare:
        rates = [
            (rate(site.port, bodies, seconds), rate(bare, same_again, seconds)) for _ in range(RUNS)
        ]
    ours, theirs = zip(*rates, strict=True)
    ratio = statistics.median(ours) / statistics.median(theirs)
    return [
        Row(f"send, {name}: a second", told(ours)),
        Row(f"send, {name}: a second, bare view", told(theirs)),
        Row(f"send, {name}: ratio", f"{ratio:.2f}", "0.3 or more", ratio >= LEAST_RATIO),
    ]


def told(rates: tuple[float, ...]) -> str:
    return " ".join(f"{rate:.0f}" for rate in rates)


@contextmanager
def bare_view(site: RunningSite) -> Iterator[int]:
    """Its port."""
    bare = RunningSite(site.folder, **site.variables)
    command = [sys.executable, "-m", "benchmarks.bare"]
    subprocess.run(command, cwd=ROOT, env=bare.environment, check=True)
    with web(bare, "benchmarks.bare"):
        yield bare.port


@contextmanager
def web(site: RunningSite, module: str) -> Iterator[None]:
    """The web processes alone."""
    settings = ["-c", "python:practice_site.gunicorn_config"]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *settings, f"{module}:application"],
        cwd=ROOT,
        env=site.environment,
    )
    try:
        visitor = Visitor(site.url)
        eventually(lambda: visitor.status("/") is not None)
        yield
    finally:
        server.terminate()
        server.wait()


def rate(port: int, bodies: Iterator[bytes], seconds: float) -> float:
    """Acknowledged a second, over as many connections as there are threads to answer."""
    counts: list[int] = []
    started = time.perf_counter()
    until = started + seconds
    people = [
        threading.Thread(target=lambda: counts.append(send_until(port, bodies, until)))
        for _ in range(CONNECTIONS)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return sum(counts) / (time.perf_counter() - started)


def send_until(port: int, bodies: Iterator[bytes], until: float) -> int:
    connection, count = http.client.HTTPConnection("localhost", port), 0
    while time.perf_counter() < until:
        connection.request("POST", "/contact/", next(bodies), FORM)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 303:
            raise RuntimeError(f"A send was answered with {answer.status}.")
        count += 1
    return count


if __name__ == "__main__":
    sys.exit(show(rows(*map(float, sys.argv[1:]))))
