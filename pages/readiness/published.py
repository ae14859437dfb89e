"""Whether the public pages are whole and still looked after."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.urls import Resolver404, resolve

from pages import rendering
from pages.models import Edition, Page
from pages.readiness.public_site import PublicSite, named, public_site
from pages.readiness.registry import Finding, Stage, Where, in_words, rule
from pages.showing import problems_in
from pages.site import Site

REVIEWED_FOR_YEARS = 2
# Addresses that the site's own buttons and lines lead to, by what stands there.
LED_TO = {
    "": "the home page",
    "help-now": "the page of crisis numbers",
    "using-this-site": "the page on staying private",
    "not-sure": "the page “Not sure yet?”",
    "fees": "the page of fees",
    "accessibility": "the accessibility statement",
}


@rule(
    "pages-led-to",
    about="Pages that others lead to",
    why="Every page has a button or a line that would end nowhere.",
    of=public_site,
)
def pages_led_to(site: PublicSite) -> Iterator[Finding]:
    for slug, name in LED_TO.items():
        if slug not in site.pages:
            address = f"/{slug}/" if slug else "/"
            yield Finding(f"Nothing is public at {address}: {name}.", Where.listing("Pages", Page))


@dataclass(frozen=True)
class Whole:
    """A public page and what its edition says that has nothing to stand for."""

    page: Page
    problems: list[str]


def broken_pages() -> list[Whole]:
    site = Site(HttpRequest())
    public = Edition.objects.public().select_related("page").order_by("page__slug")
    return [Whole(edition.page, broken_in(edition, site)) for edition in public]


def broken_in(edition: Edition, site: Site) -> list[str]:
    content = edition.content or {}
    dead = [href for text in edition.texts() for href in rendering.links(text) if ends(href, site)]
    found = [*problems_in(content, site), *(f"The link {href} leads nowhere." for href in dead)]
    return list(dict.fromkeys(found))


def ends(href: str, site: Site) -> bool:
    """Whether a link into the site leads nowhere now."""
    path = href.split("#")[0].split("?")[0]
    if not path.startswith("/") or path.startswith("//"):
        return False
    try:
        found = resolve(path)
    except Resolver404:
        return True
    return found.url_name == "page" and found.kwargs["slug"] not in site.entries


@rule(
    "pages-whole",
    about="Pages are whole",
    why="A reader meets a gap, or a link that leads nowhere.",
    of=broken_pages,
)
def pages_whole(pages: list[Whole]) -> Iterator[Finding]:
    for each in pages:
        if each.problems:
            what = f"{named(each.page)}: {' '.join(each.problems)}"
            yield Finding(what, Where.screen(each.page))


@rule(
    "pages-reviewed",
    about="Pages were reviewed",
    why="What is known changes, and readers see when a page was last reviewed.",
    of=public_site,
    stage=Stage.AGAIN,
)
def pages_reviewed(site: PublicSite) -> Iterator[Finding]:
    for edition in site.editions:
        day = (edition.content or {}).get("reviewed_on")
        if not day:
            what = f"{named(edition.page)} does not say when it was reviewed."
            yield Finding(what, Where.screen(edition.page))
        elif years_since(date.fromisoformat(day), site.today) >= REVIEWED_FOR_YEARS:
            what = f"{named(edition.page)} was reviewed on {in_words(date.fromisoformat(day))}."
            yield Finding(what, Where.screen(edition.page))


def years_since(day: date, today: date) -> int:
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))
