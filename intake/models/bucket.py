from datetime import UTC, datetime, timedelta

from django.db import connections, models, router
from django.utils import timezone

from intake.fields import BytesField

ADD_ONE = """
INSERT INTO {table} ({key}, {window_start}, {n}, {expires_at}) VALUES (%s, %s, 1, %s)
ON CONFLICT ({key}, {window_start}) DO UPDATE SET {n} = {table}.{n} + 1
RETURNING {n}
"""


class BucketManager(models.Manager["Bucket"]):
    def add_one(self, key: bytes, window: timedelta, now: datetime) -> int:
        """One more in the stretch of time that `now` falls into. Returns how many that makes.

        Inside a transaction it is exact, whoever else counts: the row stays locked until the end,
        and what is rolled back was never counted.
        """
        start = beginning(window, now)
        values = {"key": key, "window_start": start, "expires_at": start + window}
        connection = connections[router.db_for_write(self.model)]
        fields = {field.attname: field for field in self.model._meta.local_concrete_fields}
        quote = connection.ops.quote_name
        columns = {name: quote(str(fields[name].column)) for name in (*values, "n")}
        sql = ADD_ONE.format(table=quote(self.model._meta.db_table), **columns)
        row = [fields[name].get_db_prep_save(values[name], connection) for name in values]
        with connection.cursor() as cursor:
            cursor.execute(sql, row)
            return int(cursor.fetchone()[0])

    def take_back(self, key: bytes, window: timedelta, now: datetime) -> None:
        """One that was counted before it was known to be right."""
        counted = self.filter(key=key, window_start=beginning(window, now), n__gt=0)
        counted.update(n=models.F("n") - 1)

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
