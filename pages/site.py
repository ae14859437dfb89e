"""What every page of the site shows around its own words, read at most once a request."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Self

from django.conf import settings
from django.db.models import Case, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from pages import share_image
from pages.models import CrisisLine, Edition, Page, Practice

# The row of links under the name, where their pages are public.
MAIN_LINKS = {
    "attachment": "Read",
    "how-therapy-works": "Therapy here",
    "therapists": "Therapists",
    "fees": "Fees",
    "fit": "Find a fit",
}


# What every template finds beside its page.
NAMES = ("practice", "crisis", "directory", "main_links", "year", "site_url", "share_images")


@dataclass(frozen=True)
class Entry:
    """A public page as lists name it."""

    slug: str
    label: str
    group: str
    position: int
    indexable: bool

    @property
    def url(self) -> str:
        return reverse("page", args=[self.slug]) if self.slug else reverse("home")


# An address that a page had before, and what its entry is made of.
LISTED = (
    "page__old_addresses__slug",
    "page__slug",
    *(f"content__{fact.name}" for fact in fields(Entry) if fact.name != "slug"),
)


def page_of(pk: int, slug: str) -> Page:
    """The row of a page; its other columns are read if someone asks for them."""
    return Page.from_db(None, ["id", "slug"], [pk, slug])


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    current: bool


class Site:
    """The facts of one request. Each is read when first asked for."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        # Set once the database failed under this request: what was read of it is half a truth.
        self.database_failed = False

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        if not hasattr(request, "_site"):
            request._site = cls(request)  # type: ignore[attr-defined]
        found: Self = request._site  # type: ignore[attr-defined]
        return found

    @cached_property
    def practice(self) -> Practice:
        return Practice.of(self.request)

    @property
    def crisis_lines(self) -> dict[str, list[CrisisLine]]:
        return self.practice.crisis_lines

    @cached_property
    def crisis(self) -> dict[str, CrisisLine]:
        """The one line of each kind that short sentences name."""
        return self.practice.crisis

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """The public pages by address, in the order of the directory."""
        entries = sorted({entry for _, entry in self._rows}, key=lambda e: (e.position, e.label))
        return {entry.slug: entry for entry in entries}

    def open(self, slug: str) -> tuple[Page, dict[str, Any]] | None:
        """A public page and its content, read in one query with what lists say of all pages."""
        content = Case(When(page__slug=slug, then="content"))
        public = Edition.objects.public().annotate(here=content)
        rows = list(public.values_list(*LISTED, "page", "here"))
        self._rows = [(before, Entry(*facts)) for before, *facts, _, _ in rows]
        return next(((page_of(pk, slug), here) for *_, pk, here in rows if here), None)

    def entry(self, slug: str) -> Entry | None:
        """The public page that has this address, or had it before it moved."""
        return self.entries.get(slug) or self._moved.get(slug)

    @cached_property
    def main_links(self) -> list[Link]:
        entries = ((label, self.entry(slug)) for slug, label in MAIN_LINKS.items())
        return [self._link(label, entry.url) for label, entry in entries if entry]

    @cached_property
    def directory(self) -> list[dict[str, Any]]:
        """The public pages in their columns."""
        columns = [
            {"key": key, "label": label, "pages": self._links_of(key)}
            for key, label in Page.Group.choices
            if key
        ]
        return [column for column in columns if column["pages"]]

    @cached_property
    def site_url(self) -> str:
        """Before every address that is read elsewhere: in searches, in other people's messages."""
        return str(settings.SITE_URL)

    @cached_property
    def share_images(self) -> dict[str, str]:
        """The picture with the practice's name, and the one that says nothing."""
        return {
            "named": share_image.digest(self.practice.name),
            "neutral": share_image.digest(""),
        }

    @cached_property
    def year(self) -> int:
        return timezone.now().year

    @cached_property
    def _moved(self) -> dict[str, Entry]:
        return {before: entry for before, entry in self._rows if before}

    @cached_property
    def _rows(self) -> list[tuple[str | None, Entry]]:
        """Each public page, once for each address it had before, or with none."""
        rows = Edition.objects.public().values_list(*LISTED)
        return [(before, Entry(*facts)) for before, *facts in rows]

    def _links_of(self, group: str) -> list[Link]:
        listed: Iterable[Entry] = (e for e in self.entries.values() if e.group == group)
        return [self._link(entry.label, entry.url) for entry in listed]

    def _link(self, label: str, url: str) -> Link:
        return Link(label, url, current=url == self.request.path)
