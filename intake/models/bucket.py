from django.db import models

from intake.fields import BytesField


class Bucket(models.Model):
    """How often someone came within a stretch of time. The key is a keyed hash, good for a day."""

    key = BytesField()
    window_start = models.DateTimeField()
    n = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "window_start"], name="bucket_window_once")
        ]

    def __str__(self) -> str:
        return f"{self.n} since {self.window_start:%H:%M}"
