"""Where the links of a page lead, and whether anything is there."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import models
from django.urls import Resolver404, ResolverMatch, resolve

from pages.models.edition import Edition
from pages.models.page import Page
from pages.models.reading import Reading
from pages.models.source import Source
from pages.models.therapist import Service, Therapist
from pages.rendering import keeps

# Addresses of pages that have a name of their own, and the page that stands there.
NAMED = {"home": "", "therapists": "therapists", "fit": "fit"}
# Who or what an address may name at its end.
ROWS: Mapping[str, Callable[[], models.QuerySet[Any]]] = {
    "therapist": Therapist.objects.here,
    "service": Service.objects.all,
}
# Anchors that a page has by what is live on it, by its kind.
LIVE: Mapping[str, Callable[[], models.QuerySet[Any, str]]] = {
    "sources": lambda: Source.objects.values_list("key", flat=True),
    "therapists": lambda: Therapist.objects.here().values_list("slug", flat=True),
}


class Destinations:
    """What the site has at a moment, as far as the links of one content ask for it."""

    def __init__(
        self, reading: Reading, page: Page | None = None, at: datetime | None = None
    ) -> None:
        self.reading = reading
        self.page = page
        self.at = at
        self.anchors: dict[int, set[str]] = {}  # of each page that was asked for
        hrefs = {href for _, text in reading.texts for href in text.links}
        self.slugs = {slug for href in hrefs for slug in [slug_in(href)] if slug is not None}

    @cached_property
    def public(self) -> dict[str, int]:
        """The public page at each address that is linked to, also at the old ones."""
        asked = models.Q(page__slug__in=self.slugs)
        asked |= models.Q(page__old_addresses__slug__in=self.slugs)
        names = ("page", "page__slug", "page__old_addresses__slug")
        rows = Edition.objects.public(self.at).filter(asked).values_list(*names)
        old = {before: pk for pk, _, before in rows if before}
        return {**old, **{slug: pk for pk, slug, _ in rows}}

    def complaint(self, href: str) -> str:
        """What is wrong with a link and what to do about it; empty where it leads somewhere."""
        if not href:
            return NO_ADDRESS
        if not is_internal(href):
            return "" if keeps(href) else STRIPPED.format(href)
        parts = urlsplit(href)
        if parts.path and not parts.path.startswith("/"):
            return NO_SLASH.format(href)
        if parts.path.startswith(settings.STAFF_PATH):
            return STAFF.format(href)
        return self._inside(href, slug_in(href), unquote(parts.fragment))

    def _inside(self, href: str, slug: str | None, fragment: str) -> str:
        path = urlsplit(href).path
        if not path or self._is_own(slug):
            return self._anchor(href, fragment, self.reading.anchors)
        if slug is None:
            return "" if leads_to_row(path) else NOWHERE.format(href)
        if slug not in self.public:
            return self._not_public(href, slug)
        return self._anchor(href, fragment, self._anchors(slug) if fragment else set())

    def _is_own(self, slug: str | None) -> bool:
        if self.page is None or slug is None:
            return False
        return slug == self.page.slug or self.public.get(slug) == self.page.pk

    def _anchor(self, href: str, fragment: str, anchors: set[str]) -> str:
        if not fragment or fragment in anchors:
            return ""
        return NO_ANCHOR.format(href, fragment, href.partition("#")[0] or "the page")

    def _anchors(self, slug: str) -> set[str]:
        page = self.public[slug]
        if page not in self.anchors:
            content = Edition.objects.public(self.at).get(page=page).content or {}
            live = LIVE.get(content["kind"], set)
            self.anchors[page] = Reading(content, self.reading.facts).anchors | set(live())
        return self.anchors[page]

    def _not_public(self, href: str, slug: str) -> str:
        page = Page.objects.filter(slug=slug).first()
        return NOT_PUBLIC.format(href, page.title) if page else NOWHERE.format(href)


def is_internal(href: str) -> bool:
    try:
        parts = urlsplit(href)
    except ValueError:  # not an address at all: it is cleaned away
        return False
    own = urlsplit(settings.SITE_URL)
    return (parts.scheme, parts.netloc) in {("", ""), ("", own.netloc), (own.scheme, own.netloc)}


def slug_in(href: str) -> str | None:
    """The address of the page that a link leads to; None where it leads to something else."""
    match = match_of(urlsplit(href).path) if is_internal(href) else None
    if match is None:
        return None
    return NAMED.get(match.view_name, match.kwargs["slug"] if match.view_name == "page" else None)


def match_of(path: str) -> ResolverMatch | None:
    """What answers there; a slash that is missing at the end is put there for readers too."""
    for each in (unquote(path), f"{unquote(path)}/"):
        with suppress(Resolver404):
            return resolve(each)
    return None


def leads_to_row(path: str) -> bool:
    """Whether something answers there, and who or what the address names is there too."""
    match = match_of(path)
    if match is None:
        return False
    rows = ROWS.get(match.kwargs.get("kind", match.view_name))
    return rows is None or rows().filter(slug=match.kwargs["slug"]).exists()


NO_ADDRESS = "a link has no address. Write one between its round brackets, such as (/fees/)."
NO_SLASH = "the link {0} starts with no slash. Write / in front for a page here, or https://."
STRIPPED = "the link {0} would not work. Start it with https://, mailto:, tel: or sms:."
STAFF = "the link {0} leads to the staff site, which readers cannot open. Take it out."
NOWHERE = "the link {0} leads nowhere: nothing has this address. Change it, or take it out."
NOT_PUBLIC = "the link {0} leads to “{1}”, which is not public. Show that page first."
NO_ANCHOR = "the link {0} leads to no heading: there is none called #{1}. Link to {2} alone."
