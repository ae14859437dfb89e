"""From a backup to a database that may be served: into an empty place, and without what was erased.

What can be wrong is looked for before anything is written. Whoever is killed in between leaves a
mark that keeps the site from serving, and the same command goes on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError, InterfaceError

from intake import erasure_log, retention
from intake.backup import age, database, fitness, unfinished
from intake.backup.age import Unusable, Writable
from intake.backup.fitness import NotRestored
from intake.backup.manifest import Manifest
from intake.backup.programs import Failed
from intake.backup.stream import Parted
from intake.encryption import WrongKey, keyring
from intake.erasure_log import Line, Unreadable
from intake.models import Anchor, Erasure, Key
from intake.progress import Bar
from pages.models import SiteRevision

WITHOUT_LOG = (
    "There is no log of erasures: not beside the backup, not in DATA_DIR. Give the newest with "
    "--erasures: without it, whoever was erased since the backup is back. If it is lost for good, "
    "say --no-erasures."
)


@dataclass(frozen=True)
class Restored:
    manifest: Manifest
    again: int
    rotate: bool


def restore(path: Path, identity: Path, logs: list[Path] | None) -> Restored:
    """`logs` None: the log is lost. Raises NotRestored with a sentence; then nothing is served."""
    try:
        manifest, pour = opened(path, age.identities(identity))
        fitness.check(manifest)
        lines = _erasures(path, logs, manifest)
        if not unfinished.is_marked() or not fitness.is_filled():
            fitness.refuse_filled()
            database.fill(pour)
        return _finish(manifest, lines)
    except (Unusable, Unreadable, WrongKey, Failed) as error:
        raise NotRestored(str(error)) from error
    except (DatabaseError, InterfaceError) as error:
        raise NotRestored(database.away(error)) from error
    except OSError as error:
        raise NotRestored(f"{error.filename or path}: {error.strerror}.") from error


def opened(path: Path, identities: list[Any]) -> tuple[Manifest, database.Pour]:
    """What a backup says of itself, once all of it was read and is whole, and how to pour it out.

    Raises Unusable.
    """
    looked = Parted(lambda piece: None)
    _decrypt(path, looked, identities, "checked")
    if looked.manifest is None:
        raise Unusable("This file holds nothing.")
    return looked.manifest, partial(_pour, path, identities)


def _pour(path: Path, identities: list[Any], target: Writable) -> None:
    _decrypt(path, Parted(target.write), identities, "restored")


def _decrypt(path: Path, target: Writable, identities: list[Any], what: str) -> None:
    with path.open("rb") as file, Bar(path.stat().st_size, what) as bar:
        age.decrypt(bar.reading(file), target, identities)


def _erasures(path: Path, logs: list[Path] | None, manifest: Manifest) -> list[Line]:
    """Of all logs there are. Raises NotRestored where none is as new as the backup."""
    if logs is None:
        return []
    there = {folder / erasure_log.FILE_NAME for folder in (path.parent, settings.DATA_DIR)}
    found = [*logs, *(each for each in sorted(there) if each.exists())]
    if not found:
        raise NotRestored(WITHOUT_LOG)
    lines = list(dict.fromkeys(line for each in found for line in erasure_log.read(each)))
    if len(lines) < manifest.erasures:
        raise NotRestored(
            f"The log of erasures names {len(lines)}, and this backup already knows of "
            f"{manifest.erasures}: it is not the newest. Give that one with --erasures."
        )
    return lines


def _finish(manifest: Manifest, lines: Iterable[Line]) -> Restored:
    """Safe to repeat. The mark goes last."""
    call_command("migrate", interactive=False, verbosity=0)
    rotate = _know_the_newest_key(manifest)
    Key.objects.verify(keyring())
    for problem in Anchor.objects.problems_with(manifest.anchor) if manifest.anchor else ():
        raise NotRestored(f"This is not the database that the backup was made of: {problem}")
    again = retention.replay(lines)
    if again.failed:
        raise NotRestored(f"Not erased again: {again.failed}. The log says why; run this again.")
    erasure_log.keep(settings.DATA_DIR, [*lines, *Erasure.objects.lines()])
    Session.objects.all().delete()  # whoever signed out since would be signed in again
    SiteRevision.raise_()
    unfinished.lift()
    return Restored(manifest, again.all, rotate)


def _know_the_newest_key(manifest: Manifest) -> bool:
    """A backup from before the last rotation goes on with it, where the older key is at hand."""
    ring = keyring()
    if Key.objects.filter(pk=ring.primary).exists():
        return False
    Key.objects.announce(ring)
    return True
