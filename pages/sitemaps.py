"""What search engines may list, and when each last changed."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max
from django.urls import reverse
from reversion.models import Version

from pages.models import Edition, Therapist


class OwnSitemap(Sitemap):
    """Addresses begin with SITE_URL, whatever host was asked."""

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.SITE_URL).netloc


class Pages(OwnSitemap):
    def items(self) -> list[Edition]:
        found = Edition.objects.public().filter(content__indexable=True)
        return list(found.select_related("page").defer("content").order_by("page__slug"))

    def location(self, item: Edition) -> str:
        return item.page.get_absolute_url()

    def lastmod(self, item: Edition) -> datetime:
        return item.live_at.replace(microsecond=0)


class Therapists(OwnSitemap):
    """Live rows: what dates them is when staff last saved one, or confirmed an opening."""

    def items(self) -> list[tuple[Therapist, date | None]]:
        confirmed = Therapist.objects.here().annotate(on=Max("openings__confirmed_on"))
        saved = dict(
            Version.objects.get_for_model(Therapist)
            .values_list("object_id")
            .annotate(Max("revision__date_created"))
            .order_by()
        )
        return [
            (each, newest(each.on, saved.get(str(each.pk))))
            for each in confirmed.order_by("position", "name")
        ]

    def location(self, item: tuple[Therapist, date | None]) -> str:
        return item[0].get_absolute_url()

    def lastmod(self, item: tuple[Therapist, date | None]) -> date | None:
        return item[1]


def newest(confirmed_on: date | None, saved_at: datetime | None) -> date | None:
    days = (confirmed_on, saved_at and saved_at.date())
    return max((day for day in days if day), default=None)


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
