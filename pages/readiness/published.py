"""Whether the public pages are whole and still looked after."""

from collections.abc import Iterator
from datetime import date

from pages.models import Edition, Page, Practice
from pages.models.destination import Standing
from pages.models.problem import Problem, problems_of
from pages.models.reading import Reading
from pages.readiness.public_site import PublicSite, named, public_site
from pages.readiness.registry import Finding, Stage, Where, rule
from pages.sentences import full_date

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


def gaps() -> list[tuple[Page, list[Problem]]]:
    """What would keep each public page from being shown again today."""
    practice = Practice.objects.prefetch_related("opening_hours").get()
    standing = Standing(practice.facts())
    return [(each.page, gaps_in(each, standing)) for each in standing.editions]


def gaps_in(edition: Edition, standing: Standing) -> list[Problem]:
    reading = Reading(edition.content or {}, standing.facts)
    return problems_of(reading, edition.page, standing)


@rule(
    "pages-whole",
    about="Pages are whole",
    why="A reader meets a gap, or a link that leads nowhere.",
    of=gaps,
)
def pages_whole(found: list[tuple[Page, list[Problem]]]) -> Iterator[Finding]:
    for page, problems in found:
        if problems:
            what = f"{named(page)}. {' '.join(str(each) for each in problems)}"
            yield Finding(what, Where.screen(page))


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
            what = f"{named(edition.page)} was reviewed on {full_date(date.fromisoformat(day))}."
            yield Finding(what, Where.screen(edition.page))


def years_since(day: date, today: date) -> int:
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))
