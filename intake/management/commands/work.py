"""What happens beside the pages: mail to staff, indexes for search, old pages away."""

import logging
import signal
import time
from collections.abc import Callable
from typing import Any

from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections
from django.utils import timezone

from intake import digest, due, heartbeat, notices, retention
from intake.backup import unfinished
from intake.backup.making import Nightly, copy_erasures
from intake.encryption import SealBroken, WrongKey, keyring
from intake.models import Anchor, Bucket, ContactRequest, Erasure, Heartbeat, Key, SentPage

log = logging.getLogger(__name__)

EVERY_SECOND = 1.0
EVERY_MINUTE = 60.0
EVERY_HOUR = 3600.0
# What fails (the database is away) waits twice as long each time, up to this.
LONGEST_WAIT = 30.0
# A stop waits this long for what is in hand; what is cut off is done again at the next start.
GRACE = 0.3
INDEXES_A_ROUND = 50
WRONG_KEY = 3


class Task:
    """Something done again and again. It fails alone: the others go on."""

    def __init__(self, name: str, run: Callable[[], int], every: float) -> None:
        self.name, self.run, self.every = name, run, every
        self.wait, self.due = EVERY_SECOND, 0.0

    def attempt(self, now: float) -> bool:
        """True where it was due and is done."""
        if now < self.due:
            return False
        try:
            count = self.run()
        except CommandError:
            raise
        except Exception as error:
            self._fail(now, error)
            return False
        self.wait, self.due = EVERY_SECOND, now + self.every
        if count:
            log.info(self.name, extra={"facts": {"count": count}})
        return True

    def _fail(self, now: float, error: Exception) -> None:
        self.wait = min(self.wait * 2, LONGEST_WAIT)
        self.due = now + self.wait
        facts = {"task": self.name, "again_in_seconds": self.wait}
        log.warning("A task failed", extra={"facts": facts}, exc_info=error)


class Indexes:
    """Fills what phone and email are found by. A row that does not open is left for its key."""

    def __init__(self) -> None:
        self.closed: set[Any] = set()

    def fill(self) -> int:
        found = list(
            ContactRequest.objects.unindexed().exclude(pk__in=self.closed)[:INDEXES_A_ROUND]
        )
        return sum(self._fill(request) for request in found)

    def _fill(self, request: ContactRequest) -> bool:
        try:
            request.fill_indexes()
        except (WrongKey, SealBroken) as error:
            self.closed.add(request.pk)
            log.warning("A request does not open", exc_info=error)
            return False
        return True


def check_keys() -> int:
    """Leaves with status 3 and a sentence where the keys are not the ones of this database, or
    what stands in it must not be served yet."""
    if unfinished.is_marked():
        raise CommandError(unfinished.NOT_SERVED, returncode=WRONG_KEY)
    try:
        Key.objects.verify(keyring())
    except WrongKey as error:
        raise CommandError(str(error), returncode=WRONG_KEY) from error
    return 0


def delete_old_sessions() -> int:
    """Of staff, and of whoever looked at the sign-in."""
    return Session.objects.filter(expire_date__lte=timezone.now()).delete()[0]


def tasks() -> list[Task]:
    return [
        Task("Heartbeat", lambda: Heartbeat.objects.beat(), EVERY_MINUTE),
        Task("Late promises told", due.tell_late, EVERY_SECOND),
        Task("Overdue told", due.tell_overdue, EVERY_MINUTE),
        Task("Questions to colleagues ended", due.miss_asks, EVERY_MINUTE),
        Task("Requests returned to the desk", due.return_left_behind, EVERY_MINUTE),
        Task("Check-ins asked", due.ask_check_ins, EVERY_MINUTE),
        Task("Check-ins missed", due.miss_check_ins, EVERY_MINUTE),
        Task("Notices sent", notices.send_due, EVERY_SECOND),
        Task("Requests indexed", Indexes().fill, EVERY_SECOND),
        Task("Anchors dropped", lambda: Anchor.objects.drop_daily(), EVERY_HOUR),
        Task("Nightly tests", heartbeat.send_when_due, EVERY_MINUTE),
        Task("Nightly tests passed", heartbeat.settle, EVERY_MINUTE),
        Task("Digests announced", digest.announce_when_due, EVERY_MINUTE),
        Task("Requests purged", retention.purge_due, EVERY_HOUR),
        Task("Erasures written down", lambda: Erasure.objects.write_down(), EVERY_MINUTE),
        Task("Erasures copied to the backups", copy_erasures, EVERY_MINUTE),
        Task("Backups begun", Nightly().begin_when_due, EVERY_MINUTE),
        Task("Sent pages deleted", lambda: SentPage.objects.delete_expired(), EVERY_HOUR),
        Task("Counts deleted", lambda: Bucket.objects.delete_expired(), EVERY_HOUR),
        Task("Old sessions deleted", delete_old_sessions, EVERY_HOUR),
    ]


class Command(BaseCommand):
    help = "Sends notices and fills indexes until stopped; --once does each thing once."
    requires_system_checks = []
    stopping = False
    resting = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then leave")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            self.once()
        else:
            self.stop_on_signals()
            self.work()

    def once(self) -> None:
        check_keys()
        failed = [task.name for task in tasks() if not task.attempt(time.monotonic())]
        if failed:
            raise CommandError(f"Not done: {', '.join(failed)}.")

    def work(self) -> None:
        """Until stopped. A database that is away at the start is waited for, as later on."""
        keys = Task("Keys checked", check_keys, EVERY_SECOND)
        while not self.stopping and not keys.attempt(time.monotonic()):
            self.rest()
        todo = tasks()
        while not self.stopping:
            for task in todo:
                task.attempt(time.monotonic())
            self.rest()
        signal.setitimer(signal.ITIMER_REAL, 0)

    def rest(self) -> None:
        close_old_connections()
        self.resting = True
        if not self.stopping:
            time.sleep(EVERY_SECOND)
        self.resting = False

    def stop_on_signals(self) -> None:
        signal.signal(signal.SIGTERM, self.soon)
        signal.signal(signal.SIGINT, self.soon)
        signal.signal(signal.SIGALRM, self.now)

    def soon(self, *_: Any) -> None:
        """After the grace at the latest; at once where nothing is in hand."""
        self.stopping = True
        signal.setitimer(signal.ITIMER_REAL, 0.001 if self.resting else GRACE)

    def now(self, *_: Any) -> None:
        raise SystemExit(0)
