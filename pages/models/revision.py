from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

from django.db import connections, models, router, transaction
from django.utils import timezone

from pages.models import last_known
from pages.models.edition import Edition
from pages.models.practice import Practice


class SiteRevision(models.Model):
    """One number for all that the public can see; it rises with each change.

    Whoever keeps pages in memory compares `current()` and makes them anew when it rose.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    number = models.PositiveBigIntegerField(default=0)
    next_change_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="revision_one_row")]

    def __str__(self) -> str:
        return str(self.number)

    @classmethod
    def current(cls, now: datetime | None = None) -> int:
        """The number now; it rises here when a moment of change has come since the last look."""
        now = now or timezone.now()
        revision = cls.objects.filter(id=1).first()
        if revision is None or (revision.next_change_at and revision.next_change_at <= now):
            return cls.raise_(now)
        return revision.number

    @classmethod
    def last_number(cls) -> int:
        """As it was stored; 0 before anything was. Asked at every send, so without a queryset."""
        connection = connections[router.db_for_read(cls)]
        with connection.cursor() as cursor:
            table = connection.ops.quote_name(cls._meta.db_table)
            cursor.execute(f"SELECT number FROM {table} WHERE id = 1")  # noqa: S608  # our own name
            row = cursor.fetchone()
        return int(row[0]) if row else 0

    @classmethod
    @transaction.atomic
    def raise_(cls, now: datetime | None = None) -> int:
        """Called by each save that the public can see. Returns the new number."""
        now = now or timezone.now()
        cls.objects.get_or_create(id=1)
        revision = cls.objects.select_for_update().get(id=1)
        revision.number += 1
        revision.next_change_at = next_change(now)
        revision.save()
        transaction.on_commit(last_known.keep, robust=True)
        return revision.number


T = TypeVar("T")


class OfRevision(Generic[T]):
    """What is worked out from what the site says, kept until the site revision moves on.

    Inside a transaction it is worked out anew: what is not committed may never come to be.
    """

    def __init__(self, work_out: Callable[[], T]) -> None:
        self.work_out = work_out
        self._kept: tuple[int, T] | None = None

    def __call__(self) -> T:
        if connections[router.db_for_read(SiteRevision)].in_atomic_block:
            return self.work_out()
        # The number first: a change between the two is then found at the next look.
        number = SiteRevision.last_number()
        kept = self._kept
        if kept is None or kept[0] != number:
            self._kept = kept = number, self.work_out()
        return kept[1]


current_practice = OfRevision(Practice.current)


def next_change(now: datetime) -> datetime | None:
    """When something that the public sees next changes by itself.

    An edition whose time comes, or a turn of the practice's clock: midnight (openings grow old, a
    pause ends) and the hours it opens and closes (the promise moves on).
    """
    practice = Practice.objects.prefetch_related("opening_hours").first()
    moments = [Edition.objects.next_live_at(now), practice and practice.next_turn(now)]
    return min((moment for moment in moments if moment), default=None)
