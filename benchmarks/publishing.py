"""`python -m benchmarks.publishing`: how long it takes until a page of 20 KB is stored and public.

On SQLite, set as on a live site, and on PostgreSQL where it is installed (both write to the disk).
"""

import sys
import tempfile
from pathlib import Path

from benchmarks.sending import databases, variables
from benchmarks.table import Row, show
from tests.postgres import Cluster
from tests.site import RunningSite

TIMES = 20
MOST_MS = 100
# Run in a process of the site's own: `shell -c`.
PUBLISHED = """
import statistics, time
from pages.models import Page, Section
page = Page.objects.create(slug="long", title="Long", heading="Long")
paragraph = "A safe person lets us go out and explore [@bowlby-1988]. " * 4
body = "\\n\\n".join([paragraph] * 18)
for number in range(5):
    Section.objects.create(page=page, position=number, heading=f"Part {number}", body=body)
took = []
for number in range(TIMES + 2):
    started = time.perf_counter()
    edition = page.publish(by=None)
    took.append(1000 * (time.perf_counter() - started))
size = sum(len(section["body"]) for section in edition.content["sections"])
print(size, statistics.median(took[2:]), max(took[2:]))
"""


def rows() -> list[Row]:
    found = []
    with databases() as here:
        for name, server in here.items():
            found += measured(name, server)
    return found


def measured(name: str, server: Cluster | None) -> list[Row]:
    with tempfile.TemporaryDirectory() as place:
        site = RunningSite(Path(place), **variables(server)).prepare()
        program = PUBLISHED.replace("TIMES", str(TIMES))
        said = site.manage("shell", "-v", "0", "-c", program).stdout
    size, median, worst = (float(each) for each in said.split())
    return [
        Row(f"publishing, {name}: the page", f"{size / 1024:.0f} KB", "20 KB", size >= 20_000),
        row(f"publishing, {name}: median of {TIMES}", median),
        row(f"publishing, {name}: worst of {TIMES}", worst),
    ]


def row(what: str, took: float) -> Row:
    return Row(what, f"{took:.0f} ms", f"under {MOST_MS} ms", took < MOST_MS)


if __name__ == "__main__":
    sys.exit(show(rows()))
