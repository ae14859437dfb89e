"""`python -m benchmarks.wire`: what a first visit asks for, in Chromium with nothing in its cache.

Bytes as they come over the wire, headers too, by kind, and how many requests. Then sending: what
the check page and the sent page still ask for, with the form's page in the cache.
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Response, sync_playwright

from benchmarks.table import NotHere, Row, show
from tests.browser.walking import check, fill_in, send
from tests.pictures import CHROMIUM
from tests.site import RunningSite

PAGES = {"home": "/", "topic": "/attachment/"}
MOST_BYTES = 100 * 1024
MOST_REQUESTS = 10
MOST_BYTES_TO_SEND = 40 * 1024


def rows() -> list[Row]:
    if not Path(CHROMIUM["executable_path"]).exists():
        raise NotHere("Chromium is not installed")
    found = []
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        with RunningSite(Path(place)) as site:
            for name, path in PAGES.items():
                found += rows_of(name, first_visit(browser, site.url + path))
            found += rows_of_sending(sending(browser, site.url))
        browser.close()
    return found


def first_visit(browser: Browser, address: str) -> list[tuple[str, int]]:
    """Kind and bytes of each answer."""
    context = browser.new_context(viewport={"width": 360, "height": 640})
    page, answers = context.new_page(), list[Response]()
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address, wait_until="networkidle")
    found = [(kind_of(each), weight(each)) for each in answers]
    context.close()
    return found


def weight(answer: Response) -> int:
    sizes = answer.request.sizes()
    return sizes["responseHeadersSize"] + sizes["responseBodySize"]


def sending(browser: Browser, url: str) -> dict[str, int]:
    """Bytes that came for each step after the form; what was in the cache counts as none."""
    context = browser.new_context(viewport={"width": 360, "height": 640})
    page, came, found = context.new_page(), list[float](), {}
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))
    # The redirect to the sent page ends without a sign of its own.
    session.on(
        "Network.requestWillBeSent",
        lambda event: came.append(event.get("redirectResponse", {}).get("encodedDataLength", 0)),
    )
    page.goto(f"{url}/contact/", wait_until="networkidle")
    fill_in(page)
    for name, step in {"check page": check, "sent page": send}.items():
        came.clear()
        step(page)
        page.wait_for_load_state("networkidle")
        found[name] = int(sum(came))
    context.close()
    return found


def rows_of_sending(found: dict[str, int]) -> list[Row]:
    whole = sum(found.values())
    return [
        *(Row(f"wire, {name}", f"{size / 1024:.1f} KB") for name, size in found.items()),
        Row(
            "wire, check and sent page: in all",
            f"{whole / 1024:.1f} KB",
            "40 KB or less",
            whole <= MOST_BYTES_TO_SEND,
        ),
    ]


def kind_of(answer: Response) -> str:
    return Path(urlsplit(answer.url).path).suffix.lstrip(".") or "html"


def rows_of(name: str, answers: list[tuple[str, int]]) -> list[Row]:
    sums: Counter[str] = Counter()
    for kind, size in answers:
        sums[kind] += size
    kinds = [
        Row(f"wire, {name}: {kind}", f"{size / 1024:.1f} KB") for kind, size in sums.most_common()
    ]
    whole, count = sum(sums.values()), len(answers)
    return [
        *kinds,
        Row(
            f"wire, {name}: in all", f"{whole / 1024:.1f} KB", "100 KB or less", whole <= MOST_BYTES
        ),
        Row(f"wire, {name}: requests", str(count), "10 or fewer", count <= MOST_REQUESTS),
    ]


if __name__ == "__main__":
    sys.exit(show(rows()))
