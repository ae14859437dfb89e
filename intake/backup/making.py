"""Making a backup: read, encrypted and written in one go, so that nothing clear touches a disk."""

import logging
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, ProgrammingError
from django.utils import timezone

from intake import erasure_log
from intake.backup import age, database, kept, unfinished
from intake.backup.manifest import Manifest
from intake.backup.programs import Failed
from intake.backup.stream import Joined
from intake.key_life import life
from intake.models import Backup
from pages.models import Practice

log = logging.getLogger(__name__)

# The hour of the practice's night at which it is made, before the site tests itself.
AT_NIGHT = timedelta(hours=2)
NO_RECIPIENT = (
    "BACKUP_RECIPIENT is not set: nobody could open a backup. Make a pair with `manage.py backup "
    "--new-identity` (or `age-keygen`), keep it away from this machine, and set the public key."
)
NO_KEY = "This database is not prepared: there is nothing to keep. Run `manage.py prepare`."


class NotMade(Exception):  # noqa: N818  # a sentence, not a kind of error
    """There is no backup. The message says why, and what to do."""


@dataclass(frozen=True)
class Made:
    path: Path
    size: int
    anchor: str
    removed: int


def make(row: Backup | None = None) -> Made:
    """One of now, and the ones that are too old are removed. Raises NotMade."""
    to, now = recipients(), timezone.now()
    manifest = _begun(now)
    path = settings.BACKUP_DIR / kept.name_of(now, manifest.primary)
    _write(path, manifest, to)
    _note(row or Backup(begun_at=now), path)
    copy_erasures()
    return Made(path, path.stat().st_size, manifest.anchor, kept.remove_old(now))


def _begun(now: datetime) -> Manifest:
    try:
        if unfinished.is_marked():
            raise NotMade(unfinished.NOT_SERVED)
        manifest = Manifest.of_now(now)
    except ProgrammingError as error:  # no tables
        raise NotMade(NO_KEY) from error
    except (DatabaseError, InterfaceError) as error:
        raise NotMade(database.away(error)) from error
    if not manifest.primary:
        raise NotMade(NO_KEY)
    return manifest


def copy_erasures() -> int:
    """The log of erasures lies beside the backups too, since whoever restores one needs the newest.

    1 where there was something new. The public machine has none.
    """
    if not settings.BACKUP_RECIPIENTS or settings.SURFACE == "public":
        return 0
    return int(erasure_log.copy(settings.DATA_DIR, settings.BACKUP_DIR))


def recipients() -> list[object]:
    if not settings.BACKUP_RECIPIENTS:
        raise NotMade(NO_RECIPIENT)
    try:
        return age.recipients(settings.BACKUP_RECIPIENTS)
    except age.Unusable as error:
        raise NotMade(str(error)) from error


def _write(path: Path, manifest: Manifest, to: list[object]) -> None:
    try:
        with kept.written(path.name) as file, database.content() as body:
            age.encrypt(Joined(manifest.line, body), file, to)
    except OSError as error:
        raise NotMade(_not_written(error)) from error
    except Failed as error:
        raise NotMade(f"{error} Nothing half is left.") from error
    except MemoryError as error:
        raise NotMade(
            "There is not enough memory to copy the database: it takes twice its size for a "
            "moment. See docs/operate.md, Back up."
        ) from error


def _not_written(error: OSError) -> str:
    folder = settings.BACKUP_DIR
    if isinstance(error, FileExistsError) and folder.is_dir():
        return "Another backup is being made this very moment."
    free = f", {shutil.disk_usage(folder).free // 1024**2} MB are free" if folder.is_dir() else ""
    return (
        f"The backup could not be written to {folder} ({error.strerror}{free}). Nothing half is "
        "left. Make room there, or set BACKUP_DIR to a folder of a disk that has some."
    )


def _note(row: Backup, path: Path) -> None:
    try:
        row.made(path.name, path.stat().st_size)
        Backup.objects.forget(timezone.now() - 2 * life())
    except DatabaseError as error:
        raise NotMade(
            f"{path} is whole, but the database does not take the note of it ({error}). Until it "
            "does, the site says that there is no backup."
        ) from error


class Nightly:
    """For the worker: begins the night's backup in a process of its own, and goes on meanwhile."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None

    def begin_when_due(self) -> int:
        """1 where it was begun now. One that failed is begun again within the hour."""
        if not settings.BACKUP_RECIPIENTS or self.is_running():
            return 0
        now = timezone.now()
        row = Backup.objects.claim_night(Practice.current().today(now - AT_NIGHT), now)
        if row is None or row.night is None:
            return 0
        self.process = start("backup", "--night", row.night.isoformat())
        return 1

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


def start(*arguments: str) -> "subprocess.Popen[bytes]":
    """In a group of its own: a worker that is stopped leaves it to its end."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
    return subprocess.Popen(command, start_new_session=True)  # noqa: S603  # our own program
