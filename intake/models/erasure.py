import logging
from collections.abc import Iterator
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, models, transaction
from django.utils import timezone

from intake import erasure_log
from intake.erasure_log import Line

log = logging.getLogger(__name__)

A_ROUND = 500


class ErasureManager(models.Manager["Erasure"]):
    def note(self, request: UUID, stage: str) -> None:
        """In the transaction that erases, so that neither stands without the other.

        The log outside is written after the commit. A crash in between leaves a row that is not
        written down yet, and the worker does it within a minute. The other way round a line could
        stand for an erasure that was rolled back, and a restore would erase what nobody erased.
        """
        self.create(request=request, stage=stage)
        transaction.on_commit(lambda: self.write_down_soon())

    def lines(self) -> Iterator[Line]:
        return (row.line for row in self.order_by("pk").iterator())

    def write_down_soon(self) -> None:
        """At once where that works: what was erased stays erased whether it does or not."""
        try:
            self.write_down()
        except (OSError, DatabaseError) as error:
            log.warning("An erasure is not written down yet", exc_info=error)

    def write_down(self) -> int:
        """Appends what is not in the log yet; how many lines. At least once each.

        The public machine has no part in backups: there the row waits for the worker.
        """
        if settings.SURFACE == "public":
            return 0
        rows = list(self.filter(logged_at=None).order_by("pk")[:A_ROUND])
        if rows:
            erasure_log.append(settings.DATA_DIR / erasure_log.FILE_NAME, [r.line for r in rows])
            self.filter(pk__in=[row.pk for row in rows]).update(logged_at=timezone.now())
        return len(rows)


class Erasure(models.Model):
    """Something was erased: of which request, what, and when. Kept after all else is gone."""

    class Stage(models.TextChoices):
        WORDS = "words", "The words"
        IDENTITY = "identity", "Everything"

    request = models.UUIDField()  # no key to the row: it says what must stay erased in any copy
    stage = models.CharField(max_length=10, choices=Stage)
    at = models.DateTimeField(default=timezone.now)
    logged_at = models.DateTimeField(null=True)

    objects = ErasureManager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(logged_at=None), name="erasure_not_logged"
            )
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.stage}"

    @property
    def line(self) -> Line:
        return Line(str(self.request), self.stage, self.at.isoformat())
