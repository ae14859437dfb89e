from datetime import datetime

from django.db import models
from django.utils import timezone


class HeartbeatManager(models.Manager["Heartbeat"]):
    # The newest that this process saw. A beat does not become older, so it is not asked for again.
    newest: datetime | None = None

    def beat(self) -> int:
        """Called by the worker at each of its rounds. Counts nothing."""
        self.update_or_create(id=1, defaults={"at": timezone.now()})
        return 0

    def seen_at(self) -> datetime | None:
        """When the worker last went round; None where none ever did."""
        return self.values_list("at", flat=True).first()

    def seen_since(self, moment: datetime) -> datetime | None:
        """The same; asks the database only where what is known is from before `moment`."""
        if self.newest is None or self.newest < moment:
            self.newest = self.seen_at()
        return self.newest


class Heartbeat(models.Model):
    """The one row that says that a worker is alive."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    at = models.DateTimeField()

    objects = HeartbeatManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="heartbeat_one_row")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
