"""`python -m benchmarks.front [SECONDS]`: what a page costs, how fresh it is, what it weighs.

A page and its 304 beside a WSGI callable that returns the same bytes (benchmarks/same_bytes.py):
same gunicorn settings, same client, alternating runs, ratio of medians. Then behind nginx as
`deploy/nginx` sets it, beside a file of the same bytes from its disk. Then what is published under
load, memory, and how long a start takes. The client runs on the same processors as the server.
"""

import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import asking, shown, starting, weight
from benchmarks.asking import Pace, connected, pace
from benchmarks.send import web
from benchmarks.table import Row, left_out, show
from tests import proxy
from tests.site import RunningSite

RUNS = 9
SECONDS = 3
PAGE = "/attachment/"
BROWSER = {"Accept-Encoding": "br"}
LEAST, MOST_P99 = 0.95, 1.2
LEAST_BEHIND_PROXY = 0.9
# What a server says of itself and of the moment: both of them do.
OF_THE_SERVER = ("date", "server", "connection")
FILE = "/the-same-bytes"


def rows(seconds: float = SECONDS) -> list[Row]:
    found = [Row("front: asked with", asking.with_what())]
    with tempfile.TemporaryDirectory() as place:
        found += beside_a_callable(Path(place), seconds)
    with tempfile.TemporaryDirectory() as place:
        found += behind_the_proxy(Path(place), seconds)
    return [*found, *weight.rows(), *starting.rows()]


def beside_a_callable(folder: Path, seconds: float) -> list[Row]:
    site = RunningSite(folder / "site", WEB_WORKERS="2")
    site.folder.mkdir()
    rows = []
    with web(site.prepare(), "practice_site.wsgi"):
        page = said(site.url, BROWSER)
        known = {**BROWSER, "If-None-Match": dict(page[1])["ETag"]}
        for name, headers in {"page": BROWSER, "304": known}.items():
            with same_bytes(folder / name, site, said(site.url, headers)) as callable_:
                rows += compared(f"front, {name}", site.url, callable_.url, headers, seconds)
    return rows


def said(url: str, headers: dict[str, str]) -> tuple[str, list[tuple[str, str]], bytes]:
    """Status, headers and body of the page as gunicorn gets them."""
    connection = connected(url)
    connection.request("GET", PAGE, headers=headers)
    answer = connection.getresponse()
    kept = [pair for pair in answer.getheaders() if pair[0].lower() not in OF_THE_SERVER]
    return f"{answer.status} {answer.reason}", kept, answer.read()


@contextmanager
def same_bytes(
    folder: Path, site: RunningSite, answer: tuple[str, list[tuple[str, str]], bytes]
) -> Iterator[RunningSite]:
    beside = RunningSite(folder, **weight.keys_of(site), WEB_WORKERS="2")
    beside.data_dir.mkdir(parents=True)
    status, headers, body = answer
    text = json.dumps([status, headers, body.decode("latin-1")])
    (beside.data_dir / "answer.json").write_text(text)
    with web(beside, "benchmarks.same_bytes"):
        if said(beside.url, {}) != answer:
            raise RuntimeError("The callable does not return the same bytes.")
        yield beside


def compared(
    name: str, ours: str, theirs: str, headers: dict[str, str], seconds: float
) -> list[Row]:
    paces = alternating(
        lambda: pace(ours + PAGE, headers, seconds), lambda: pace(theirs + PAGE, headers, seconds)
    )
    ratio, p99 = ratio_of(paces, lambda each: each.a_second), ratio_of(paces, lambda p: p.p99_ms)
    return [
        Row(f"{name}: a second", middle(paces[0], lambda each: each.a_second)),
        Row(f"{name}: a second, a callable", middle(paces[1], lambda each: each.a_second)),
        Row(f"{name}: ratio", f"{ratio:.3f}", f"{LEAST} or more", ratio >= LEAST),
        Row(f"{name}: p99, ratio", f"{p99:.2f}", f"{MOST_P99} or less", p99 <= MOST_P99),
    ]


def alternating(*asks: Callable[[], Pace]) -> list[list[Pace]]:
    """The paces of each, taken in turns after a first turn that warms up."""
    for each in asks:
        each()
    turns = [[each() for each in asks] for _ in range(RUNS)]
    return [list(paces) for paces in zip(*turns, strict=True)]


def ratio_of(paces: list[list[Pace]], figure: Callable[[Pace], float]) -> float:
    ours, theirs = (statistics.median(map(figure, each)) for each in paces)
    return ours / theirs


def middle(paces: list[Pace], figure: Callable[[Pace], float]) -> str:
    return f"{statistics.median(map(figure, paces)):.0f}"


class ProxyWithFile(proxy.Proxy):
    """Also gives a file from its own disk."""

    def configuration(self) -> str:
        file = f'location = {FILE} {{ root "{self.folder}"; default_type text/html; }}\n'
        return (
            super().configuration().replace("    location / {", f"    {file}    location / {{", 1)
        )


def behind_the_proxy(folder: Path, seconds: float) -> list[Row]:
    try:
        proxy.program()
    except LookupError:
        return [left_out("behind nginx", "nginx is not here")]
    nginx = ProxyWithFile(folder / "nginx", [])
    site = RunningSite(folder, SITE_URL=nginx.url, TRUSTED_PROXIES="1", WEB_WORKERS="2")
    nginx.ports = [site.port]
    with web(site.prepare(), "practice_site.wsgi"):
        try:
            return measured_behind(nginx.start(), site, seconds)
        finally:
            nginx.stop()


def measured_behind(nginx: ProxyWithFile, site: RunningSite, seconds: float) -> list[Row]:
    (nginx.folder / FILE.strip("/")).write_bytes(said(nginx.url, BROWSER)[2])
    paces = alternating(
        lambda: pace(nginx.url + PAGE, BROWSER, seconds),
        lambda: pace(nginx.url + FILE, BROWSER, seconds),
    )
    ratio = ratio_of(paces, lambda each: each.a_second)
    limit = f"{LEAST_BEHIND_PROXY} or more"
    at_origin = {"Host": nginx.url.removeprefix("https://"), "X-Forwarded-Proto": "https"}
    ways = {
        "at the origin": shown.Way(f"http://localhost:{site.port}", at_origin, 1),
        "behind nginx": shown.Way(nginx.url, {}, 2),
    }
    return [
        Row("behind nginx: a second", middle(paces[0], lambda each: each.a_second)),
        Row("behind nginx: a second, a file", middle(paces[1], lambda each: each.a_second)),
        Row("behind nginx: ratio", f"{ratio:.3f}", limit, ratio >= LEAST_BEHIND_PROXY),
        *shown.rows(site, ways),
    ]


if __name__ == "__main__":
    sys.exit(show(rows(*map(float, sys.argv[1:]))))
