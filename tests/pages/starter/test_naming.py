"""What the starter calls its pages, and how they hang together: titles, ways on, house words."""

import re

import pytest

from pages import starter as starter_files
from pages.models import Edition
from pages.readability import plain_text, sentences
from pages.starter.reading import Starter, StarterPage

# Words that tell what a reader is here about. They may be seen over a shoulder or in a history.
SUBJECTS = re.compile(
    r"\b(?:therap|counsel|trauma|abus|violen|suicid|cris[ei]s|self-harm|attach|heal|couple|mental|"
    r"depress|anxi|addict|assault|hotline|emergenc|danger|partner|safe)\w*",
    re.IGNORECASE,
)
WITHOUT_CONNECT = {"crisis", "safety", "legal"}
LEADING_ON = {"topic", "service", "practice", "questions", "therapists"}
LAST_OF_THE_WAY = {"getting-here"}
# The statement that 45 CFR 164.520(b)(1)(i) asks for, and the parts that (b)(1)(ii) to (viii) do.
REQUIRED_STATEMENT = (
    "This notice describes how medical information about you may be used and disclosed and how you "
    "can get access to this information. Please review it carefully."
)
PARTS_OF_THE_NOTICE = [
    "without-asking", "other", "your-say", "with-your-yes", "substance-use", "your-rights",
    "our-duties", "complaints",
]  # fmt: skip


def by_slug(starter: Starter) -> dict[str, StarterPage]:
    return {page.fields["slug"]: page for page in starter.pages}


def text_of(page: StarterPage) -> str:
    bodies = [f"## {section['heading']}\n\n{section['body']}" for section in page.sections]
    return "\n\n".join([page.fields["summary"], page.fields["calm_line"], *bodies])


def telling(starter: Starter) -> dict[str, str]:
    """What the name of a page that someone may need in secret tells, by its address."""
    found = {}
    for page in starter.pages:
        if page.fields["kind"] in ("crisis", "safety"):
            names = (page.fields[name] for name in ("slug", "title", "label", "description"))
            if words := SUBJECTS.findall(" ".join(names)):
                found[page.fields["slug"]] = ", ".join(words)
    return found


def way_on(starter: Starter, slug: str) -> list[str]:
    """The pages that "Next to read" leads to from here; a page that comes again ends the list."""
    pages, way = by_slug(starter), [slug]
    while (following := pages[way[-1]].fields["next"]) and way.count(way[-1]) == 1:
        way.append(following)
    return way


def going_in_circles(starter: Starter) -> list[str]:
    ways = {slug: way_on(starter, slug) for slug in by_slug(starter)}
    return sorted(slug for slug, way in ways.items() if len(set(way)) != len(way))


def test_no_two_pages_are_called_the_same(starter_read):
    for name in ("slug", "title", "heading", "description", "label"):
        said = [page.fields[name].casefold() for page in starter_read.pages]
        assert sorted(set(said)) == sorted(said), name


def test_each_place_in_the_directory_is_taken_once(starter_read):
    places = [
        (page.fields["group"], page.fields["position"])
        for page in starter_read.pages
        if page.fields["group"]
    ]
    assert sorted(set(places)) == sorted(places)


def test_descriptions_fit_where_they_are_shown(starter_read):
    lengths = {page.fields["slug"]: len(page.fields["description"]) for page in starter_read.pages}
    assert {slug: n for slug, n in lengths.items() if not 50 <= n <= 150} == {}


def test_pages_one_may_need_in_secret_do_not_tell_their_subject(starter_read):
    assert telling(starter_read) == {}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("title: Phone numbers", "title: Crisis numbers", "Crisis"),
        ("label: Phone numbers", "label: Hotlines", "Hotlines"),
        ("call or text at any hour", "call after abuse", "abuse"),
    ],
)
def test_a_name_that_tells_would_be_seen(change, old, new, words):
    assert telling(starter_files.read(change("pages/help-now.md", old, new))) == {"help-now": words}


def test_the_contact_page_does_not_tell_its_subject(starter, client):
    page = client.get("/contact/").text
    title = re.search(r"<title>(.*?)(?: – .*)?</title>", page)
    description = re.search(r'<meta name="description" content="(.*?)">', page)
    assert title
    assert description
    assert SUBJECTS.findall(f"{title[1]} {description[1]}") == []


def test_pages_lead_on_and_never_in_circles(starter_read):
    assert going_in_circles(starter_read) == []
    ends = {
        page.fields["slug"]
        for page in starter_read.pages
        if page.fields["kind"] in LEADING_ON and not page.fields["next"]
    }
    assert ends == LAST_OF_THE_WAY


def test_the_way_from_the_first_topic_goes_through_all_five_and_in_at_the_door(starter_read):
    assert way_on(starter_read, "attachment") == [
        "attachment",
        "trauma",
        "healing-with-others",
        "healing-with-yourself",
        "attachment-in-therapy",
        "not-sure",
        "how-therapy-works",
        "getting-here",
    ]


def test_a_circle_would_be_seen(change):
    folder = change("pages/getting-here.md", "next: ''", "next: fees")
    assert going_in_circles(starter_files.read(folder))[:2] == [
        "attachment",
        "attachment-in-therapy",
    ]


def test_only_pages_on_crisis_safety_and_law_end_without_the_way_to_connect(starter, client):
    for edition in Edition.objects.public().select_related("page"):
        kind = (edition.content or {})["kind"]
        ends = 'class="connect"' in client.get(edition.page.get_absolute_url()).text
        assert ends == (kind not in WITHOUT_CONNECT), edition.page.slug


def test_an_opening_is_a_therapists_and_nobody_dances(starter_read):
    for page in starter_read.pages:
        for sentence in sentences(plain_text(text_of(page))):
            if re.search(r"\bopenings?\b", sentence, re.IGNORECASE):
                assert "therapist" in sentence.lower(), (page.fields["slug"], sentence)
        assert re.findall(r"\bdanc\w+", text_of(page), re.IGNORECASE) == [], page.fields["slug"]


def test_fees_hold_the_good_faith_estimate(starter_read):
    fees = by_slug(starter_read)["fees"]
    body = {section["slug"]: section["body"] for section in fees.sections}["good-faith-estimate"]
    for words in ("good faith estimate", "No Surprises Act", "$400", "120 days", "1-800-985-3059"):
        assert words in " ".join(body.split())


def test_the_notice_of_privacy_practices_has_what_the_rule_asks_for(starter_read):
    notice = by_slug(starter_read)["privacy-practices"]
    assert notice.fields["summary"] == REQUIRED_STATEMENT
    parts = [section["slug"] for section in notice.sections]
    assert [part for part in parts if part in PARTS_OF_THE_NOTICE] == PARTS_OF_THE_NOTICE


def test_the_notice_shows_since_when_it_is_in_force(starter, client):
    page = client.get("/privacy-practices/").text
    assert '<time datetime="2026-11-24">November 24, 2026</time>' in page
    assert "In force from" in page
    assert "In force from" not in client.get("/privacy/").text


def test_home_itself_leads_to_the_consumer_health_data_policy(starter, client):
    page = client.get("/").text
    main, footer = page.split("<main", 1)[1].split("</main>")
    assert '<a href="/consumer-health-data/">' in main
    assert 'href="/consumer-health-data/"' in footer
