"""From the content of an edition, or of a draft, to the page that a reader sees."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Max, Min
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString

from pages import fit, rendering
from pages.models import Edition, Opening, Page, Service, Source, Term, Therapist
from pages.models.problem import problems_of
from pages.models.reading import Reading
from pages.rendering import Context, Word, plain, render, use_words
from pages.site import NAMES, Entry, Site

Content = dict[str, Any]
# One idea a screen: here no word leads away from what is being said.
WITHOUT_WORDS = {"home", "crisis", "safety", "fit"}
TEMPLATES = {"home", "topic", "service", "crisis", "sources", "therapists", "fit"}


@dataclass(frozen=True)
class ShownSection:
    heading: str
    slug: str
    style: str
    drawing: str
    html: SafeString


@dataclass(frozen=True)
class ShownPage:
    """What templates call `page`. Only `*_html` and `html` hold HTML; the rest is plain text."""

    slug: str
    url: str
    kind: str
    title: str
    heading: str
    description: str
    illustration: str
    reviewed_on: date | None
    effective_on: date | None
    connect: bool
    indexable: bool
    summary_html: SafeString
    calm_line_html: SafeString
    sections: list[ShownSection]
    next: Entry | None
    words: list[Word] = field(default_factory=list)
    words_anchor: str = ""

    @property
    def neutral(self) -> bool:
        """Someone may need it in secret: where it is listed or shared, it tells no subject."""
        return self.kind in (Page.Kind.CRISIS, Page.Kind.SAFETY)


def template_of(page: Page, content: Content) -> str:
    kind = content["kind"]
    return f"pages/{kind}.html" if kind in TEMPLATES else "pages/page.html"


def context_of(page: Page, content: Content, site: Site) -> dict[str, Any]:
    """All that the page's template needs, read strictly: a page that lacks a fact is not made."""
    around = {name: getattr(site, name) for name in NAMES}
    live = LIVE.get(content["kind"], nothing_live)
    return {**around, **live(page, site), "page": shown(page, content, site)}


def shown(page: Page, content: Content, site: Site) -> ShownPage:
    context = rendering_context(site)
    context.ids.update(section["slug"] for section in content["sections"])
    if content["kind"] in WITHOUT_WORDS:
        context.terms = {}
    use_words(content["heading"], context)
    summary = render(content["summary"], context)
    return ShownPage(
        slug=page.slug,
        url=page.get_absolute_url(),
        kind=content["kind"],
        title=plain(content["title"], context),
        heading=plain(content["heading"], context),
        description=plain(content["description"], context) or rendering.first_words(summary),
        illustration=content["illustration"],
        reviewed_on=day(content["reviewed_on"]),
        effective_on=day(content.get("effective_on")),  # editions from before know none
        connect=content["connect"],
        indexable=content["indexable"],
        summary_html=summary,
        calm_line_html=render(content["calm_line"], replace(context, terms={})),  # it has its link
        sections=[shown_section(section, context) for section in content["sections"]],
        next=site.entry(content["next"]) if content["next"] else None,
        words=list(context.used.values()),  # after all the texts
        words_anchor=context.claim("words-used-here"),
    )


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def shown_section(section: dict[str, str], context: Context) -> ShownSection:
    heading = plain(section["heading"], context)
    use_words(heading, context)
    return ShownSection(
        heading=heading,
        slug=section["slug"],
        style=section["style"],
        drawing=section["drawing"],
        html=render(section["body"], context, top=3 if heading else 2),
    )


def problems_in(content: Content, site: Site, page: Page | None = None) -> list[str]:
    """What keeps a draft from being shown, in words for staff. `page` is the one it is for."""
    reading = Reading(content, site.practice.facts())
    return [str(problem) for problem in problems_of(reading, page)]


def rendering_context(site: Site) -> Context:
    return Context(
        facts=site.practice.facts(),
        numbers=cast("dict[str, int]", SimpleLazyObject(Source.numbers)),  # if a text cites
        own_host=urlsplit(settings.SITE_URL).netloc,
        terms=cast("dict[str, str]", SimpleLazyObject(Term.meanings)),
    )


def nothing_live(page: Page, site: Site) -> dict[str, Any]:
    return {}


def openings_now(page: Page, site: Site) -> dict[str, Any]:
    return some_openings(Opening.objects.listed(site.practice))


def openings_of_service(page: Page, site: Site) -> dict[str, Any]:
    service = Service.objects.filter(page=page).first()
    listed = Opening.objects.listed(site.practice)
    return {"service": service, **some_openings(listed.filter(therapist__services=service))}


def some_openings(listed: Iterable[Opening]) -> dict[str, Any]:
    """The openings, and whether some are fresh and some are to be asked about."""
    openings = list(listed)
    fresh = [each.fresh for each in openings]
    return {"openings": openings, "some_fresh": any(fresh), "some_to_ask": not all(fresh)}


def therapists_here(page: Page, site: Site) -> dict[str, Any]:
    therapists = list(Therapist.objects.here().with_all_to_show(site.practice))
    full = not any(each.listed_openings for each in therapists)
    return {"therapists": therapists, "full": full}


def therapist_context(therapist: Therapist, site: Site) -> dict[str, Any]:
    """A therapist's own page, with all that its template needs."""
    around = {name: getattr(site, name) for name in NAMES}
    page = page_of_therapist(therapist)
    if therapist.retired_on:
        return {**around, "therapist": therapist, "page": replace(page, indexable=False)}
    openings = some_openings(therapist.listed_openings)
    return {**around, **openings, "therapist": therapist, "page": page}


def page_of_therapist(therapist: Therapist) -> ShownPage:
    """What the head of the page, the sitemap and other sites are told of it."""
    return ShownPage(
        slug=therapist.slug,
        url=therapist.get_absolute_url(),
        kind="therapist",
        title=therapist.name,
        heading=therapist.name,
        description=therapist.description,
        illustration="",
        reviewed_on=None,
        effective_on=None,
        connect=therapist.retired_on is None,
        indexable=True,
        summary_html=render("", Context()),
        calm_line_html=render("", Context()),
        sections=[],
        next=None,
    )


def made_when(page: Page, site: Site) -> dict[str, Any]:
    """The days on which it was first public and last changed, and what it rests on."""
    shown_once = page.editions.live().filter(withdraws=False)
    moments = shown_once.aggregate(published_on=Min("live_at"), changed_on=Max("live_at"))
    days = {name: at and site.practice.today(at) for name, at in moments.items()}
    now = Edition.objects.public().filter(page=page)
    return {**days, "cited": Source.objects.filter(edition__in=now)}


def people_to_choose_from(page: Page, site: Site) -> dict[str, Any]:
    """The questions, with nothing chosen yet."""
    today, fresh = site.practice.today(), timedelta(days=site.practice.openings_fresh_days)
    here = Therapist.objects.here().to_choose_from()
    people = [person_to_fit(each, today - fresh) for each in here]
    return {"people": people, "questions": fit.questions(people)}


def person_to_fit(therapist: Therapist, oldest: date) -> fit.Therapist:
    """`oldest`: the day since when an opening counts."""
    openings = [opening_to_fit(place, oldest) for place in therapist.places or ()]
    return fit.Therapist(
        slug=therapist.slug,
        name=therapist.name,
        role=therapist.role,
        services=tuple(fit.Service(**each) for each in therapist.offers or ()),
        formats=tuple(therapist.formats),
        languages=tuple(therapist.languages),
        insurers=tuple(therapist.insurers),
        openings=tuple(openings),
        accepting=therapist.accepting,
    )


def opening_to_fit(place: dict[str, str], oldest: date) -> fit.Opening:
    confirmed = date.fromisoformat(place["confirmed_on"])
    return fit.Opening(place["format"], place["day_part"], confirmed, fresh=confirmed >= oldest)


def all_sources(page: Page, site: Site) -> dict[str, Any]:
    return {"sources": Source.objects.all()}


def all_crisis_lines(page: Page, site: Site) -> dict[str, Any]:
    return {"crisis_lines": site.crisis_lines}


# What is live on a page, by its kind.
LIVE: dict[str, Callable[[Page, Site], dict[str, Any]]] = {
    "home": openings_now,
    "topic": made_when,
    "service": openings_of_service,
    "therapists": therapists_here,
    "fit": people_to_choose_from,
    "sources": all_sources,
    "crisis": all_crisis_lines,
}
