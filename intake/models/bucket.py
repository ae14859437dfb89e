from datetime import UTC, datetime, timedelta

from django.db import models
from django.utils import timezone

from intake.fields import BytesField


class BucketManager(models.Manager["Bucket"]):
    def add_one(self, key: bytes, window: timedelta, now: datetime) -> int:
        """One more in the stretch of time that `now` falls into. Returns how many that makes.

        Inside a transaction it is exact, whoever else counts: the row stays locked until the end,
        and what is rolled back was never counted.
        """
        start = beginning(window, now)
        row = self.filter(key=key, window_start=start)
        if not row.update(n=models.F("n") + 1):
            fresh = Bucket(key=key, window_start=start, n=0, expires_at=start + window)
            self.bulk_create([fresh], ignore_conflicts=True)
            row.update(n=models.F("n") + 1)
        return row.values_list("n", flat=True).get()

    def delete_expired(self) -> int:
        """How many were deleted."""
        return self.filter(expires_at__lte=timezone.now()).delete()[0]


def beginning(window: timedelta, now: datetime) -> datetime:
    """Of the stretch of that length which `now` falls into; an hour begins on the hour."""
    seconds = int(window.total_seconds())
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)


class Bucket(models.Model):
    """How often someone came within a stretch of time. The key is a keyed hash, good for a day."""

    key = BytesField()
    window_start = models.DateTimeField()
    n = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)

    objects = BucketManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "window_start"], name="bucket_window_once")
        ]

    def __str__(self) -> str:
        return f"{self.n} since {self.window_start:%H:%M}"
