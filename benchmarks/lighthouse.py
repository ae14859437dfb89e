"""`python -m benchmarks.lighthouse [RUNS] [NAME ...]`: Lighthouse on four pages.

Mobile, simulated slow 4G. Prints the median of so many runs (5) a page, beside what is promised.
Exit status 1 where a promise is not kept. Needs Node.js, npm (once, with the network) and Chromium.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.table import NotHere, Row, show
from tests.site import ROOT, RunningSite
from tests.visitor import Visitor

VERSION = "12.8.2"  # the last that runs on Node.js 20
FOLDER = ROOT / ".venv" / "lighthouse"
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)
TRIES = 3  # on a busy machine Chromium now and then paints nothing in time
PAGES = {
    "home": "/",
    "topic": "/attachment/",
    "therapist": "/therapists/marisol-averidge/",
    "contact": "/contact/",
}
AT_LEAST = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
# Audit, how to say it, and the most it may be: milliseconds, or a share of the screen.
AT_MOST = {
    "largest-contentful-paint": ("LCP ms", 1200),
    "cumulative-layout-shift": ("CLS", 0),
    "total-blocking-time": ("TBT ms", 0),
}

Report = dict[str, Any]


def rows(runs: int = 5, *names: str) -> list[Row]:
    install()
    with tempfile.TemporaryDirectory() as place, RunningSite(Path(place)) as site:
        return [
            row
            for name, path in PAGES.items()
            if not names or name in names
            for row in rows_of(name, site, path, runs)
        ]


def install() -> None:
    """Raises NotHere."""
    if not Path(CHROMIUM).exists() or not shutil.which("npm"):
        raise NotHere("Chromium, Node.js or npm is not installed")
    if not (FOLDER / "node_modules" / "lighthouse").exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--silent", "--prefix", str(FOLDER), f"lighthouse@{VERSION}"]
        subprocess.run(command, check=True)


def rows_of(name: str, site: RunningSite, path: str, runs: int) -> list[Row]:
    if Visitor(site.url).get(path).status != 200:
        return [Row(f"lighthouse, {name}", "no page", "200", kept=False)]
    reports = [report(site.url + path) for _ in range(runs)]
    tell_what_failed(name, reports[-1])
    scores = [score_row(name, category, reports) for category in AT_LEAST]
    machine = statistics.median(each["environment"]["benchmarkIndex"] for each in reports)
    audits = [audit_row(name, audit, reports) for audit in AT_MOST]
    return [*scores, *audits, Row(f"lighthouse, {name}: machine", f"{machine:.0f}")]


def report(address: str) -> Report:
    command = [
        str(FOLDER / "node_modules" / ".bin" / "lighthouse"), address, "--quiet",
        "--output=json", "--output-path=stdout", f"--chrome-flags={FLAGS}",
    ]  # fmt: skip
    environment = {**os.environ, "CHROME_PATH": CHROMIUM}
    for _ in range(TRIES):
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        if done.returncode == 0:
            found: Report = json.loads(done.stdout)
            return found
    raise RuntimeError(f"Lighthouse stopped {TRIES} times:\n{done.stderr}")


def score_row(name: str, category: str, reports: list[Report]) -> Row:
    scores = [round(100 * each["categories"][category]["score"]) for each in reports]
    least, median = AT_LEAST[category], statistics.median(scores)
    return Row(
        f"lighthouse, {name}: {category}", f"{median:g}", f"{least} or more", median >= least
    )


def audit_row(name: str, audit: str, reports: list[Report]) -> Row:
    label, most = AT_MOST[audit]
    median = statistics.median(each["audits"][audit]["numericValue"] for each in reports)
    shown = f"{median:.3g}" if median < 10 else f"{median:.0f}"
    return Row(f"lighthouse, {name}: {label}", shown, f"{most} or less", round(median, 3) <= most)


def tell_what_failed(name: str, report: Report) -> None:
    """What kept the last run of a page from full marks, for whoever mends it."""
    for category in report["categories"].values():
        for reference in category["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
                value = audit.get("displayValue", "")
                print(f"  {name}, {category['id']}: {audit['title']} {value}", file=sys.stderr)


def asked_for(runs: str = "5", *names: str) -> list[Row]:
    return rows(int(runs), *names)


if __name__ == "__main__":
    sys.exit(show(asked_for(*sys.argv[1:])))
