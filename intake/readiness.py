"""Whether what people send reaches someone, as rules of the site's readiness."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Min
from django.utils import timezone

from intake.key_life import KeyLife, key_life
from intake.models import Event, Heartbeat, Key, Notice
from intake.models.readers import readers
from pages.readiness import Finding, Stage, Where, rule

# The worker goes round every minute; one that waits for the database is back within another.
SEEN_WITHIN = timedelta(minutes=5)
# A mail that fails is tried again within minutes; by then it is no passing trouble.
SENT_WITHIN = timedelta(hours=1)


@dataclass(frozen=True)
class Mail:
    leaves: bool
    readers: int


def mail() -> Mail:
    """A machine that serves the public only sends none."""
    leaves = settings.EMAIL_CONFIGURED or settings.SURFACE == "public"
    return Mail(leaves, readers().count())


@rule(
    "mail",
    about="Mail leaves this machine",
    why="Staff learn of a new request by mail. Now it is written to files that nobody opens.",
    of=mail,
)
def mail_leaves(found: Mail) -> Iterator[Finding]:
    if not found.leaves:
        yield Finding("No mail server is set.", Where("EMAIL_URL"))


@rule(
    "readers",
    about="Someone is told about new requests",
    why="A request could wait past its promise because nobody knew of it.",
    of=mail,
)
def someone_reads(found: Mail) -> Iterator[Finding]:
    if not found.readers:
        what = "No account that may read requests has a mail address."
        yield Finding(what, Where.listing("Users", User))


def nightly(found: Heartbeat | None, now: datetime) -> str:
    """Whether requests are known to arrive: '' while a test of the last day says so."""
    if found is None or not found.is_stale(now):
        return ""
    if found.accepted_at:
        said = f"The last test of the site that succeeded is {ago(now - found.accepted_at)} old."
    else:
        said = "No test of the site has succeeded yet."
    trouble = Heartbeat.Trouble(found.trouble).label if found.trouble else ""
    return f"{said} {trouble}." if trouble else said


def heartbeat() -> str:
    return nightly(Heartbeat.objects.first(), timezone.now())


@rule(
    "heartbeat",
    about="A request arrives each night",
    why="The worker sends one through the form to the mail server. Without it nobody knows that "
    "what people send arrives.",
    of=heartbeat,
)
def arrives_each_night(found: str) -> Iterator[Finding]:
    if found:
        yield Finding(found, Where("manage.py heartbeat"))


@dataclass(frozen=True)
class Worker:
    """Moments; None where there is none."""

    seen_at: datetime | None
    oldest_unsent: datetime | None
    now: datetime


def worker() -> Worker:
    oldest = Notice.objects.unsent().aggregate(at=Min("made_at"))["at"]
    return Worker(Heartbeat.objects.seen_at(), oldest, timezone.now())


@rule(
    "worker",
    about="The worker is alive",
    why="It sends the mail about new requests and deletes what has served its time.",
    of=worker,
)
def worker_alive(found: Worker) -> Iterator[Finding]:
    where = Where("manage.py serve, or manage.py work beside it")
    if found.seen_at is None:
        yield Finding("No worker was ever seen.", where)
    elif found.now - found.seen_at > SEEN_WITHIN:
        yield Finding(f"The worker was last seen {ago(found.now - found.seen_at)} ago.", where)


@rule(
    "notices",
    about="Mail about requests goes out",
    why="Someone wrote, and staff may not know it.",
    of=worker,
)
def notices_go_out(found: Worker) -> Iterator[Finding]:
    if found.oldest_unsent and found.now - found.oldest_unsent > SENT_WITHIN:
        what = f"A mail to staff has waited for {ago(found.now - found.oldest_unsent)}."
        yield Finding(what, Where("EMAIL_URL, and the worker's log"))


@rule(
    "key-life",
    about="The key is a new one",
    why="What was erased opens with the key of its time, in old files and backups, until that is "
    "replaced and destroyed.",
    of=key_life,
    stage=Stage.AGAIN,
)
def key_is_young(found: KeyLife) -> Iterator[Finding]:
    days = found.life.days
    if found.is_over:
        what = f"The key that seals requests is {found.days} days old; {days} is its life."
        yield Finding(what, Where("manage.py keys rotate"))
    for key in found.to_destroy:
        what = f"Key {key} was retired {days} days ago or more, and still opens here."
        yield Finding(what, Where(f"manage.py keys destroy {key}"))


@dataclass(frozen=True)
class Paper:
    """Whether there is a recovery sheet of the key in use."""

    key: str
    printed: bool


def paper() -> Paper:
    key = Key.objects.filter(is_primary=True).values_list("pk", flat=True).first() or ""
    printed = Event.objects.filter(verb=Event.Verb.SHEET_PRINTED, facts__key=key)
    return Paper(key, printed.exists())


@rule(
    "recovery-sheet",
    about="The keys are on paper, in a safe",
    why="Where the machine and its keys are lost, nobody can ever read what people wrote.",
    of=paper,
)
def keys_on_paper(found: Paper) -> Iterator[Finding]:
    if found.key and not found.printed:
        what = f"No recovery sheet was printed since key {found.key} seals requests."
        yield Finding(what, Where("manage.py keys sheet"))


def ago(time: timedelta) -> str:
    """In whole minutes, hours or days: "12 minutes"."""
    for name, size in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if count := int(time.total_seconds() // size):
            return f"{count} {name}{'s' if count > 1 else ''}"
    return "a moment"
