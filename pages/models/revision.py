from django.db import models


class SiteRevision(models.Model):
    """One number for all that the public can see; it rises with each change.

    Whoever keeps pages in memory compares it, and looks again when `next_change_at` has come.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    number = models.PositiveBigIntegerField(default=0)
    next_change_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="revision_one_row")]

    def __str__(self) -> str:
        return str(self.number)
