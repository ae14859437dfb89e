"""What is left of the example: facts, people and texts that say nothing about this practice."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pages.models import Edition, Opening, Page, Practice, Service, StarterText, Therapist
from pages.readiness.public_site import PublicSite, named, public_site, texts, written
from pages.readiness.registry import Finding, Where, rule

# Facts of the example that another practice cannot share.
ITS_OWN = ("name", "phone", "text_number", "street", "town", "postal_code", "insurers")
THEIR_OWN = (
    "name", "licence", "insurers", "experience", "one_sentence", "own_words", "better_elsewhere",
)  # fmt: skip
FICTION = re.compile(r"\b555[-. ]?01\d\d\b")
EXAMPLE_DOMAIN = re.compile(
    r"\b[\w.-]*\bexample\.(?:com|net|org)\b|\b[\w.-]+\.(?:example|invalid)\b"
)


@rule(
    "example-practice",
    about="The practice is yours",
    why="While the box is ticked, an upgrade may write the example's words over yours.",
    of=public_site,
)
def example_practice(site: PublicSite) -> Iterator[Finding]:
    if site.practice.is_example:
        what = "The box “this is the example practice” is still ticked."
        yield Finding(what, Where.screen(site.practice))


def practice_count() -> int:
    return Practice.objects.count()


@rule(
    "practice",
    about="There is a practice",
    why="Without its facts no page can be shown.",
    of=practice_count,
)
def practice_is_there(count: int) -> Iterator[Finding]:
    if not count:
        yield Finding("There are no facts about the practice yet.", Where("manage.py load_starter"))


@dataclass(frozen=True)
class Said:
    """A text that the public can read, and where staff change it."""

    who: str
    text: str
    where: Where


def said_to_all(site: PublicSite) -> list[Said]:
    return [
        *(said_by_page(edition) for edition in site.editions),
        *(said_by_therapist(each) for each in site.therapists),
        said_by_practice(site.practice),
    ]


def said_by_page(edition: Edition) -> Said:
    return Said(named(edition.page), texts(edition), Where.screen(edition.page))


def said_by_therapist(therapist: Therapist) -> Said:
    facts = [each["fact"] for each in therapist.facts]
    text = "\n".join([*facts, therapist.one_sentence, therapist.own_words])
    return Said(therapist.name, text, Where.screen(therapist))


def said_by_practice(practice: Practice) -> Said:
    names = ("phone", "text_number", "exit_url", "security_contact", "others", "insurers")
    text = "\n".join(str(getattr(practice, name)) for name in names)
    return Said("The practice", text, Where.screen(practice))


@rule(
    "example-facts",
    about="Facts of your own",
    why="People would call a number that reaches nobody, or look for a street that is not there.",
    of=public_site,
)
def example_facts(site: PublicSite) -> Iterator[Finding]:
    practice = site.practice
    if names := unchanged(practice, site.written.get("practice", {}), ITS_OWN):
        labels = ", ".join(label(practice, name) for name in names)
        yield Finding(f"Still the example's: {labels}.", Where.screen(practice))
    for said in said_to_all(site):
        for number in dict.fromkeys(FICTION.findall(said.text)):
            yield Finding(f"{said.who}: {number} is a number kept for fiction.", said.where)
        for name in dict.fromkeys(EXAMPLE_DOMAIN.findall(said.text)):
            yield Finding(f"{said.who}: {name} is an address kept for examples.", said.where)


def unchanged(row: Any, example: dict[str, Any], names: tuple[str, ...]) -> list[str]:
    """The names of what still says what the example said."""
    return [name for name in names if example.get(name) and getattr(row, name) == example[name]]


def label(row: Any, name: str) -> str:
    return str(row._meta.get_field(name).verbose_name)


@rule(
    "example-people",
    about="The people are real",
    why="Someone would choose a therapist who does not exist.",
    of=public_site,
)
def example_people(site: PublicSite) -> Iterator[Finding]:
    for therapist in site.therapists:
        example = site.written.get(f"therapist:{therapist.slug}", {})
        if names := unchanged(therapist, example, THEIR_OWN):
            labels = ", ".join(label(therapist, name) for name in names)
            what = f"{therapist.name} still has words of the example: {labels}."
            yield Finding(what, Where.screen(therapist))


@dataclass(frozen=True)
class Services:
    services: list[Service]
    written: dict[str, dict[str, Any]]


def services() -> Services:
    return Services(list(Service.objects.select_related("page")), written())


@rule(
    "example-services",
    about="The services are yours",
    why="The site must not offer what nobody here agreed to. Look at each and save it.",
    of=services,
)
def example_services(found: Services) -> Iterator[Finding]:
    """One that somebody saved as it was is theirs: most practices see couples."""
    for service in found.services:
        example = found.written.get(f"service:{service.slug}", {})
        page = service.page.slug if service.page else None
        as_written = {"name": service.name, "page": page, "position": service.position} == example
        if as_written and service.version == 0:
            what = f"“{service.name}” is as the example has it."
            yield Finding(what, Where.screen(service))


def unread_pages() -> list[Page]:
    """Public pages that the starter wrote and nobody here has saved, shown or confirmed."""
    written = StarterText.objects.filter(key__startswith="page:").values_list("key", flat=True)
    slugs = [key.removeprefix("page:") for key in written]
    untouched = Page.objects.filter(slug__in=slugs, version=0, confirmed_on=None)
    shown_by_someone = Edition.objects.exclude(by=None).values("page")
    public = Edition.objects.public().values("page")
    return list(untouched.filter(pk__in=public).exclude(pk__in=shown_by_someone))


@rule(
    "example-pages",
    about="Someone here has read every page",
    why="You have to keep what they promise. Read each one, make it yours and save it.",
    of=unread_pages,
)
def example_pages(pages: list[Page]) -> Iterator[Finding]:
    for page in pages:
        what = f"{named(page)} is as the example has it."
        yield Finding(what, Where.screen(page))


def unconfirmed_openings() -> int:
    return Opening.objects.filter(confirmed_by=None).count()


@rule(
    "example-openings",
    about="The openings are real",
    why="Someone would ask for a place that is not there.",
    of=unconfirmed_openings,
)
def example_openings(count: int) -> Iterator[Finding]:
    if count:
        what = f"Openings that nobody here ever confirmed: {count}. Confirm them or delete them."
        yield Finding(what, Where.listing("Openings", Opening))
