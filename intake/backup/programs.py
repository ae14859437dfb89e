"""PostgreSQL's own programs, run on the database of the settings."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, Any

from django.db import connection

AS_WHOEVER_RESTORES = ("--no-owner", "--no-privileges")


class Failed(Exception):  # noqa: N818  # a sentence, not a kind of error
    """A program is not there or did not end well. The message says which, and what it said."""


@contextmanager
def pg_dump() -> Iterator[IO[bytes]]:
    """What it writes. Raises Failed at the end, where it did not end well."""
    with running("pg_dump", "--format=custom", stdout=subprocess.PIPE) as process:
        yield process.stdout


@contextmanager
def pg_restore() -> Iterator[IO[bytes]]:
    """What it reads. All of it is there at the end, or nothing is and Failed raised."""
    how = ("--single-transaction", "--exit-on-error")
    with running("pg_restore", *how, stdin=subprocess.PIPE) as process:
        yield process.stdin


@contextmanager
def running(
    name: str, *how: str, stdin: int | None = None, stdout: int | None = None
) -> Iterator[Any]:
    """Killed where the caller fails: a stream that only ends would look whole to it."""
    arguments, variables = connection_to()
    command = [program(name), *how, *AS_WHOEVER_RESTORES, *arguments]
    with TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603  # PostgreSQL's own
            command,
            stdin=stdin,
            stdout=stdout,
            stderr=said,
            env={**os.environ, **variables},  # handed on, not read
        )
        try:
            yield process
        except BrokenPipeError:
            pass  # it ended first, and says why
        except BaseException:
            process.kill()
            raise
        finally:
            close(process)
        if process.returncode:
            raise Failed(f"{name} ended with status {process.returncode}: {last_line(said)}")


def connection_to() -> tuple[list[str], dict[str, str]]:
    """Options and variables as Django hands them to psql; the password is in no option."""
    arguments, variables = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    return [*arguments[1:-1], f"--dbname={arguments[-1]}"], variables or {}


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Failed(f"{name} is not installed. On Debian: apt-get install postgresql-client")
    return found


def close(process: Any) -> None:
    for pipe in (process.stdin, process.stdout):
        try:
            if pipe is not None:
                pipe.close()
        except BrokenPipeError:
            continue
    process.wait()


def last_line(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing."
