from datetime import datetime

from django.db import models, transaction
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


def next_change(now: datetime) -> datetime | None:
    """When something that the public sees next changes by itself.

    An edition whose time comes, or a turn of the practice's clock: midnight (openings grow old, a
    pause ends) and the hours it opens and closes (the promise moves on).
    """
    practice = Practice.objects.prefetch_related("opening_hours").first()
    moments = [Edition.objects.next_live_at(now), practice and practice.next_turn(now)]
    return min((moment for moment in moments if moment), default=None)
