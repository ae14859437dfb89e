"""`python -m benchmarks.mixed [SECONDS]`: everything at once, while processes die.

People read, send and come back; staff open requests and write notes; pages are published; old
requests are erased. In the first half a web worker, the worker and PostgreSQL are killed twice
each. In the end nothing is lost or doubled, nothing was shown that was out of date, every history
verifies; and over the second half no process grew by 1 % a minute.
"""

import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from benchmarks import stored
from benchmarks.busy import Busy
from benchmarks.growth import Growth
from benchmarks.kills import READER, UNSENT, crash
from benchmarks.mailbox import Mailbox, mailbox
from benchmarks.people import People
from benchmarks.sending import ask, postgres, variables
from benchmarks.table import Row, show
from tests.postgres import Cluster
from tests.site import RunningSite, children, eventually
from tests.visitor import Visitor

SECONDS = 600
PEOPLE = 3
REST_SECONDS = 0.5
KILLS = 2
GROWS_LESS_THAN = 1.0
# A process that has just begun still fills its memory of pages, so a short run shows growth.
JUDGED_FROM_SECONDS = 600
ERASED_EVERY_SECONDS, ERASED_AT_ONCE = 20, 3
ANNOUNCED_WITHIN_SECONDS = 400  # a lease ends after 300


def rows(seconds: int = SECONDS) -> list[Row]:
    with postgres() as server, tempfile.TemporaryDirectory() as place, mailbox() as box:
        mail = {"EMAIL_URL": f"smtp://127.0.0.1:{box.port}"}
        with RunningSite(Path(place), **variables(server), **mail) as site:
            return mixed(site, server, box, seconds)


def mixed(site: RunningSite, server: Cluster, box: Mailbox, seconds: int) -> list[Row]:
    ask(site, READER)
    send_what_will_be_erased(site, seconds)
    busy, people = Busy(site), People(site.url, rest=REST_SECONDS)
    with busy.going_on(), people.sending(PEOPLE):
        killed = kill_in_turns(site, server, seconds / 2)
        with Growth(lambda: processes(site)).watched() as growth:
            time.sleep(seconds / 2)
    busy.erase_the_rest()
    eventually(lambda: ask(site, UNSENT) == "0", ANNOUNCED_WITHIN_SECONDS)
    found = stored.read(site)
    return [
        *stored.rows("mixed", people, found),
        *mailed(found, box),
        *shown(busy),
        Row("mixed: killed", str(killed), str(3 * KILLS), killed == 3 * KILLS),
        history(site),
        *grown(growth, judged=seconds >= JUDGED_FROM_SECONDS),
    ]


def send_what_will_be_erased(site: RunningSite, seconds: int) -> None:
    visitor = Visitor(site.url)
    for number in range(ERASED_AT_ONCE * (seconds // ERASED_EVERY_SECONDS + 1)):
        visitor.send(preferred_name=f"Gone {number}")


def kill_in_turns(site: RunningSite, server: Cluster, seconds: float) -> int:
    """Each kind as often as the others, over so many seconds. How many died."""
    kinds: list[Callable[[], bool]] = [
        lambda: kill_a_web_worker(site),
        lambda: kill(site.processes("manage.py work")),
        lambda: crash_and_say(server),
    ]
    turns, died = kinds * KILLS, 0
    for turn in turns:
        time.sleep(seconds / (len(turns) + 1))
        died += turn()
    time.sleep(seconds / (len(turns) + 1))
    return died


def kill_a_web_worker(site: RunningSite) -> bool:
    return kill([worker for parent in site.processes("-m gunicorn") for worker in children(parent)])


def kill(processes: list[int]) -> bool:
    """One of them."""
    with suppress(ProcessLookupError):
        if processes:
            os.kill(random.choice(processes), signal.SIGKILL)  # noqa: S311  # no secret
            return True
    return False


def crash_and_say(server: Cluster) -> bool:
    crash(server)
    return True


def processes(site: RunningSite) -> dict[str, int]:
    """What serves and what works, by name."""
    web = sorted(worker for parent in site.processes("-m gunicorn") for worker in children(parent))
    named = {f"web worker {number}": process for number, process in enumerate(web, 1)}
    work = site.processes("manage.py work")
    return named | dict(zip(["worker"], work, strict=False))


def mailed(found: stored.Stored, box: Mailbox) -> list[Row]:
    """A worker killed between sending and marking sends that one mail again, and no other."""
    missing = set(found.notices) - set(box.came)
    return [
        Row("mixed: not announced", str(len(missing)), "0", not missing),
        Row("mixed: came twice", str(box.copies), f"{KILLS} or fewer", box.copies <= KILLS),
    ]


def shown(busy: Busy) -> list[Row]:
    did = ", ".join(f"{count} × {what}" for what, count in sorted(busy.done.items()))
    broken = sum(count for what, count in busy.done.items() if what.endswith(" 500"))
    published, erased = len(busy.published), busy.done["erased"]
    return [
        Row("mixed: shown out of date", str(busy.stale), "0", busy.stale == 0),
        Row("mixed: published", str(published), "some", published > 0),
        Row("mixed: erased", str(erased), "some", erased > 0),
        Row("mixed: pages that broke", str(broken), "0", broken == 0),
        Row("mixed: done", did),
    ]


def history(site: RunningSite) -> Row:
    said = site.manage("verify_history", check=False)
    return Row("mixed: histories that do not verify", *whole(said.returncode))


def whole(status: int) -> tuple[str, str, bool]:
    return "none" if status == 0 else f"status {status}", "none", status == 0


def grown(growth: Growth, judged: bool) -> list[Row]:
    return [
        Row(
            f"mixed: {name} grows, {growth.mean(name):.0f} MB",
            f"{growth.a_minute(name):+.2f} %/min",
            "under 1 %" if judged else "",
            not judged or growth.a_minute(name) < GROWS_LESS_THAN,
        )
        for name in growth.found
        if len(growth.found[name]) > 1
    ]


if __name__ == "__main__":
    sys.exit(show(rows(*map(int, sys.argv[1:]))))
