"""A command of this software on other data, in a process of its own: the same settings and keys."""

import subprocess
import sys
from pathlib import Path

from django.conf import settings


class Refused(Exception):  # noqa: N818  # a sentence, not a kind of error
    """The command did not end well. The message is what it said."""


def run(data_dir: Path, database_url: str, *arguments: str) -> list[str]:
    """The lines that it printed. Raises Refused."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
    done = subprocess.run(  # noqa: S603  # our own program
        command,
        env=settings.ENVIRONMENT.elsewhere(data_dir, database_url),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = f"{done.stdout}{done.stderr}".strip()
        raise Refused(said.removeprefix("CommandError: "))
    return done.stdout.splitlines()
