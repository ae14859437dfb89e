from datetime import datetime

from django.db import models
from django.utils import timezone


class HeartbeatManager(models.Manager["Heartbeat"]):
    def beat(self) -> int:
        """Called by the worker at each of its rounds. Counts nothing."""
        self.update_or_create(id=1, defaults={"at": timezone.now()})
        return 0

    def seen_at(self) -> datetime | None:
        """When the worker last went round; None where none ever did."""
        return self.values_list("at", flat=True).first()


class Heartbeat(models.Model):
    """The one row that says that a worker is alive."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    at = models.DateTimeField()

    objects = HeartbeatManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="heartbeat_one_row")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
