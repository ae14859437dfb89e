"""`python -m benchmarks.kills [WEB [DATABASE [MAIL]]]`: a stream of sends while processes die.

A web worker gets SIGKILL 50 times, on SQLite and on PostgreSQL; then all of PostgreSQL 20 times,
which recovers from its log; then the worker that sends mail, 10 times on each. In the end
acknowledged is stored, once, opens, and was announced.
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
from benchmarks.mailbox import Mailbox, mailbox
from benchmarks.people import People
from benchmarks.sending import ask, variables
from benchmarks.table import Row, left_out, show
from tests.postgres import Cluster, binaries, cluster
from tests.site import RunningSite, children, eventually

WEB, DATABASE, MAIL = 50, 20, 10
PEOPLE = 6
REST_SECONDS = 0.1
BETWEEN_SECONDS = 1.0
ANNOUNCED_WITHIN_SECONDS = 400  # a lease ends after 300
MAIL_COMES_WITHIN_SECONDS = 30
READER = (
    "from django.contrib.auth.models import User;"
    "User.objects.filter(username='owner').update(email='dana@practice.example')"
)
UNSENT = "from intake.models import Notice; print(Notice.objects.unsent().count())"
RECOVERED = "automatic recovery in progress"


def rows(web: int = WEB, database: int = DATABASE, mail: int = MAIL) -> list[Row]:
    found = killed("kills, SQLite, web", None, web, kill_web)
    found += killed("kills, SQLite, mail", None, mail, kill_mail, copies=mail)
    try:
        binaries()
    except LookupError:
        return [*found, left_out("kills, PostgreSQL", "PostgreSQL is not installed")]
    with cluster(durable=True) as server:
        found += killed("kills, PostgreSQL, web", server, web, kill_web)
    with cluster(durable=True) as server:
        found += killed("kills, PostgreSQL, mail", server, mail, kill_mail, copies=mail)
    with cluster(durable=True) as server:
        found += killed("kills, PostgreSQL itself", server, database, lambda *_: crash(server))
        count = recoveries(server)
        found.append(Row("kills: recoveries", str(count), str(database), count == database))
    return found


def killed(
    name: str,
    server: Cluster | None,
    times: int,
    kill: Callable[[RunningSite, Mailbox], None],
    copies: int = 0,
) -> list[Row]:
    """`copies`: how many mails may come twice."""
    if not times:
        return []
    with tempfile.TemporaryDirectory() as place, mailbox() as box:
        mail = {"EMAIL_URL": f"smtp://127.0.0.1:{box.port}"}
        with RunningSite(Path(place), **variables(server), **mail) as site:
            ask(site, READER)
            people = People(site.url, rest=REST_SECONDS)
            with people.sending(PEOPLE):
                for _ in range(times):
                    # Only what stands up again and takes a request can be killed once more.
                    before = len(people.acknowledged)
                    time.sleep(BETWEEN_SECONDS)
                    eventually(lambda before=before: len(people.acknowledged) > before)
                    kill(site, box)
            eventually(lambda: ask(site, UNSENT) == "0", ANNOUNCED_WITHIN_SECONDS)
            found = stored.read(site)
            return [*stored.rows(name, people, found), *announced(name, found, box, copies)]


def announced(name: str, found: stored.Stored, box: Mailbox, most: int) -> list[Row]:
    """A worker killed between sending and marking sends that one mail again, and no other."""
    same = set(box.came) == set(found.notices) and len(box.came) == len(found.names)
    return [
        Row(f"{name}: announced", str(len(box.came)), "all", same),
        Row(f"{name}: came twice", str(box.copies), f"{most} or fewer", box.copies <= most),
    ]


def kill_web(site: RunningSite, _: Mailbox) -> None:
    """One that answers; their parent starts another."""
    web = site.processes("-m gunicorn")
    workers = [worker for parent in web for worker in children(parent)]
    if workers:
        os.kill(random.choice(workers), signal.SIGKILL)  # noqa: S311  # no secret


def kill_mail(site: RunningSite, box: Mailbox) -> None:
    """Whoever sends mail, the moment one came and is hardly marked. Their parent starts another."""
    before, until = box.all, time.monotonic() + MAIL_COMES_WITHIN_SECONDS
    workers = site.processes("manage.py work")
    while box.all == before and time.monotonic() < until:
        time.sleep(0.0005)
    for worker in workers or site.processes("manage.py work"):
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)


def crash(server: Cluster) -> None:
    """Every process of it at once, so that nothing is written any more; then a new start."""
    first = int((server.data / "postmaster.pid").read_text().split()[0])
    everyone = [first, *children(first)]
    for process in everyone:
        os.kill(process, signal.SIGKILL)
    eventually(lambda: not any(is_alive(process) for process in everyone))
    # Whose parent has not looked yet still has its number, which the new server takes for life.
    for lock in (server.data / "postmaster.pid", server.socket / ".s.PGSQL.5432.lock"):
        lock.unlink(missing_ok=True)
    server.boot()


def is_alive(process: int) -> bool:
    """A zombie is not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def recoveries(server: Cluster) -> int:
    return (server.folder / "log").read_text().count(RECOVERED)


if __name__ == "__main__":
    sys.exit(show(rows(*map(int, sys.argv[1:]))))
