"""A whole site in processes of its own: `prepare`, then `serve`, as a practice runs it.

The suite's end-to-end tests talk to it over loopback, as browsers do.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STARTS_WITHIN_SECONDS = 60
ENDS_WITHIN_SECONDS = 120
READY = re.compile(r"^Ready: (\S+)$", re.MULTILINE)
FIRST_LINK = re.compile(r"(\S+/staff/welcome/\S+)")
OURS = (
    "SECRET_KEY", "DATA_DIR", "DATABASE_URL", "SITE_URL", "STAFF_URL", "SURFACE", "EMAIL_URL",
    "TRUSTED_PROXIES", "BIND", "LOG_LEVEL", "SLOW_QUERY_MS", "DJANGO_SETTINGS_MODULE",
    "INTAKE_PUBLIC_KEYS", "INTAKE_PRIVATE_KEYS", "INTAKE_INDEX_KEY", "INTAKE_EVENT_KEY",
    "INTAKE_THROTTLE_KEY", "INTAKE_RATE", "BACKUP_DIR", "BACKUP_RECIPIENT",
)  # fmt: skip


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def eventually(found: Callable[[], object], within: float = 30) -> bool:
    """Whether it comes true within so many seconds."""
    until = time.monotonic() + within
    while not (came := found()) and time.monotonic() < until:
        time.sleep(0.1)
    return bool(came)


class RunningSite:
    """One site with its own DATA_DIR and port. Use as a context manager, or start and stop."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        self.port = free_port()
        self.variables = variables
        self.log = folder / "log"
        self.first_link = ""
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The machine's environment without the suite's own settings, then this site's."""
        kept: Mapping[str, str] = {k: v for k, v in os.environ.items() if k not in OURS}
        own = {"PORT": str(self.port), "DATA_DIR": str(self.data_dir), "WEB_WORKERS": "1"}
        own["INTAKE_RATE"] = "0"  # all of a suite come from one address
        return {**kept, **own, **self.variables}

    def manage(
        self, *arguments: str, check: bool = True, within: float = ENDS_WITHIN_SECONDS
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=check,
            timeout=within,
        )

    def prepare(self) -> "RunningSite":
        found = FIRST_LINK.search(self.manage("prepare").stdout)
        self.first_link = found[1] if found else ""
        return self

    def start(self) -> "RunningSite":
        self.launch().wait_until_it_says(READY)
        return self

    def launch(self) -> "RunningSite":
        """Starts `serve` and waits for nothing."""
        with self.log.open("w") as log:  # of this start alone
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env={**self.environment, "PYTHONUNBUFFERED": "1"},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        return self

    def wait_until_it_says(self, pattern: re.Pattern[str]) -> None:
        until = time.monotonic() + STARTS_WITHIN_SECONDS
        while time.monotonic() < until and self.process and self.process.poll() is None:
            if pattern.search(self.log.read_text()):
                return
            time.sleep(0.1)
        raise RuntimeError(f"The site did not say {pattern.pattern!r}:\n{self.log.read_text()}")

    def let_pages_catch_up(self) -> None:
        """Every worker drops the pages it keeps within a second of a change."""
        time.sleep(1.05)

    def processes(self, of: str = "") -> list[int]:
        """The ids of all that run for this site, or of those with these words in their command.

        Whoever their parent is, so that nobody who was left behind is missed. Linux only.
        """
        mine, words = f"DATA_DIR={self.data_dir}\0".encode(), of.replace(" ", "\0").encode()
        return sorted(
            int(path.parent.name)
            for path in Path("/proc").glob("[0-9]*/environ")
            if mine in _content(path) and words in _content(path.with_name("cmdline"))
        )

    def stop(self, number: int = signal.SIGTERM) -> int:
        assert self.process
        self.process.send_signal(number)
        return self.process.wait(30)

    def __enter__(self) -> "RunningSite":
        return self.prepare().start()

    def __exit__(self, *error: object) -> None:
        if self.process and self.process.poll() is None:
            self.stop()


def children(parent: int) -> list[int]:
    """The processes that it started; none of one that has just ended."""
    try:
        text = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    except OSError:
        return []
    return [int(each) for each in text.split()]


def _content(path: Path) -> bytes:
    """Nothing for a process that has just ended."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
