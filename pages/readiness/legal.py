"""The pages that the law asks for."""

from collections.abc import Iterator
from typing import Any

from pages.models import Edition, Page
from pages.readiness.public_site import UNITED_STATES, PublicSite, named, public_site, texts
from pages.readiness.registry import Finding, Where, rule
from pages.rendering import Context, plain

ESTIMATE = "good-faith-estimate"
FEES = "fees"
NOTICE = "privacy-practices"
HEALTH_DATA = "consumer-health-data"
# What the privacy page says in days, by the fact that stands for it.
KEPT = {"words": "words_kept", "names and numbers": "identity_kept", "backups": "backups_kept"}


def unconfirmed_pages() -> list[Page]:
    """Public ones, each with its public edition."""
    public = Edition.objects.public().values("page")
    legal = Page.objects.filter(kind=Page.Kind.LEGAL, pk__in=public)
    pages = legal.with_public_edition().select_related("confirmed_edition")
    return [page for page in pages if page.needs_confirming]


@rule(
    "legal-confirmed",
    about="Legal pages are checked",
    why="Only your own adviser can say whether they are right for you.",
    of=unconfirmed_pages,
)
def legal_confirmed(pages: list[Page]) -> Iterator[Finding]:
    for page in pages:
        why = "It changed since it was confirmed." if page.confirmed_on else "It is a draft."
        what = f"{named(page)} is not confirmed. {why}"
        yield Finding(what, Where(f"Confirm {named(page)}", "readiness", anchor="legal"))


@rule(
    "privacy",
    about="Privacy page",
    why="People ask what happens to their words before they write any.",
    of=public_site,
)
def privacy(site: PublicSite) -> Iterator[Finding]:
    yield from shown_to_all(site, "privacy", "The page about privacy")


@rule(
    "kept-days",
    about="How long requests are kept",
    why="What is erased when is a promise: the page and the software must say the same.",
    of=public_site,
)
def kept_days(site: PublicSite) -> Iterator[Finding]:
    if "privacy" not in site.pages:
        return
    said = plain(texts(site.pages["privacy"]), Context(facts=site.practice.facts()))
    for name, fact in KEPT.items():
        if site.practice.facts()[fact] not in said:
            what = f"{named(site.pages['privacy'].page)} does not say that {name} are erased after "
            what += f"{site.practice.facts()[fact]}. Write {{{fact}}} there: it follows the number."
            yield Finding(what, Where.screen(site.pages["privacy"].page))


@rule(
    "privacy-practices",
    about="Notice of privacy practices",
    why="A practice under HIPAA has to post its notice on its site, with the day it took effect.",
    of=public_site,
)
def privacy_practices(site: PublicSite) -> Iterator[Finding]:
    if site.region != UNITED_STATES:
        return
    yield from shown_to_all(site, NOTICE, "The notice of privacy practices")
    content = site.content(NOTICE)
    if content and not content.get("effective_on"):
        what = "The notice of privacy practices does not say since when it is in force."
        yield Finding(what, Where.screen(site.pages[NOTICE].page))


@rule(
    "consumer-health-data",
    about="Consumer health data policy",
    why="Laws such as Washington's ask for a policy of its own, linked from the home page.",
    of=public_site,
)
def consumer_health_data(site: PublicSite) -> Iterator[Finding]:
    if site.region == UNITED_STATES:
        yield from shown_to_all(site, HEALTH_DATA, "The consumer health data policy")


@rule(
    "good-faith-estimate",
    about="Notice about the good faith estimate",
    why="People who pay themselves have a right to it, and must be able to read so and find it.",
    of=public_site,
)
def good_faith_estimate(site: PublicSite) -> Iterator[Finding]:
    if site.region != UNITED_STATES:
        return
    yield from shown_to_all(site, FEES, "The page of fees, with the notice,")
    if content := site.content(FEES):
        where = Where.screen(site.pages[FEES].page)
        if not any(is_estimate(section) for section in content["sections"]):
            what = f"The page of fees has no section with the anchor “{ESTIMATE}”."
            yield Finding(what, where)
        if not content["indexable"]:
            yield Finding("Search engines may not list the page of fees.", where)


def is_estimate(section: dict[str, Any]) -> bool:
    return section["slug"] == ESTIMATE and bool(section["body"].strip())


def shown_to_all(site: PublicSite, slug: str, name: str) -> Iterator[Finding]:
    """Public, and in the directory at the foot of every page, the home page too."""
    content = site.content(slug)
    if content is None:
        what = f"{name} is not public at /{slug}/."
        yield Finding(what, Where.listing("Pages", Page))
    elif not content["group"]:
        what = f"{name} is not linked from the foot of the pages: it is listed nowhere."
        yield Finding(what, Where.screen(site.pages[slug].page))
