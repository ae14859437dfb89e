"""`python -m benchmarks.fit`: the answer of /fit/ with 50 therapists, beside a public page.

Queries and time inside Django, without the memory in front. The page beside it is made in the same
run, on the same machine, so the two can be compared.
"""

import sys
import tempfile
from pathlib import Path

from benchmarks.table import Row, left_out, show
from tests.site import RunningSite

TIMES = 20
MOST_QUERIES = 5
MOST_TIMES_AS_LONG = 3
# Run in a process of the site's own: `shell -c`. Each therapist has two services and two openings.
ASKED = """
import re, statistics, time
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pages.models import Opening, Practice, Service, Therapist

services, today = list(Service.objects.all()), Practice.objects.get().today()
for number in range(50 - Therapist.objects.count()):
    therapist = Therapist.objects.create(
        slug=f"someone-{number}", name=f"Someone {number}", role="Therapist", fees="$140",
        credentials="MA", licence="Example", formats=["in_person", "online"],
        languages=["English", "Spanish"][: 1 + number % 2], insurers=["Larkwater Mutual"],
        works_with=["Adults"],
    )
    therapist.services.add(*services[number % 3 : number % 3 + 2])
    for day_part in ("morning", "evening"):
        Opening.objects.create(
            therapist=therapist, format="online", day_part=day_part, confirmed_on=today
        )
client = Client(headers={"host": settings.SITE_URL.split("//")[1]})

def asked(ask):
    with CaptureQueriesContext(connection) as queries:
        answer = ask()
    count = len(queries)
    took = []
    for _ in range(TIMES):
        started = time.perf_counter()
        ask()
        took.append(1000 * (time.perf_counter() - started))
    return answer, count, statistics.median(took)

form = client.get("/fit/")
if form.status_code != 200:
    print("none")
else:
    inputs = re.findall(r'<input[^>]*type="(?:radio|checkbox)"[^>]*>', form.content.decode())
    given = [dict(re.findall(r'(name|value)="([^"]*)"', each)) for each in inputs]
    chosen = {each["name"]: each["value"] for each in given if each.get("value")}
    answer, queries, took = asked(lambda: client.post("/fit/", chosen))
    assert answer.status_code == 200 and chosen, (answer.status_code, chosen)
    names = Therapist.objects.values_list("name", flat=True)
    listed = sum(f"<h3>{name}<" in answer.content.decode() for name in names)
    _, beside, beside_took = asked(lambda: client.get("/trauma/"))
    print(queries, took, listed, beside, beside_took)
"""


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as place:
        site = RunningSite(Path(place)).prepare()
        said = site.manage(
            "shell", "-v", "0", "-c", ASKED.replace("TIMES", str(TIMES))
        ).stdout.split()
    return rows_of(said)


def rows_of(said: list[str]) -> list[Row]:
    if said == ["none"]:
        return [left_out("fit", "/fit/ is not public")]
    queries, took, listed, beside, beside_took = (float(each) for each in said)
    ratio = took / beside_took
    return [
        Row("fit: therapists in the answer", f"{listed:.0f}", "50", listed == 50),
        Row("fit: queries", f"{queries:.0f}", "5 or fewer", queries <= MOST_QUERIES),
        Row("fit: queries of a public page", f"{beside:.0f}"),
        Row("fit: time of the answer", f"{took:.0f} ms"),
        Row("fit: time of a public page", f"{beside_took:.0f} ms"),
        Row("fit: times as long", f"{ratio:.1f}", "3 or less", ratio <= MOST_TIMES_AS_LONG),
    ]


if __name__ == "__main__":
    sys.exit(show(rows()))
