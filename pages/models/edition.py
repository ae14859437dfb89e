from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from pages.models.page import Page
from pages.models.source import Source

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from pages.models.problem import Problem


class NotReadyError(ValueError):
    """Something keeps a page from being shown; `problems` says what, in sentences for staff."""

    def __init__(self, found: "Sequence[Problem]") -> None:
        self.found = list(found)
        self.problems = [str(each) for each in found]
        super().__init__(" ".join(self.problems))


class AlreadyPublicError(ValueError):
    """The time of an edition has come: it can be followed by another one, not taken back."""


class EditionFinalError(TypeError):
    """Someone tried to change or delete an edition."""


class EditionQuerySet(models.QuerySet["Edition"]):
    def live(self, now: datetime | None = None) -> Self:
        """Those whose time has come."""
        return self.filter(cancelled_at=None, live_at__lte=now or timezone.now())

    def public(self, now: datetime | None = None) -> Self:
        """The newest live edition of each page, unless it withdraws the page."""
        same_page = Edition.objects.live(now).filter(page=models.OuterRef("page"))
        newest = same_page.order_by("-live_at", "-number").values("pk")[:1]
        return self.filter(pk=models.Subquery(newest), withdraws=False)

    def public_for(self, slug: str) -> "Edition | None":
        return self.public().filter(page__slug=slug).select_related("page").first()

    def planned(self, now: datetime | None = None) -> Self:
        """Those whose time is still to come, the next one first."""
        coming = self.filter(cancelled_at=None, live_at__gt=now or timezone.now())
        return coming.order_by("live_at", "number")

    def public_moved_from(self, slug: str) -> "Edition | None":
        """That of the page which had this address before it moved."""
        moved = self.public().filter(page__old_addresses__slug=slug)
        return moved.select_related("page").first()

    def next_live_at(self, now: datetime) -> datetime | None:
        return self.planned(now).values_list("live_at", flat=True).first()

    def make(
        self,
        page: Page,
        by: "User | None",
        content: dict[str, Any] | None,
        live_at: datetime | None = None,
        restored_from: "Edition | None" = None,
        checked: bool = True,
    ) -> "Edition":
        """The next edition of a page that the caller holds locked. No content withdraws it.

        Those planned for the same time or later are taken back: older words never come back by
        themselves. Unchecked ones are for who shows many pages at once and checks them after.
        """
        from pages.models.problem import check  # it asks editions where links lead
        from pages.models.reading import Reading
        from pages.models.revision import SiteRevision  # it asks editions what comes next

        now = timezone.now()
        live_at = max(live_at or now, now)
        reading = Reading.of(content) if content else None
        if reading and checked:
            check(reading, page, live_at)
        taken_back = Edition.objects.filter(page=page, live_at__gte=live_at).take_back(now)
        edition = Edition.objects.create(
            page=page, number=self.next_number(page), content=content, withdraws=content is None,
            live_at=live_at, made_at=now, by=by, restored_from=restored_from,
        )  # fmt: skip
        edition.taken_back = taken_back
        edition.cite(reading.citations if reading else set())
        SiteRevision.raise_()
        return edition

    def next_number(self, page: Page) -> int:
        last = Edition.objects.filter(page=page).aggregate(n=models.Max("number"))["n"]
        return (last or 0) + 1

    def take_back(self, now: datetime) -> list[int]:
        """Nobody will see those that are still to come. Returns their numbers."""
        coming = self.planned(now).order_by("number")
        numbers = list(coming.values_list("number", flat=True))
        super(EditionQuerySet, coming).update(cancelled_at=now)
        return numbers

    def update(self, **kwargs: Any) -> int:
        raise EditionFinalError("An edition never changes.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise EditionFinalError("An edition is never deleted.")


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

    taken_back: list[int]  # the planned ones that a new one took the place of

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

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise EditionFinalError("An edition never changes.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise EditionFinalError("An edition is never deleted.")

    def publish_again(self, by: "User | None") -> "Edition":
        """Shows this edition's content again, as a new edition; the draft stays as it is."""
        if self.content is None:
            raise ValueError("This edition took the page off the site; it has nothing to show.")
        with transaction.atomic():
            page = Page.objects.locked(self.page_id)
            return Edition.objects.make(page, by, self.content, restored_from=self)

    @transaction.atomic
    def cancel(self, by: "User") -> None:
        """Takes a planned edition back before its time. Raises AlreadyPublicError after it."""
        from pages.models.revision import SiteRevision  # it asks editions what comes next

        page, now = Page.objects.locked(self.page_id), timezone.now()
        if not Edition.objects.filter(pk=self.pk).take_back(now):
            raise AlreadyPublicError(f"Edition {self.number} is not to come any more.")
        self.cancelled_at = now
        page.record(by, f"Edition {self.number} was taken back before its time.")
        SiteRevision.raise_()

    def texts(self) -> list[str]:
        """Every text that may cite a source."""
        content = self.content or {"summary": "", "calm_line": "", "sections": []}
        bodies = [section["body"] for section in content["sections"]]
        return [content["summary"], content["calm_line"], *bodies]

    def check_ready(self) -> None:
        """Raises NotReadyError where it could not be made now."""
        from pages.models.problem import check  # it asks editions where links lead
        from pages.models.reading import Reading

        if self.content is not None:
            check(Reading.of(self.content), self.page, max(self.live_at, timezone.now()))

    def cite(self, keys: Iterable[str]) -> None:
        """Keeps which sources it rests on."""
        EditionSource.objects.bulk_create(
            EditionSource(edition=self, source=source)
            for source in Source.objects.filter(key__in=keys)
        )


class EditionSource(models.Model):
    """Which sources an edition cites: one that is cited cannot be deleted."""

    edition = models.ForeignKey(Edition, models.CASCADE)
    source = models.ForeignKey(Source, models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint("edition", "source", name="edition_source_once")]

    def __str__(self) -> str:
        return f"{self.edition}: {self.source}"
