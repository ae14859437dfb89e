"""Whether the public pages are whole and still looked after."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from pages import rendering
from pages.models import Edition, Page
from pages.readiness.public_site import PublicSite, named, public_site, texts
from pages.readiness.registry import Finding, Stage, Where, in_words, rule

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


@rule(
    "pages-whole",
    about="Pages are whole",
    why="A reader meets a gap, or a link that leads nowhere.",
    of=public_site,
)
def pages_whole(site: PublicSite) -> Iterator[Finding]:
    for edition in site.editions:
        if problems := gaps_in(edition, site):
            what = f"{named(edition.page)}: {' '.join(problems)}"
            yield Finding(what, Where.screen(edition.page))


def gaps_in(edition: Edition, site: PublicSite) -> list[str]:
    """Asked of all pages at once, so each question is one look into what was gathered."""
    said, facts = edition.texts(), site.practice.facts()
    cited = [key for text in said for key in rendering.citations(text)]
    names = rendering.FACT.findall(texts(edition))
    hrefs = [href for text in said for href in rendering.links(text)]
    gaps = [
        *(f"No source is on file for [@{key}]." for key in cited if key not in site.sources),
        *(f"Nothing is on file for {{{name}}}." for name in names if not facts.get(name)),
        *(f"The link {href} leads nowhere." for href in hrefs if leads_nowhere(href, site)),
    ]
    return list(dict.fromkeys(gaps))


def leads_nowhere(href: str, site: PublicSite) -> bool:
    """Of a link into the site: other sites are not asked."""
    path = urlsplit(href).path
    if not href.startswith("/") or href.startswith("//"):
        return False
    try:
        match = resolve(path)
    except Resolver404:
        return True
    if match.url_name == "page":
        return match.kwargs["slug"] not in site.pages
    here = {therapist.slug for therapist in site.therapists}
    return match.url_name == "therapist" and match.kwargs["slug"] not in here


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
