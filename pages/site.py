"""What every page of the site shows around its own words, read at most once a request."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Self

from django.db.models import Case, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

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
NAMES = ("practice", "crisis", "directory", "main_links", "year")


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


# What an entry is made of, in its order.
LISTED = ("page__slug", *(f"content__{f.name}" for f in fields(Entry) if f.name != "slug"))


def in_order(rows: Iterable[Sequence[Any]]) -> dict[str, Entry]:
    entries = sorted((Entry(*row) for row in rows), key=lambda e: (e.position, e.label))
    return {entry.slug: entry for entry in entries}


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

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        if not hasattr(request, "_site"):
            request._site = cls(request)  # type: ignore[attr-defined]
        found: Self = request._site  # type: ignore[attr-defined]
        return found

    @cached_property
    def practice(self) -> Practice:
        return Practice.of(self.request)

    @cached_property
    def crisis_lines(self) -> dict[str, list[CrisisLine]]:
        return CrisisLine.objects.in_groups(self.practice)

    @cached_property
    def crisis(self) -> dict[str, CrisisLine]:
        """The first line of each group."""
        return {group: lines[0] for group, lines in self.crisis_lines.items() if lines}

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """The public pages by address, in the order of the directory."""
        return in_order(Edition.objects.public().values_list(*LISTED))

    def open(self, slug: str) -> tuple[Page, dict[str, Any]] | None:
        """A public page and its content, read in one query with the entries of all pages."""
        content = Case(When(page__slug=slug, then="content"))
        rows = Edition.objects.public().annotate(here=content).values_list(*LISTED, "page", "here")
        self.entries = in_order(row[:-2] for row in rows)
        return next(((page_of(pk, slug), here) for *_, pk, here in rows if here), None)

    @cached_property
    def main_links(self) -> list[Link]:
        return [
            self._link(label, self.entries[slug].url)
            for slug, label in MAIN_LINKS.items()
            if slug in self.entries
        ]

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
    def year(self) -> int:
        return timezone.now().year

    def _links_of(self, group: str) -> list[Link]:
        listed: Iterable[Entry] = (e for e in self.entries.values() if e.group == group)
        return [self._link(entry.label, entry.url) for entry in listed]

    def _link(self, label: str, url: str) -> Link:
        return Link(label, url, current=url == self.request.path)
