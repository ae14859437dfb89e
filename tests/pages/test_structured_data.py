from dataclasses import dataclass
from datetime import date, time

import pytest

from pages import structured_data
from pages.models import OpeningHours, Service, Source, Therapist
from pages.structured_data import citation, of_page, opening_hours

SITE_URL = "https://lantern.example"
PRACTICE = {
    "@type": "MedicalBusiness",
    "@id": "https://lantern.example/#practice",
    "name": "Lantern Street Therapy",
    "url": "https://lantern.example/",
}


@dataclass
class Shown:
    kind: str = "practice"
    url: str = "/shelter/"
    title: str = "Shelter"
    heading: str = "A roof"
    description: str = "About shelter."
    reviewed_on: date | None = None
    indexable: bool = True
    neutral: bool = False


def told(practice, **facts):
    """What is told of a page, by type."""
    page = Shown(**{name: facts.pop(name) for name in list(facts) if hasattr(Shown, name)})
    found = of_page({"page": page, "practice": practice, "site_url": SITE_URL, **facts})
    assert found["@context"] == "https://schema.org"
    return {node["@type"]: node for node in found["@graph"]}


@pytest.mark.parametrize(
    "shown",
    [
        {},
        {"page": ""},
        {"page": Shown(indexable=False), "site_url": SITE_URL},
        {"page": Shown(neutral=True), "site_url": SITE_URL},
    ],
    ids=["nothing", "an error page", "not to be found", "neutral"],
)
def test_nothing_is_told(shown):
    assert of_page(shown) is None


def test_page_tells_where_it_is_and_when_it_was_reviewed(practice):
    page = told(practice, reviewed_on=date(2026, 11, 20))
    assert page == {
        "WebPage": {
            "@type": "WebPage",
            "@id": "https://lantern.example/shelter/",
            "url": "https://lantern.example/shelter/",
            "name": "Shelter",
            "description": "About shelter.",
            "inLanguage": "en",
            "lastReviewed": "2026-11-20",
        },
        "BreadcrumbList": {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": 1, "name": "Home", "item": f"{SITE_URL}/"},
                {
                    "@type": "ListItem",
                    "position": 2,
                    "name": "Shelter",
                    "item": f"{SITE_URL}/shelter/",
                },
            ],
        },
    }
    assert "lastReviewed" not in told(practice)["WebPage"]


def test_home_tells_the_practice_whole(practice):
    assert told(practice, kind="home", url="/")["MedicalBusiness"] == {
        **PRACTICE,
        "telephone": "+15035550101",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": "1 Lantern Street",
            "addressLocality": "Brookmere",
            "addressRegion": "Oregon",
            "postalCode": "97000",
        },
        "openingHoursSpecification": [
            {
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
                "opens": "09:00",
                "closes": "17:00",
            }
        ],
        "priceRange": "$100 to $120",
        "areaServed": [
            {"@type": "State", "name": "Oregon"},
            {"@type": "State", "name": "Washington"},
        ],
    }


def test_days_with_the_same_hours_are_said_together():
    hours = [
        OpeningHours(weekday=0, opens=time(9), closes=time(12)),
        OpeningHours(weekday=0, opens=time(13), closes=time(17, 30)),
        OpeningHours(weekday=1, opens=time(13), closes=time(17, 30)),
        OpeningHours(weekday=2, opens=time(9), closes=time(12)),
    ]
    found = [(each["dayOfWeek"], each["opens"], each["closes"]) for each in opening_hours(hours)]
    assert found == [
        (["Monday", "Wednesday"], "09:00", "12:00"),
        (["Monday", "Tuesday"], "13:00", "17:30"),
    ]


def test_topic_tells_its_author_dates_and_sources(practice):
    days = {"published_on": date(2026, 11, 1), "changed_on": date(2026, 11, 9)}
    source = Source(key="bowlby", authors="Bowlby, J.", year=1988, title="A Secure Base")
    assert told(practice, kind="topic", cited=[source], **days)["Article"] == {
        "@type": "Article",
        "mainEntityOfPage": {"@id": "https://lantern.example/shelter/"},
        "headline": "A roof",
        "description": "About shelter.",
        "author": PRACTICE,
        "publisher": PRACTICE,
        "datePublished": "2026-11-01",
        "dateModified": "2026-11-09",
        "citation": [
            {
                "@type": "CreativeWork",
                "@id": "https://lantern.example/sources/#bowlby",
                "name": "A Secure Base",
                "author": "Bowlby, J.",
                "datePublished": "1988",
            }
        ],
    }


def test_source_leads_to_where_it_can_be_read():
    source = Source(
        key="k", authors="A", year=1988, title="T", doi="10.1/x", url="https://a.example"
    )
    assert citation(source, SITE_URL)["url"] == "https://doi.org/10.1/x"


def test_service_tells_who_offers_it_and_where(practice):
    service = Service(slug="couples", name="Couples counseling")
    assert told(practice, kind="service", service=service)["Service"] == {
        "@type": "Service",
        "name": "Couples counseling",
        "description": "About shelter.",
        "url": "https://lantern.example/shelter/",
        "provider": PRACTICE,
        "areaServed": structured_data.states(practice),
    }
    assert sorted(told(practice, kind="service", service=None)) == ["BreadcrumbList", "WebPage"]


def test_therapist_is_a_person_without_what_is_not_known(practice):
    therapist = Therapist(
        name="Noor Example", role="Therapist", licence="Psychologist", licence_state="Oregon",
        languages=["English", "Farsi"],
    )  # fmt: skip
    therapist.light_renditions = []  # nobody gave a portrait
    assert told(practice, kind="therapist", therapist=therapist)["Person"] == {
        "@type": "Person",
        "@id": "https://lantern.example/shelter/#person",
        "name": "Noor Example",
        "url": "https://lantern.example/shelter/",
        "jobTitle": "Therapist",
        "knowsLanguage": ["English", "Farsi"],
        "hasCredential": {
            "@type": "EducationalOccupationalCredential",
            "credentialCategory": "license",
            "name": "Psychologist, Oregon",
        },
        "worksFor": PRACTICE,
    }
