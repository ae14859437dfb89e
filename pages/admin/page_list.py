"""What the list of pages says of each, and by what it can be narrowed."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from pages.admin.show_at import in_words
from pages.models import Edition, Page


def state_of(page: Page, zone: ZoneInfo) -> str:
    """What the public sees of it, whether the draft is ahead, and what is to come."""
    edition, coming = page.public_edition, next_to_come(page)
    said = [f"Public, edition {edition.number}." if edition else "Not public."]
    if page.changed_since_published:
        said.append("Changed since published.")
    if coming:
        said.append(f"Edition {coming.number} shows on {moment(coming, zone)}")
    return " ".join(said)


def next_to_come(page: Page) -> Edition | None:
    if hasattr(page, "planned_editions"):  # fetched for a whole list
        return next(iter(page.planned_editions), None)
    return page.scheduled


def moment(edition: Edition, zone: ZoneInfo) -> str:
    return in_words(edition.live_at, zone, timezone.now())


class StateFilter(admin.SimpleListFilter):
    title = "what the public sees"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("public", "Public"),
            ("changed", "Changed since published"),
            ("coming", "Shows later"),
            ("hidden", "Not public"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Page]) -> QuerySet[Page]:
        public = Edition.objects.public().values("page")
        if self.value() == "public":
            return queryset.filter(pk__in=public)
        if self.value() == "hidden":
            return queryset.exclude(pk__in=public)
        if self.value() == "coming":
            return queryset.filter(pk__in=Edition.objects.planned().values("page"))
        if self.value() == "changed":
            changed = [page.pk for page in queryset if page.changed_since_published]
            return queryset.filter(pk__in=changed)
        return queryset
