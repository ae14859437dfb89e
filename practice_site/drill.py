"""A bad day, rehearsed beside the living site: a backup is restored into a place of its own, one
request in it is treated as erased since, and all is looked at. The living data is only read.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import ProgrammingError, connection
from django.utils import timezone

from intake import erasure_log
from intake.erasure_log import Line
from intake.models import ContactRequest, Erasure
from intake.receipts import in_blocks
from practice_site import elsewhere

PLACE = "drill-"
DATABASE = "secure_base_drill"
MAY_NOT = (
    "The drill makes a database of its own on the same server, and this user may not. Allow it: "
    "ALTER ROLE ... CREATEDB."
)


class NotHeld(Exception):  # noqa: N818  # a sentence, not a kind of error
    """The backup would not have brought the site back. The message says why."""


@dataclass(frozen=True)
class Place:
    folder: Path
    database_url: str


def drill(backup: Path, identity: Path) -> list[str]:
    """What the restore and the look at it said. Raises NotHeld."""
    with place() as here:
        erased = erase_one(here.folder)
        said = run(here, "restore", str(backup.resolve()), "--identity", str(identity.resolve()))
        looked = ["--erased", str(erased.pk)] if erased else []
        said += run(here, "verify_data", *looked)
    return [*shown(said, erased)]


def shown(said: list[str], erased: ContactRequest | None) -> Iterator[str]:
    if erased:
        yield f"As if erased since: {in_blocks(erased.reference, '-')}. It is gone from the copy."
    yield from (line for line in said if not line.startswith("Now "))


def erase_one(folder: Path) -> ContactRequest | None:
    """The oldest that is still there, in the copy's log alone. None where there is none."""
    rows = ContactRequest.objects.real().filter(identity_purged_at=None)
    found: ContactRequest | None = rows.order_by("received_at").first()
    log = settings.DATA_DIR / erasure_log.FILE_NAME
    lines = erasure_log.read(log) if log.exists() else []
    if found:
        now = timezone.now().isoformat()
        lines.append(Line(str(found.pk), Erasure.Stage.IDENTITY, now))
    erasure_log.append(folder / erasure_log.FILE_NAME, lines)
    return found


def run(here: Place, *arguments: str) -> list[str]:
    try:
        return elsewhere.run(here.folder, here.database_url, *arguments)
    except elsewhere.Refused as error:
        raise NotHeld(str(error)) from error


@contextmanager
def place() -> Iterator[Place]:
    """On the disk and the server of the living data, for this drill alone, and gone after it."""
    folder = Path(tempfile.mkdtemp(prefix=PLACE, dir=settings.DATA_DIR))
    try:
        with database(folder) as url:
            yield Place(folder, url)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(folder: Path) -> Iterator[str]:
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder / 'site.sqlite3'}"
        return
    drop_database()  # of one that was cut off
    try:
        ask(f"CREATE DATABASE {DATABASE}")
    except ProgrammingError as error:
        raise NotHeld(MAY_NOT) from error
    try:
        parts = urlsplit(settings.ENVIRONMENT.database_url)
        yield urlunsplit(parts._replace(path=f"/{DATABASE}"))
    finally:
        drop_database()


def drop_database() -> None:
    ask(f"DROP DATABASE IF EXISTS {DATABASE}")


def ask(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
