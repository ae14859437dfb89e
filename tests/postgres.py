"""A pytest plugin (`-p tests.postgres`): the suite on a PostgreSQL server of its own.

Takes Debian's binaries, as user postgres where the suite runs as root. The cluster lives in a
temporary folder, listens on a socket there and nowhere else, and is gone after the run.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CLUSTERS: list["Cluster"] = []


class Cluster:
    """A PostgreSQL server in a temporary folder."""

    def __init__(self, durable: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="secure-base-postgres-"))
        self.durable = durable
        self.socket = self.folder / "socket"
        self.data = self.folder / "data"

    @property
    def url(self) -> str:
        return f"postgres://postgres@/postgres?host={self.socket}"

    def another(self, name: str, like: str = "template1") -> str:
        """The address of a new database: an empty one, or a copy."""
        self.run("createdb", "-h", str(self.socket), "-U", "postgres", "-T", like, name)
        return f"postgres://postgres@/{name}?host={self.socket}"

    def start(self) -> "Cluster":
        self.socket.mkdir()
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
            shutil.chown(self.socket, "postgres")
        self.folder.chmod(0o755)
        self.run(
            "initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"
        )
        self.boot()
        return self

    def boot(self) -> None:
        fast = "" if self.durable else " -c fsync=off -c full_page_writes=off"
        options = f"-c listen_addresses='' -k {self.socket}{fast}"
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", str(self.data), "-o", options, "-l", log, "-w", "start")

    def halt(self, mode: str = "fast") -> None:
        self.run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop")

    def stop(self) -> None:
        if (self.data / "postmaster.pid").exists():  # not halted by a test that failed
            self.halt("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, program: str, *arguments: str) -> None:
        command = [str(binaries() / program), *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)


def binaries() -> Path:
    """The folder of the newest PostgreSQL's programs. Raises LookupError where there is none."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = folders[-1] if folders else shutil.which("initdb")
    if not found:
        raise LookupError("PostgreSQL is not installed: apt-get install postgresql")
    return Path(found).parent


@contextmanager
def cluster(durable: bool = False) -> Iterator[Cluster]:
    server = Cluster(durable).start()
    try:
        yield server
    finally:
        server.stop()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Before pytest-django reads the settings. Parallel workers inherit the address."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        CLUSTERS.append(Cluster().start())
        os.environ["DATABASE_URL"] = CLUSTERS[0].url


def pytest_unconfigure() -> None:
    while CLUSTERS:
        CLUSTERS.pop().stop()


if __name__ == "__main__":  # `python -m tests.postgres`: can the suite run on PostgreSQL here?
    try:
        binaries()
    except LookupError as error:
        sys.exit(f"== PostgreSQL == SKIPPED: {error}")
