"""What search engines may list, and when each last changed."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.urls import reverse

from pages.models import Edition, Therapist


class OwnSitemap(Sitemap):
    """Addresses begin with SITE_URL, whatever host was asked."""

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.SITE_URL).netloc


class Pages(OwnSitemap):
    def items(self) -> QuerySet[Edition]:
        found = Edition.objects.public().filter(content__indexable=True)
        return found.select_related("page").defer("content").order_by("page__slug")

    def location(self, item: Edition) -> str:
        return item.page.get_absolute_url()

    def lastmod(self, item: Edition) -> datetime:
        return item.live_at.replace(microsecond=0)


class Therapists(OwnSitemap):
    """Live rows: what was last confirmed on the page is what dates it."""

    def items(self) -> QuerySet[Therapist]:
        return Therapist.objects.here().annotate(confirmed_on=Max("openings__confirmed_on"))

    def lastmod(self, item: Any) -> date | None:
        confirmed_on: date | None = item.confirmed_on
        return confirmed_on


class Contact(OwnSitemap):
    def items(self) -> list[str]:
        return ["intake:contact"]

    def location(self, item: str) -> str:
        return reverse(item)


SITEMAPS: dict[str, type[Sitemap]] = {
    "pages": Pages,
    "therapists": Therapists,
    "contact": Contact,
}
