"""`python -m benchmarks.machines`: several machines on one, while they die and are moved.

Two web processes that cannot read, a staff process with the worker, one PostgreSQL, and nginx in
front as `deploy/` sets it, over TLS; each with its own folder and port. During a stream of sends a
web process is killed, the database stops for ten seconds, and all traffic is moved to one side and
to the other. In the end acknowledged is stored, once, and announced; and what is published is seen
everywhere.
"""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks import published, stored
from benchmarks.kills import READER, UNSENT, announced
from benchmarks.mailbox import Mailbox, mailbox
from benchmarks.people import People
from benchmarks.sending import ask, postgres, variables
from benchmarks.table import Row, show
from tests.postgres import Cluster
from tests.proxy import Proxy
from tests.site import RunningSite, eventually
from tests.visitor import Visitor

PEOPLE = 6
REST_SECONDS = 0.1
AWAY_SECONDS = 10
MAIL_WITHIN_SECONDS = 60
SEEN_WITHIN_SECONDS = 1.0
SEEN_THROUGH_NGINX_WITHIN_SECONDS = 2.0
PUBLIC_KEYS = ("SECRET_KEY", "INTAKE_PUBLIC_KEYS", "INTAKE_EVENT_KEY", "INTAKE_THROTTLE_KEY")


class Machines:
    """All of them. `first` and `second` take requests, `staff` reads and works."""

    def __init__(self, folder: Path, server: Cluster, box: Mailbox) -> None:
        self.folder, self.server, self.box = folder, server, box
        self.front = Proxy(folder / "nginx", [])
        self.staff = self._machine("staff", EMAIL_URL=f"smtp://127.0.0.1:{box.port}").prepare()
        keys = {name: keys_of(self.staff)[name] for name in PUBLIC_KEYS}
        self.first = self._machine("first", SURFACE="public", **keys)
        self.second = self._machine("second", SURFACE="public", **keys)

    def _machine(self, name: str, **own: str) -> RunningSite:
        (self.folder / name).mkdir()
        shared = {"SITE_URL": self.front.url, "TRUSTED_PROXIES": "1", "SURFACE": "staff"}
        return RunningSite(self.folder / name, **{**variables(self.server), **shared, **own})

    @contextmanager
    def running(self) -> Iterator["Machines"]:
        with ExitStack() as all_of_them:
            for site in (self.staff, self.first, self.second):
                all_of_them.enter_context(site)
            self.front.ports = [self.first.port, self.second.port]
            all_of_them.enter_context(self.front)
            ask(self.staff, READER)
            yield self


class PeopleOutside(People):
    """Who come through nginx, as everyone does."""

    def __init__(self, front: Proxy) -> None:
        super().__init__(front.url, rest=REST_SECONDS)
        self.front = front

    def visitor(self) -> Visitor:
        return self.front.visitor()

    @property
    def cut_off(self) -> int:
        """Answers that never came, or only from nginx."""
        return self.answers["cut off"] + self.answers["502"] + self.answers["504"]

    def go_on(self, more: int = 5) -> bool:
        """Whether so many more are acknowledged."""
        before = len(self.acknowledged)
        return eventually(lambda: len(self.acknowledged) >= before + more, within=120)


def rows() -> list[Row]:
    with (
        postgres() as server,
        tempfile.TemporaryDirectory() as place,
        mailbox() as box,
        Machines(Path(place), server, box).running() as machines,
    ):
        return measured(machines)


def measured(machines: Machines) -> list[Row]:
    people = PeopleOutside(machines.front)
    with people.sending(PEOPLE):
        people.go_on()
        happened = [
            while_killed(machines, people),
            while_away(machines, people),
            while_moved(machines, people),
            *while_published(machines),
        ]
    eventually(lambda: ask(machines.staff, UNSENT) == "0", MAIL_WITHIN_SECONDS)
    found = stored.read(machines.staff)
    told = announced("machines", found, machines.box, 0)
    return [*happened, *stored.rows("machines", people, found), *told]


def while_killed(machines: Machines, people: PeopleOutside) -> Row:
    """All of one machine at once, and later a new start. The other takes what comes."""
    with counting(people) as counted:
        for process in machines.first.processes():
            os.kill(process, signal.SIGKILL)
        went_on = people.go_on()
        machines.first.start()
        went_on &= people.go_on()
    return Row("machines: web killed, acknowledged on", *counted(went_on))


def while_away(machines: Machines, people: PeopleOutside) -> Row:
    with counting(people) as counted:
        machines.server.halt()
        time.sleep(AWAY_SECONDS)
        machines.server.boot()
        went_on = people.go_on()
    return Row("machines: database away, acknowledged after", *counted(went_on))


def while_moved(machines: Machines, people: PeopleOutside) -> Row:
    """One side out, stopped, started, in again, as in an upgrade; then the other side."""
    before = people.cut_off
    for out, left in (
        (machines.first, machines.second),
        (machines.second, machines.first),
    ):
        machines.front.send_to(left.port)
        people.go_on()
        out.stop()
        out.start()
        machines.front.send_to(out.port, left.port)
        people.go_on()
    cut = people.cut_off - before
    return Row("machines: traffic moved, cut off", str(cut), "0", cut == 0)


@contextmanager
def counting(people: People) -> Iterator[Callable[[bool], tuple[str, str, bool]]]:
    before = len(people.acknowledged)
    yield lambda went_on: (str(len(people.acknowledged) - before), "some", went_on)


def while_published(machines: Machines) -> list[Row]:
    """How long after the commit each side shows it, at worst."""
    outside = machines.front.visitor()
    visitors = {
        "first": inside(machines.first, outside.host),
        "second": inside(machines.second, outside.host),
        "through nginx": outside,
    }
    worst = published.worst(machines.staff, visitors)
    return [seen(name, took) for name, took in worst.items()]


def inside(site: RunningSite, host: str) -> Visitor:
    """Who asks one machine past nginx, and is answered as nginx is."""
    visitor = Visitor(site.url)
    visitor.host = host
    return visitor


def seen(name: str, took: float) -> Row:
    most = SEEN_THROUGH_NGINX_WITHIN_SECONDS if "nginx" in name else SEEN_WITHIN_SECONDS
    what = f"machines: published, seen, {name}, worst of {published.TIMES}"
    return Row(what, f"{took:.2f} s", f"{most:.1f} s or less", took <= most)


def keys_of(site: RunningSite) -> dict[str, str]:
    lines = (site.data_dir / "keys.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


if __name__ == "__main__":
    sys.exit(show(rows()))
