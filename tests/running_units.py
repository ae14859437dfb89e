"""What the units say, started without systemd in a root directory; and a walk through the site.

The last part of `python -m tests.ten_commands`: called in processes and a network of its own.
"""

import re
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.mailbox import Mailbox, mailbox
from tests import fresh_debian
from tests.proxy import SecureVisitor
from tests.site import eventually
from tests.ten_commands import MAIL_PORT, SITE, say
from tests.visitor import ANSWERS, HiddenFields, KeepsCookies

UNITS = "etc/systemd/system"
EVERY = f"{UNITS}/secure-base-.service.d/every.conf"
# Where systemd puts the first socket that it hands over.
FIRST_SOCKET = 3
READS_AND_WRITES_SECONDS = 4
READER = (
    "from django.contrib.auth.models import User;"
    "User.objects.filter(username='owner').update(email='dana@practice.example')"
)


def main(folder: Path) -> int:
    fresh_debian.mount(folder)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    verify(folder)
    with mailbox(MAIL_PORT) as box, started(folder):
        certificate = folder / f"etc/letsencrypt/live/{SITE}/fullchain.pem"
        visitor, staff = (Guest(f"https://{SITE}", certificate) for _ in range(2))
        walk(folder, visitor, staff, box)
    return 0


def verify(folder: Path) -> None:
    units = [
        f"/{UNITS}/secure-base-{name}" for name in ("web.socket", "web.service", "worker.service")
    ]
    inside(folder, "systemd-analyze", "verify", *units)
    say("systemd-analyze verify: no complaint")


@contextmanager
def started(folder: Path) -> Iterator[None]:
    """The web server with its socket, the worker, nginx. Their namespace ends them."""
    web = settings(folder, "secure-base-web.service")
    where = settings(folder, "secure-base-web.socket")["ListenStream"][0]
    start(folder, web, listener(where))
    start(folder, settings(folder, "secure-base-worker.service"))
    inside(folder, "nginx")
    yield


def settings(folder: Path, name: str) -> dict[str, list[str]]:
    """All lines of a unit and of what counts for every one of ours."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in (f"{UNITS}/{name}", EVERY):
        for key, value in re.findall(r"^(\w+)=(.*)$", (folder / path).read_text(), re.MULTILINE):
            found[key].append(value)
    return found


def listener(address: str) -> socket.socket:
    host, port = address.rsplit(":", 1)
    return socket.create_server((host, int(port)), backlog=512)


def start(folder: Path, unit: dict[str, list[str]], given: socket.socket | None = None) -> None:
    """As its user, in its directory, with its settings and its socket, and nothing else."""
    user, command = unit["User"][0], unit["ExecStart"][0]
    program = f"cd {unit['WorkingDirectory'][0]} && umask {unit['UMask'][0]}"
    if given:
        program += f" && exec {FIRST_SOCKET}<&{given.fileno()}"
        program += " && export LISTEN_PID=$$ LISTEN_FDS=1"
    subprocess.Popen(
        ["chroot", f"--userspec={user}:{unit['Group'][0]}", str(folder), "/bin/bash", "-c",
         f"{program} && exec {command}"],
        env={"PATH": fresh_debian.SYSTEM_PATH, **variables(folder, unit["EnvironmentFile"])},
        pass_fds=[given.fileno()] if given else [],
    )  # fmt: skip
    say(f"Started as {user}, as its unit says: {command}")


def variables(folder: Path, files: list[str]) -> dict[str, str]:
    lines = [
        line for file in files for line in (folder / file.lstrip("/")).read_text().splitlines()
    ]
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def inside(folder: Path, *command: str) -> str:
    done = subprocess.run(
        ["chroot", str(folder), *command],
        env=fresh_debian.environment(), check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return done.stdout


class Guest(KeepsCookies, SecureVisitor):
    """Over TLS, with cookies."""


def walk(folder: Path, visitor: Guest, staff: Guest, box: Mailbox) -> None:
    """Home, the first link, the form, sent, the notice to staff."""
    answers = eventually(lambda: visitor.status("/") == 200, within=60)
    expect(answers, "the home page is shown, through nginx with TLS")
    # Before the account is changed: a link is for it as it was.
    opens(staff, (folder / "root/link").read_text(), "the link that prepare printed")
    inside(folder, "secure-base", "shell", "-v", "0", "-c", READER)
    send(visitor)
    expect(eventually(lambda: box.all == 1), "the worker mailed one notice")
    printed = inside(folder, "secure-base", "staff_link", "owner")
    opens(staff, printed.split()[-1], "the link of secure-base staff_link")
    plain = (folder / "var/log/nginx/secure-base.log").read_text()
    expect("/contact/..." in plain and "127.0.0.1" not in plain, "nginx wrote no address down")


def send(visitor: Guest) -> None:
    form = visitor.get("/contact/")
    time.sleep(READS_AND_WRITES_SECONDS)
    typed = {**HiddenFields(form.text).fields, **ANSWERS, "step": "check"}
    checked = visitor.post("/contact/", typed)
    sent = visitor.post("/contact/", {**HiddenFields(checked.text).fields, "step": "send"})
    expect(sent.status == 303, "the contact request is taken")
    page = visitor.get(urlsplit(sent.headers["location"]).path)
    expect(len(page.code) == 24, "the page after it shows the private code")
    expect(visitor.cookies == {}, "no cookie was set")


def opens(visitor: Guest, link: str, what: str) -> None:
    answer = visitor.get(urlsplit(link).path)
    if answer.status == 302:
        answer = visitor.get(urlsplit(answer.headers["location"]).path)
    expect("New password" in answer.text, f"{what} opens, and asks for a password")


def expect(holds: bool, what: str) -> None:
    say(f"{'ok' if holds else 'NOT SO'}: {what}")
    if not holds:
        sys.exit(1)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
