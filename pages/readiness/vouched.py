"""What the site cannot see for itself: someone vouches for it, for a while."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pages.models import Attestation, Practice
from pages.readiness.registry import Finding, Where, rule
from pages.sentences import full_date

Subject = Attestation.Subject
IN_SHORT = {Subject.BACKUPS: "backups"}
HOLDS_FOR = {Subject.BACKUPS: timedelta(days=30)}
NEVER = "Nobody has vouched for it yet."


@dataclass(frozen=True)
class Vouched:
    """By subject, the day on which someone last vouched."""

    on: dict[str, date]
    today: date


def vouched() -> Vouched:
    practice = Practice.objects.get()
    return Vouched(dict(Attestation.objects.values_list("subject", "on")), practice.today())


def old_or_missing(subject: Subject, found: Vouched) -> Iterator[Finding]:
    where = Where(f"Vouch for {IN_SHORT[subject]}", "readiness", anchor=subject.value)
    if subject not in found.on:
        yield Finding(NEVER, where)
    elif found.today - found.on[subject] > HOLDS_FOR[subject]:
        days = HOLDS_FOR[subject].days
        what = f"Last vouched for on {full_date(found.on[subject])}. That holds for {days} days."
        yield Finding(what, where)


@rule(
    "backups",
    about="A backup was opened",
    why="Whether a backup opens shows only where someone opens it: `manage.py backup_drill`.",
    of=vouched,
)
def backups(found: Vouched) -> Iterator[Finding]:
    yield from old_or_missing(Subject.BACKUPS, found)
