"""The database as one stream of bytes, out and in. In: all of it, or nothing."""

import io
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from intake.backup import unfinished
from intake.backup.age import Readable, Unusable, Writable
from intake.backup.programs import pg_dump, pg_restore

AWAY = (
    "The database cannot be reached or written ({}). Check DATABASE_URL, that the server runs, and "
    "that the disk has room."
)
# What passes it on, to be called with what takes it.
Pour = Callable[[Writable], None]


def away(error: Exception) -> str:
    return AWAY.format(" ".join(str(error).split()))


@contextmanager
def content() -> Iterator[Readable]:
    """As it is at this moment, while others write on. Nothing of it touches a disk.

    SQLite copies its pages into memory, twice its size for a moment: no file is shared with who
    writes, and none is left lying.
    """
    if connection.vendor == "postgresql":
        with pg_dump() as stream:
            yield stream
        return
    connection.ensure_connection()
    yield io.BytesIO(connection.connection.serialize())


def fill(pour: Pour) -> None:
    """Puts what `pour` hands over where there is nothing yet, marked as not to be served.

    Raises Unusable for what is no database, and what `pour` raises; nothing is changed then.
    """
    if connection.vendor == "postgresql":
        unfinished.mark()
        with pg_restore() as stream:
            pour(stream)
        return
    _replace_file(Path(connection.settings_dict["NAME"]), pour)


def _replace_file(path: Path, pour: Pour) -> None:
    new = path.with_name(f"{path.name}.restoring")
    _forget(new)
    try:
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            pour(file)
            file.flush()
            os.fsync(file.fileno())
        _check_and_mark(new)
        connection.close()
        _forget(path)
        new.replace(path)
    finally:
        _forget(new)


def _check_and_mark(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as database, database:
            if database.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise Unusable("The database in this backup is damaged. Take the one before it.")
            database.execute(unfinished.MARK)
    except sqlite3.DatabaseError as error:
        raise Unusable("What is in this backup is no database.") from error


def _forget(path: Path) -> None:
    """With what SQLite keeps beside it."""
    for end in ("", "-wal", "-shm", "-journal"):
        path.with_name(f"{path.name}{end}").unlink(missing_ok=True)
