"""One mail a day to those who read requests: what waits, by its references alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.db import transaction
from django.utils import timezone

from intake import moments
from intake.clock import clock_of
from intake.models import ContactRequest, Heartbeat, Notice
from intake.models.inbox import ContactRequestQuerySet
from intake.receipts import in_blocks
from pages.models import Practice

# So many references of a kind; the inbox has them all.
MOST = 40
# A notice that is younger may be on its way.
ON_ITS_WAY = timedelta(minutes=15)


@dataclass(frozen=True)
class Some:
    """The first references, in the order of their work, and how many there are in all."""

    references: tuple[str, ...]
    count: int

    @classmethod
    def of(cls, rows: ContactRequestQuerySet) -> Self:
        found = rows.values_list("reference", flat=True)
        return cls(tuple(in_blocks(each, "-") for each in found[:MOST]), rows.count())


@dataclass(frozen=True)
class Digest:
    overdue: Some
    today: Some
    unassigned: Some
    held: Some
    unsent: int

    @classmethod
    def at(cls, now: datetime, practice: Practice) -> Self:
        tomorrow = moments.end_of_today(now, practice.tz)
        waiting = ContactRequest.objects.real().open()
        clear = waiting.not_held().by_due()
        unsent = Notice.objects.unsent().exclude(kind=Notice.Kind.DIGEST)
        return cls(
            overdue=Some.of(clear.filter(due_at__lt=now)),
            today=Some.of(clear.filter(due_at__gte=now, due_at__lt=tomorrow)),
            unassigned=Some.of(clear.unassigned()),
            held=Some.of(waiting.held().by_due()),
            unsent=unsent.filter(made_at__lte=now - ON_ITS_WAY).count(),
        )

    @property
    def is_empty(self) -> bool:
        kinds = (self.overdue, self.today, self.unassigned, self.held)
        return not self.unsent and not any(kind.count for kind in kinds)


def announce_when_due() -> int:
    """At the practice's opening hour, once a day however many workers: 1 where it was now.

    What comes in later in the day is told by its own notice, and by the digest of the next day.
    """
    now, practice = timezone.now(), Practice.current()
    today = practice.today(now)
    opens = clock_of(practice).opens_on(today)
    if opens is None or now < opens:
        return 0
    with transaction.atomic():
        if not Heartbeat.objects.claim_digest(today, opens):
            return 0
        if Digest.at(now, practice).is_empty:
            return 0
        Notice.objects.announce_digest(today)
    return 1
