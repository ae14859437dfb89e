"""Whether a bad day would be survived, and whether what was erased ends, as rules of readiness."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from intake.backup import age, kept
from intake.models import Backup
from intake.readiness import ago
from pages.readiness import Finding, Where, rule

# One a night; a night that failed is made up for within the next.
FRESH_FOR = timedelta(days=2)
SECTION = "docs/operate.md, Back up"


@dataclass(frozen=True)
class Backups:
    """`trouble` is what keeps the recipients from being used."""

    recipients: int
    trouble: str
    last: datetime | None
    oldest: datetime | None
    life: timedelta
    now: datetime


def backups() -> Backups:
    last, files = Backup.objects.last_good(), kept.files()
    return Backups(
        recipients=len(settings.BACKUP_RECIPIENTS),
        trouble=_trouble(),
        last=last.made_at if last else None,
        oldest=files[-1].made_at if files else None,
        life=kept.life(),
        now=timezone.now(),
    )


def _trouble() -> str:
    try:
        age.recipients(settings.BACKUP_RECIPIENTS)
    except age.Unusable as error:
        return str(error)
    return ""


@rule(
    "backup-recipient",
    about="Backups are encrypted to someone",
    why="Without a recipient none is made, and a broken disk takes every open request with it.",
    of=backups,
)
def encrypted_to_someone(found: Backups) -> Iterator[Finding]:
    if not found.recipients:
        yield Finding("No recipient of backups is set.", Where(f"BACKUP_RECIPIENT: {SECTION}"))
    elif found.trouble:
        yield Finding(found.trouble, Where("BACKUP_RECIPIENT"))


@rule(
    "backup-fresh",
    about="A backup is made each night",
    why="What came in since the last one is gone with a broken disk.",
    of=backups,
)
def made_each_night(found: Backups) -> Iterator[Finding]:
    if not found.recipients:
        return
    if found.last is None:
        yield Finding("No backup has been made yet.", Where("manage.py backup"))
    elif found.now - found.last > FRESH_FOR:
        what = f"The last backup is {ago(found.now - found.last)} old."
        yield Finding(what, Where("manage.py backup, and the worker's log"))


@rule(
    "backup-old",
    about="Old backups are gone",
    why="People were told until when what they erase is gone from every copy.",
    of=backups,
)
def old_ones_are_gone(found: Backups) -> Iterator[Finding]:
    if found.oldest and found.now - found.oldest > found.life:
        days = found.life.days
        what = f"A backup of {found.oldest:%Y-%m-%d} is still there. They are kept for {days} days."
        yield Finding(what, Where("BACKUP_DIR, and wherever backups are copied to"))
