"""Where the links of a page lead, and whether anything is there."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.urls import Resolver404, ResolverMatch, resolve

from pages.models.edition import Edition
from pages.models.page import Page
from pages.models.reading import Reading
from pages.models.source import Source
from pages.models.therapist import Service, Therapist
from pages.rendering import keeps

# Addresses of pages that have a name of their own, and the page that stands there.
NAMED = {"home": "", "therapists": "therapists", "fit": "fit"}


class Standing:
    """What readers find on the site at a moment: looked up once, whoever asks and how often."""

    def __init__(self, facts: Mapping[str, str], at: datetime | None = None) -> None:
        self.facts = facts
        self.at = at
        self.found_anchors: dict[int, set[str]] = {}  # of each page that was asked for

    @cached_property
    def editions(self) -> list[Edition]:
        """All that is public, each with its page."""
        return list(Edition.objects.public(self.at).select_related("page").order_by("page__slug"))

    @cached_property
    def pages(self) -> dict[str, int]:
        """The public page at each address, also at the old ones."""
        names = ("page", "page__slug", "page__old_addresses__slug")
        rows = list(Edition.objects.public(self.at).values_list(*names))
        old = {before: pk for pk, _, before in rows if before}
        return {**old, **{slug: pk for pk, slug, _ in rows}}

    @cached_property
    def titles(self) -> dict[str, str]:
        """Of every page, public or not, by its address."""
        return dict(Page.objects.values_list("slug", "title"))

    @cached_property
    def sources(self) -> set[str]:
        return set(Source.objects.values_list("key", flat=True))

    @cached_property
    def therapists(self) -> set[str]:
        return set(Therapist.objects.here().values_list("slug", flat=True))

    @cached_property
    def services(self) -> set[str]:
        return set(Service.objects.values_list("slug", flat=True))

    def anchors(self, page: int) -> set[str]:
        """Those of a public page: its own, and those it has by what is live on it."""
        if page not in self.found_anchors:
            content = next(each.content for each in self.editions if each.page_id == page) or {}
            own = Reading(content, self.facts).anchors
            live = {Page.Kind.SOURCES: self.sources, Page.Kind.THERAPISTS: self.therapists}
            self.found_anchors[page] = own | live.get(content["kind"], set())
        return self.found_anchors[page]


def pages_that_link_to(page: Page, facts: Mapping[str, str]) -> list[Page]:
    """The public pages whose words lead to one of the addresses of this one."""
    addresses = {page.slug, *page.old_addresses.values_list("slug", flat=True)}
    return [
        edition.page
        for edition in Standing(facts).editions
        if addresses & linked_slugs(Reading(edition.content or {}, facts))
    ]


def linked_slugs(reading: Reading) -> set[str | None]:
    return {slug_in(href) for _, text in reading.texts for href in text.links}


class Destinations:
    """Where the links of one content lead. `page` is the one that the content is for."""

    def __init__(self, reading: Reading, standing: Standing, page: Page | None = None) -> None:
        self.reading = reading
        self.standing = standing
        self.page = page

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
            return "" if self._leads_to_row(path) else NOWHERE.format(href)
        if slug not in self.standing.pages:
            return self._not_public(href, slug)
        there = self.standing.pages[slug]
        return self._anchor(href, fragment, self.standing.anchors(there) if fragment else set())

    def _is_own(self, slug: str | None) -> bool:
        if self.page is None or slug is None:
            return False
        return slug == self.page.slug or self.standing.pages.get(slug) == self.page.pk

    def _leads_to_row(self, path: str) -> bool:
        """Whether something answers there, and who or what the address names is there too."""
        match = match_of(path)
        if match is None:
            return False
        rows = {"therapist": self.standing.therapists, "service": self.standing.services}
        named = rows.get(match.kwargs.get("kind", match.view_name))
        return named is None or match.kwargs["slug"] in named

    def _anchor(self, href: str, fragment: str, anchors: set[str]) -> str:
        if not fragment or fragment in anchors:
            return ""
        return NO_ANCHOR.format(href, fragment, href.partition("#")[0] or "the page")

    def _not_public(self, href: str, slug: str) -> str:
        title = self.standing.titles.get(slug)
        return NOT_PUBLIC.format(href, title) if title else NOWHERE.format(href)


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


NO_ADDRESS = "a link has no address. Write one between its round brackets, such as (/fees/)."
NO_SLASH = "the link {0} starts with no slash. Write / in front for a page here, or https://."
STRIPPED = "the link {0} would not work. Start it with https://, mailto:, tel: or sms:."
STAFF = "the link {0} leads to the staff site, which readers cannot open. Take it out."
NOWHERE = "the link {0} leads nowhere: nothing has this address. Change it, or take it out."
NOT_PUBLIC = "the link {0} leads to “{1}”, which is not public. Show that page first."
NO_ANCHOR = "the link {0} leads to no heading: there is none called #{1}. Link to {2} alone."
