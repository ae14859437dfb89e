"""What a page shows, said once more for machines (schema.org). Pure: nothing is added to it.

A value stands here only where a reader finds it too: on the page, or where the page leads.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any, Protocol

from pages.models import OpeningHours, Practice, Source, Therapist

Node = dict[str, Any]
Step = tuple[str, str]  # name, and address without the site

HOME: Step = ("Home", "/")
THERAPISTS: Step = ("Therapists", "/therapists/")


class Shown(Protocol):
    """What is needed of a page as it is shown."""

    @property
    def kind(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def heading(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def reviewed_on(self) -> date | None: ...
    @property
    def indexable(self) -> bool: ...
    @property
    def neutral(self) -> bool: ...


def of_page(shown: Mapping[str, Any]) -> Node | None:
    """Of a page, given what its template has to show.

    Nothing of one that is not to be found, nor of one that someone may need in secret.
    """
    page: Shown | None = shown.get("page")
    if not page or not page.indexable or page.neutral:
        return None
    nodes = NODES.get(page.kind, about_the_place)
    return {
        "@context": "https://schema.org",
        "@graph": [web_page(page, shown["site_url"]), *nodes(page, shown)],
    }


def of_home(page: Shown, shown: Mapping[str, Any]) -> list[Node]:
    return [business(shown["practice"], shown["site_url"])]


def of_topic(page: Shown, shown: Mapping[str, Any]) -> list[Node]:
    place = about_the_place(page, shown)
    return [article(page, shown), *place] if shown.get("published_on") else place


def of_service(page: Shown, shown: Mapping[str, Any]) -> list[Node]:
    place = about_the_place(page, shown)
    return [service(page, shown), *place] if shown.get("service") else place


def of_therapist(page: Shown, shown: Mapping[str, Any]) -> list[Node]:
    steps = (HOME, THERAPISTS, (page.title, page.url))
    return [person(page, shown), breadcrumbs(shown["site_url"], *steps)]


def about_the_place(page: Shown, shown: Mapping[str, Any]) -> list[Node]:
    return [breadcrumbs(shown["site_url"], HOME, (page.title, page.url))]


# What more is said, by the kind of page.
NODES: dict[str, Callable[[Shown, Mapping[str, Any]], list[Node]]] = {
    "home": of_home,
    "topic": of_topic,
    "service": of_service,
    "therapist": of_therapist,
}


def business(practice: Practice, site_url: str) -> Node:
    """The practice whole, for the home page."""
    return {
        **practice_named(practice, site_url),
        "telephone": practice.phone_link,
        "address": address(practice),
        "openingHoursSpecification": opening_hours(practice.hours),
        "priceRange": practice.fee,
        "areaServed": states(practice),
    }


def practice_named(practice: Practice, site_url: str) -> Node:
    """The practice as others refer to it."""
    return {
        "@type": "MedicalBusiness",
        "@id": f"{site_url}/#practice",
        "name": practice.name,
        "url": f"{site_url}/",
    }


def address(practice: Practice) -> Node:
    return {
        "@type": "PostalAddress",
        "streetAddress": practice.street,
        "addressLocality": practice.town,
        "addressRegion": practice.state,
        "postalCode": practice.postal_code,
    }


def opening_hours(hours: Iterable[OpeningHours]) -> list[Node]:
    """Days with the same hours are said together."""

    def clock(each: OpeningHours) -> tuple[str, str]:
        return f"{each.opens:%H:%M}", f"{each.closes:%H:%M}"

    same = groupby(sorted(hours, key=lambda each: (clock(each), each.weekday)), key=clock)
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": [OpeningHours.Weekday(each.weekday).label for each in days],
            "opens": opens,
            "closes": closes,
        }
        for (opens, closes), days in same
    ]


def states(practice: Practice) -> list[Node]:
    return [{"@type": "State", "name": name} for name in practice.service_states]


def web_page(page: Shown, site_url: str) -> Node:
    node = {
        "@type": "WebPage",
        "@id": f"{site_url}{page.url}",
        "url": f"{site_url}{page.url}",
        "name": page.title,
        "description": page.description,
        "inLanguage": "en",
    }
    return {**node, "lastReviewed": page.reviewed_on.isoformat()} if page.reviewed_on else node


def article(page: Shown, shown: Mapping[str, Any]) -> Node:
    practice, site_url = shown["practice"], shown["site_url"]
    return {
        "@type": "Article",
        "mainEntityOfPage": {"@id": f"{site_url}{page.url}"},
        "headline": page.heading,
        "description": page.description,
        "author": practice_named(practice, site_url),
        "publisher": practice_named(practice, site_url),
        "datePublished": shown["published_on"].isoformat(),
        "dateModified": shown["changed_on"].isoformat(),
        "citation": [citation(source, site_url) for source in shown["cited"]],
    }


def citation(source: Source, site_url: str) -> Node:
    node = {
        "@type": "CreativeWork",
        "@id": f"{site_url}/sources/#{source.key}",
        "name": source.title,
        "author": source.authors,
        "datePublished": str(source.year),
    }
    return {**node, "url": source.link} if source.link else node


def service(page: Shown, shown: Mapping[str, Any]) -> Node:
    return {
        "@type": "Service",
        "name": shown["service"].name,
        "description": page.description,
        "url": f"{shown['site_url']}{page.url}",
        "provider": practice_named(shown["practice"], shown["site_url"]),
        "areaServed": states(shown["practice"]),
    }


def person(page: Shown, shown: Mapping[str, Any]) -> Node:
    therapist: Therapist = shown["therapist"]
    url = f"{shown['site_url']}{page.url}"
    node = {
        "@type": "Person",
        "@id": f"{url}#person",
        "name": therapist.name,
        "url": url,
        "jobTitle": therapist.role,
        "description": therapist.one_sentence,
        "image": portrait_of(therapist, shown["site_url"]),
        "knowsLanguage": therapist.languages,
        "hasCredential": license_of(therapist),
        "worksFor": practice_named(shown["practice"], shown["site_url"]),
    }
    return {name: value for name, value in node.items() if value}


def portrait_of(therapist: Therapist, site_url: str) -> str:
    portrait = therapist.portrait
    return f"{site_url}{portrait.largest.get_absolute_url()}" if portrait else ""


def license_of(therapist: Therapist) -> Node:
    return {
        "@type": "EducationalOccupationalCredential",
        "credentialCategory": "license",
        "name": therapist.licence_in_words,
    }


def breadcrumbs(site_url: str, *steps: Step) -> Node:
    """From the home page to this one."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": f"{site_url}{url}"}
            for place, (name, url) in enumerate(steps, start=1)
        ],
    }
