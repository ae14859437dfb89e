"""What a web worker weighs, beside a bare Django worker with the same libraries imported.

Both run at once and are asked the same few times, so that what they share counts the same.
"""

import json
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.send import web
from benchmarks.table import Row
from tests.addresses import public_addresses
from tests.site import ROOT, RunningSite
from tests.visitor import Visitor

MOST = 1.25
ROUNDS = 4
# Run with the site's environment: all that its web process has imported, less what is ours.
IMPORTED = """
import json, sys
import practice_site.wsgi
from django.test import Client
Client(SERVER_NAME="localhost").get("/")
ours = ("practice_site", "pages", "intake", "__main__")
print(json.dumps(sorted(name for name in sys.modules if not name.startswith(ours))))
"""


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as place, tempfile.TemporaryDirectory() as other:
        site = RunningSite(Path(place), WEB_WORKERS="2").prepare()
        bare = RunningSite(Path(other), **keys_of(site), WEB_WORKERS="2")
        bare.data_dir.mkdir()
        (bare.data_dir / "libraries.json").write_text(imported(site))
        with web(site, "practice_site.wsgi"), web(bare, "benchmarks.bare_worker"):
            visit(site, bare)
            ours, theirs = megabytes(site), megabytes(bare)
    ratio = ours / theirs
    return [
        Row("memory, a web worker", f"{ours:.0f} MB"),
        Row("memory, a bare Django worker", f"{theirs:.0f} MB"),
        Row("memory: ratio", f"{ratio:.2f}", f"{MOST} or less", ratio <= MOST),
    ]


def keys_of(site: RunningSite) -> dict[str, str]:
    """So that the settings can be read there too."""
    lines = (site.data_dir / "keys.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")


def imported(site: RunningSite) -> str:
    command = [sys.executable, "-c", IMPORTED]
    said = subprocess.run(
        command, cwd=ROOT, env=site.environment, capture_output=True, text=True, check=True
    )
    return json.dumps(json.loads(said.stdout.splitlines()[-1]))


def visit(*sites: RunningSite) -> None:
    """Every page a few times over, so that all threads of all workers had their share."""
    paths = public_addresses(Visitor(sites[0].url))
    for site in sites:
        visitor = Visitor(site.url)
        for path in paths * ROUNDS:
            visitor.get(path, **{"Accept-Encoding": "br"})


def megabytes(site: RunningSite) -> float:
    """Of a worker, on average: what is its own, and its part of what several share."""
    _, *workers = site.processes("-m gunicorn")
    return statistics.mean(pss(worker) for worker in workers) / 1024


def pss(process: int) -> int:
    text = Path(f"/proc/{process}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB$", text, re.MULTILINE)
    return int(found[1]) if found else 0
