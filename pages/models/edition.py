from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from pages.models.page import Page
from pages.models.source import Source


class EditionQuerySet(models.QuerySet["Edition"]):
    def live(self, now: datetime | None = None) -> Self:
        """Those whose time has come."""
        return self.filter(cancelled_at=None, live_at__lte=now or timezone.now())


class Edition(models.Model):
    """A published copy of a page. It never changes; what comes after it is another edition."""

    page = models.ForeignKey(Page, models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    content = models.JSONField(null=True)
    withdraws = models.BooleanField(default=False)
    live_at = models.DateTimeField()
    made_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    restored_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    sources = models.ManyToManyField(Source, through="EditionSource")

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint("page", "number", name="edition_number_once"),
            models.CheckConstraint(
                condition=models.Q(withdraws=True, content__isnull=True)
                | models.Q(withdraws=False, content__isnull=False),
                name="edition_withdraws_without_content",
            ),
            models.CheckConstraint(
                condition=models.Q(cancelled_at=None)
                | models.Q(cancelled_at__lt=models.F("live_at")),
                name="edition_cancelled_before_live",
            ),
        ]
        indexes = [
            models.Index(
                "page", models.F("live_at").desc(), models.F("number").desc(),
                condition=models.Q(cancelled_at=None), name="edition_public",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.page} {self.number}"


class EditionSource(models.Model):
    """Which sources an edition cites: one that is cited cannot be deleted."""

    edition = models.ForeignKey(Edition, models.CASCADE)
    source = models.ForeignKey(Source, models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint("edition", "source", name="edition_source_once")]

    def __str__(self) -> str:
        return f"{self.edition}: {self.source}"
