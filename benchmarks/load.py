"""`python -m benchmarks.load [PEOPLE [SECONDS]]`: many people at once, each from form to send."""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import stored
from benchmarks.people import People
from benchmarks.sending import databases, variables
from benchmarks.table import Row, show
from tests.postgres import Cluster
from tests.site import RunningSite

PEOPLE, SECONDS = 200, 60


def rows(people: int = PEOPLE, seconds: int = SECONDS) -> list[Row]:
    found = []
    with databases() as here:
        for name, server in here.items():
            found += loaded(f"load, {name}", server, people, seconds)
    return found


def loaded(name: str, server: Cluster | None, count: int, seconds: int) -> list[Row]:
    with (
        tempfile.TemporaryDirectory() as place,
        RunningSite(Path(place), **variables(server)) as site,
    ):
        people = People(site.url, checks=True)
        with people.sending(count):
            time.sleep(seconds)
        took = statistics.quantiles(people.took, n=100)
        return [
            *stored.rows(name, people, stored.read(site)),
            Row(f"{name}: an answer, median", f"{took[49]:.2f} s"),
            Row(f"{name}: an answer, p99", f"{took[98]:.2f} s"),
        ]


if __name__ == "__main__":
    sys.exit(show(rows(*map(int, sys.argv[1:]))))
