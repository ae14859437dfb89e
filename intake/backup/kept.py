"""The files in BACKUP_DIR: what they are called, how old they are, which have to go."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from django.conf import settings

from pages.models import Practice

WRITTEN_AS = "%Y-%m-%dT%H-%M-%SZ"
NAME = re.compile(r"backup-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)-(\w{1,16})\.age")
PART = ".part"
# The next one comes a day later, and what is erased must be gone by the last day.
A_DAY = timedelta(days=1)
# A part that nobody wrote to for so long was left by one that was killed.
LEFT_AFTER_SECONDS = 3600


@dataclass(frozen=True)
class File:
    path: Path
    made_at: datetime


def name_of(now: datetime, key: str) -> str:
    """Such as "backup-2026-11-29T02-00-07Z-9f3c71d02b5a44e8.age": when, and under which key."""
    return f"backup-{now.astimezone(UTC):{WRITTEN_AS}}-{key}.age"


def life() -> timedelta:
    """How old a backup may grow, and a key: one number, of the practice."""
    practice = Practice.objects.only("backups_kept_days").first()
    return timedelta(days=(practice or Practice()).backups_kept_days)


def files() -> list[File]:
    """Newest first. What has another name is none of ours."""
    try:
        paths = [*settings.BACKUP_DIR.iterdir()]
    except FileNotFoundError:
        return []
    named = [(path, NAME.fullmatch(path.name)) for path in paths]
    found = [File(path, _moment(name[1])) for path, name in named if name]
    return sorted(found, key=lambda each: each.made_at, reverse=True)


def older_than(age: timedelta, now: datetime) -> list[File]:
    return [each for each in files() if now - each.made_at >= age]


def remove_old(now: datetime) -> int:
    """Before they outlive what people were told. How many."""
    old = older_than(life() - A_DAY, now)
    for each in old:
        each.path.unlink(missing_ok=True)
    return len(old)


def remove_parts() -> None:
    for path in settings.BACKUP_DIR.glob(f"backup-*{PART}"):
        if time.time() - path.stat().st_mtime > LEFT_AFTER_SECONDS:
            path.unlink(missing_ok=True)


@contextmanager
def written(name: str) -> Iterator[IO[bytes]]:
    """A new file, for its owner alone: on the disk and whole, or not there."""
    settings.BACKUP_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    remove_parts()
    part = settings.BACKUP_DIR / f"{name}{PART}"
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(handle)
        part.replace(settings.BACKUP_DIR / name)
        _settle(settings.BACKUP_DIR)
    finally:
        part.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """The name is on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, WRITTEN_AS).replace(tzinfo=UTC)
