"""How long a key of the practice lives, who is told when it is over, and what goes with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from intake.encryption import keyring
from intake.models import Key, Notice
from intake.models.key import said
from pages.models import Practice

REMIND_EVERY = timedelta(days=7)


@dataclass(frozen=True)
class KeyLife:
    """Of the keys in use: `since` the primary seals, and which retired ones this machine has."""

    primary: str
    since: datetime | None
    to_destroy: tuple[str, ...]
    life: timedelta
    now: datetime

    @property
    def days(self) -> int:
        return (self.now - self.since).days if self.since else 0

    @property
    def is_over(self) -> bool:
        return self.days >= self.life.days


def key_life() -> KeyLife:
    """Two queries."""
    now, keys, held, lives = timezone.now(), list(Key.objects.all()), keyring().private, life()
    primary = next((key for key in keys if key.is_primary), None)
    old = tuple(key.pk for key in keys if key.pk in held and has_served(key, now, lives))
    if primary is None:
        return KeyLife("", None, old, lives, now)
    return KeyLife(primary.pk, primary.created_at, old, lives, now)


def has_served(key: Key, now: datetime, lives: timedelta) -> bool:
    """Retired for so long that no backup needs it any more."""
    return key.retired_at is not None and key.retired_at + lives <= now


def life() -> timedelta:
    """How old a key may grow, and a backup: one number, of the practice.

    What was erased is gone once both have ended.
    """
    practice = Practice.objects.only("backups_kept_days").first()
    return timedelta(days=(practice or Practice()).backups_kept_days)


def remind_when_over() -> int:
    """To each owner once, then once a week until there is a new one. How many mails."""
    found = key_life()
    if not found.is_over or found.since is None:
        return 0
    week = (found.now - found.since - found.life) // REMIND_EVERY
    return Notice.objects.remind_of_key(found.primary, week)


def before_retiring(key: Key, losing: int) -> str:
    """What is to be known before it is done."""
    lost = f"{said(losing)} only with key {key}.\n" if losing else ""
    return (
        f"{lost}Key {key} seals nothing new from now on. A process that still begins with it takes "
        "no request until it is restarted."
    )


def before_destroying(key: Key, losing: int) -> str:
    if losing:
        lost = f"{said(losing)} only with key {key}, and are LOST FOR EVER."
    else:
        lost = f"No request in this database opens only with key {key}: nothing of them is lost."
    return f"{lost}\n{_backups_lost(key)} What was purged while it was in use opens nowhere."


def _backups_lost(key: Key) -> str:
    if key.retired_at is None:
        return ""
    on, lives = f"{key.retired_at:%Y-%m-%d}", life()
    if has_served(key, timezone.now(), lives):
        return f"Backups from before {on} open nowhere any more; none should be left."
    return (
        f"Backups from before {on} open nowhere any more, and are kept until "
        f"{key.retired_at + lives:%Y-%m-%d}. Make a new one first."
    )
