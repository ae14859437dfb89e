"""`python -m benchmarks.receipts [TRIES]`: what an answer tells of a code that opens nothing.

Unknown, malformed, erased and purged codes, 1,000 tries each in random order, over one connection:
the same bytes, medians within 5 % of each other, and no two whose times can be told apart
(two-sample Kolmogorov-Smirnov).
"""

import http.client
import math
import random
import statistics
import sys
import tempfile
import time
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import closing
from itertools import combinations
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.sending import FORM, ask, databases, variables
from benchmarks.table import Row, show
from intake.receipts import new_code
from tests.postgres import Cluster
from tests.site import RunningSite
from tests.visitor import Visitor

TRIES = 1000
WARM = 50
MOST_SPREAD = 0.05
LEAST_P = 0.01
KINDS = ("unknown", "malformed", "erased", "purged")
# Each try from an address of its own, so that all are counted and none is slowed down.
BEHIND_A_PROXY = {"TRUSTED_PROXIES": "1", "WEB_WORKERS": "1"}
# Headers that name one answer.
OF_ONE_ANSWER = ("date",)
# What retention leaves of a request. Run in a process of the site's own: `shell -c`.
PURGE = """
from django.utils import timezone
from intake.models import ContactRequest
now = timezone.now()
print(ContactRequest.objects.filter(reference="REFERENCE").update(
    words_purged_at=now, identity_purged_at=now, gone_by="retention",
    words_key=None, sealed_words_key=None, message=None, needs=None, answers_mac=None,
    identity_key=None, sealed_identity_key=None, preferred_name=None, phone=None, email=None,
    contact_note=None, insurer=None, phone_index=None, email_index=None,
))
"""
Answer = tuple[int, tuple[tuple[str, str], ...], bytes]


def rows(tries: int = TRIES) -> list[Row]:
    found = []
    with databases() as here:
        for name, server in here.items():
            found += measured(f"receipts, {name}", server, tries)
    return found


def measured(name: str, server: Cluster | None, tries: int) -> list[Row]:
    settings = {**variables(server), **BEHIND_A_PROXY}
    with tempfile.TemporaryDirectory() as place, RunningSite(Path(place), **settings) as site:
        codes = dead_codes(site)
        asked(site, codes, WARM)
        answers, took = asked(site, codes, tries)
    return [*same(name, answers), *alike(name, took)]


def dead_codes(site: RunningSite) -> dict[str, str]:
    """One each that opened something; the others are made for each try."""
    visitor = Visitor(site.url)
    erased, purged = visitor.send().code, visitor.send().code
    gone = visitor.post("/request/", {"code": erased, "step": "erase_all"})
    if (gone.status, ask(site, PURGE.replace("REFERENCE", purged[:8]))) != (200, "1"):
        raise RuntimeError("The codes could not be made dead.")
    return {"erased": erased, "purged": purged}


def asked(
    site: RunningSite, codes: dict[str, str], tries: int
) -> tuple[dict[str, set[Answer]], dict[str, list[float]]]:
    """What came back for each kind, and how many milliseconds each took."""
    answers: dict[str, set[Answer]] = {kind: set() for kind in KINDS}
    took: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with closing(http.client.HTTPConnection("localhost", site.port)) as connection:
        for kind in in_random_order(tries):
            answer, milliseconds = one(connection, codes.get(kind) or made(kind))
            answers[kind].add(answer)
            took[kind].append(milliseconds)
    return answers, took


def in_random_order(tries: int) -> Iterator[str]:
    """Each kind once in each round, so that what slows the machine slows all alike."""
    for _ in range(tries):
        yield from random.sample(KINDS, len(KINDS))


def made(kind: str) -> str:
    """One that nobody has; as malformed, a letter short."""
    code = str(new_code())
    return code[1:] if kind == "malformed" else code


def one(connection: http.client.HTTPConnection, code: str) -> tuple[Answer, float]:
    body, headers = urlencode({"code": code}), {**FORM, "X-Forwarded-For": someone()}
    started = time.perf_counter()
    connection.request("POST", "/request/", body, headers)
    response = connection.getresponse()
    text = response.read()
    milliseconds = 1000 * (time.perf_counter() - started)
    kept = [pair for pair in response.getheaders() if pair[0].lower() not in OF_ONE_ANSWER]
    return (response.status, tuple(kept), text), milliseconds


def someone() -> str:
    return "10." + ".".join(str(random.randrange(256)) for _ in range(3))  # noqa: S311  # no secret


def same(name: str, answers: dict[str, set[Answer]]) -> list[Row]:
    every = set().union(*answers.values())
    statuses, headers, bodies = (set(part) for part in zip(*every, strict=True))
    found = ("status", statuses), ("headers", headers), ("bytes", bodies)
    return [
        *(
            Row(f"{name}: {what}", "same" if len(them) == 1 else "differ", "same", len(them) == 1)
            for what, them in found
        ),
        Row(f"{name}: answered with", str(*sorted(statuses)[:1]), "422", statuses == {422}),
    ]


def alike(name: str, took: dict[str, list[float]]) -> list[Row]:
    medians = {kind: statistics.median(times) for kind, times in took.items()}
    spread = max(medians.values()) / min(medians.values()) - 1
    pairs = {pair: told_apart(took[pair[0]], took[pair[1]]) for pair in combinations(KINDS, 2)}
    return [
        *(
            Row(f"{name}: median, {kind}", f"{median:.2f} ms ± {middle_half(took[kind]):.0f} %")
            for kind, median in medians.items()
        ),
        Row(f"{name}: medians apart", f"{spread:.1%}", "5 % or less", spread <= MOST_SPREAD),
        *(
            Row(f"{name}: p, {first} and {second}", f"{p:.3f}", "above 0.01", p > LEAST_P)
            for (first, second), p in pairs.items()
        ),
    ]


def middle_half(times: list[float]) -> float:
    """How far the middle half of them lies around the median, in percent of it."""
    low, median, high = statistics.quantiles(times, n=4)
    return 50 * (high - low) / median


def told_apart(first: list[float], second: list[float]) -> float:
    """The p of two-sample Kolmogorov-Smirnov: how likely as much apart is by chance alone.

    Asymptotic, with Stephens' correction (Numerical Recipes, 14.3).
    """
    root = math.sqrt(len(first) * len(second) / (len(first) + len(second)))
    return tail((root + 0.12 + 0.11 / root) * farthest(first, second))


def farthest(first: list[float], second: list[float]) -> float:
    """The largest distance between the two distributions, 0 to 1."""
    one, other = sorted(first), sorted(second)
    return max(
        abs(bisect_right(one, each) / len(one) - bisect_right(other, each) / len(other))
        for each in one + other
    )


def tail(distance: float) -> float:
    """How much of Kolmogorov's distribution lies beyond."""
    if distance < 0.2:  # the sum no longer converges, and all of it does
        return 1.0
    terms = (2 * (-1) ** (k - 1) * math.exp(-2 * (k * distance) ** 2) for k in range(1, 101))
    return sum(terms)


if __name__ == "__main__":
    sys.exit(show(rows(*map(int, sys.argv[1:]))))
