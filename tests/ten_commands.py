"""`python -m tests.ten_commands`: the ten commands of docs/operate.md on a fresh Debian.

They are taken from the page, word for word, and run as root in a root directory that debootstrap
has just made. What a directory cannot have is stood in for, and said: a public name with a
certificate of its own (openssl makes one), and a running systemd (what the units say is started as
they say it: command, user, settings, socket). Then someone reads, sends, and opens the first link.

Needs root, debootstrap and the network. Debian, Python packages, certificates and proxies are
asked for where this machine asks for them.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests import fresh_debian
from tests.site import FIRST_LINK, ROOT

SITE = "practice.example"
MAIL_PORT = 2525
CODE = "/root/secure-base.git"
PAGE = ROOT / "docs" / "operate.md"
HEADING = "## One Debian machine in ten commands"
LAST_WORDS = 3000
VALUE = re.compile(r"^([A-Z]+)=", re.MULTILINE)
# In place of the page's own values.
GIVEN = {"SITE": SITE, "MAIL": f"smtp://127.0.0.1:{MAIL_PORT}", "CODE": CODE}


def main() -> int:
    problem = fresh_debian.missing()
    if problem:
        print(f"Not run: {problem}")  # noqa: T201
        return 1
    folder = Path(tempfile.mkdtemp(prefix="secure-base-debian-", dir="/var/tmp"))
    folder.chmod(0o755)  # a root directory, which everyone may pass
    try:
        say(f"A fresh Debian ({fresh_debian.release()}), by debootstrap")
        fresh_debian.make(folder)
        lend_code(folder)
        apart("--mount", "--pid", "tests.ten_commands", "install", folder)
        apart("--mount", "--pid", "--net", "tests.running_units", folder)
    except subprocess.CalledProcessError as error:
        say(f"FAILED with status {error.returncode}")
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def install(folder: Path) -> int:
    """The commands, one after the other in one shell, as they would be typed."""
    fresh_debian.mount(folder)
    values, commands = on_the_page(PAGE.read_text())
    lines = [
        *given(values),
        *(line for n, each in enumerate(commands, 1) for line in told(n, each)),
    ]
    (folder / "root" / "commands").write_text("\n".join(["set -eu", *lines, ""]))
    said, status = listen(["chroot", str(folder), "/bin/bash", "/root/commands"])
    found = FIRST_LINK.search(said)
    (folder / "root" / "link").write_text(found[1] if found else "")
    if status:
        print(said[-LAST_WORDS:])  # noqa: T201
    return status


def listen(command: list[str]) -> tuple[str, int]:
    """All that is said, and the status. Which command it is at is shown as it goes."""
    pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    lines = []
    with subprocess.Popen(command, env=fresh_debian.environment(), **pipe) as process:
        for line in process.stdout:
            lines.append(line)
            if line.startswith(("== ", "   (stood in")):
                print(line, end="", flush=True)  # noqa: T201
    return "".join(lines), process.returncode


def on_the_page(text: str) -> tuple[list[str], list[str]]:
    """Lines that set a value, and commands, of the first block under the heading."""
    block = text[text.index(HEADING) :].split("```")[1].strip()
    values, commands = block.split("\n\n")
    return values.splitlines(), commands.splitlines()


def given(values: list[str]) -> list[str]:
    """The page's own values, but for those that only a real machine has."""
    names = [VALUE.match(line)[1] for line in values]  # type: ignore[index]
    return [
        f"{name}={GIVEN[name]}" if name in GIVEN else line
        for name, line in zip(names, values, strict=True)
    ]


def told(number: int, command: str) -> list[str]:
    shown = command if len(command) < 100 else f"{command[:97]}..."
    return [f"echo {quoted(f'== {number}. {shown}')}", command]


def quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def lend_code(folder: Path) -> None:
    """What is committed, as a repository that can be cloned."""
    command = ["git", "clone", "--quiet", "--bare", "--no-hardlinks", str(ROOT)]
    subprocess.run([*command, str(folder / CODE.lstrip("/"))], check=True)


def apart(*arguments: str | Path) -> None:
    """A module of ours with mounts, processes and perhaps network of its own: all end with it."""
    options = [each for each in arguments if str(each).startswith("--")]
    module, *rest = [str(each) for each in arguments if each not in options]
    command = ["unshare", *options, "--fork", "--kill-child", sys.executable, "-m", module, *rest]
    subprocess.run([str(each) for each in command], cwd=ROOT, check=True)


def say(text: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {text}", flush=True)  # noqa: T201


if __name__ == "__main__":
    if sys.argv[1:2] == ["install"]:
        sys.exit(install(Path(sys.argv[2])))
    os.environ["PYTHONUNBUFFERED"] = "1"
    sys.exit(main())
