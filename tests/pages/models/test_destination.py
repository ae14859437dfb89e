import pytest

from pages.models import OldAddress, Page, Section, Therapist
from pages.models.destination import Destinations, Standing
from pages.models.reading import Reading


@pytest.fixture
def roof(practice, source) -> Page:
    """A public page with a section, a heading inside it, and a name from before."""
    roof = Page.objects.create(slug="roof", title="Roofs", heading="H")
    Section.objects.create(page=roof, heading="What helps", body="### A roof in {town}\n\nYes.")
    roof.publish(by=None)
    OldAddress.objects.create(slug="thatch", page=roof)
    return roof


def leads_of(reading, page=None) -> Destinations:
    return Destinations(reading, Standing(reading.facts), page)


@pytest.fixture
def complaint(draft, roof):
    """complaint(link) -> what is said of a link in the draft."""

    def said(link: str) -> str:
        draft.sections.update(body=f"### More here\n\n[x]({link})")
        reading = Reading.of(draft.draft())
        (href,) = reading.texts[2][1].links
        return leads_of(reading, draft).complaint(href)

    return said


@pytest.mark.parametrize(
    "link",
    [
        "/roof/", "/roof", "/roof/?from=here", "/roof/#what-helps", "/roof/#a-roof-in-brookmere",
        "/thatch/", "/thatch/#what-helps", "http://localhost:8000/roof/",
        "#why", "#more-here", "#", "/shelter/", "/shelter/#why", "/shelter/#more-here",
        "/contact/", "/leave/", "/robots.txt", "https://other.example/x", "//other.example/x",
        "HTTPS://other.example/ä", "mailto:a@b.example", "tel:+15035550101", "sms:988",
    ],
)  # fmt: skip
def test_leads_somewhere(complaint, link, settings):
    settings.SITE_URL = "http://localhost:8000"
    assert complaint(link) == ""


NOWHERE = "leads nowhere: nothing has this address. Change it, or take it out."


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("/nowhere/", NOWHERE),
        ("/Roof/", NOWHERE),
        ("/roof/more/", NOWHERE),
        ("/roof.html", NOWHERE),
        ("/", NOWHERE),
        ("/therapists/", NOWHERE),
        ("/contact/with/nobody/", NOWHERE),
        ("/contact/about/nothing/", NOWHERE),
        ("/quiet/", "leads to “Quiet”, which is not public. Show that page first."),
        (
            "/roof/#nope",
            "leads to no heading: there is none called #nope. Link to /roof/ alone.",
        ),
        ("#nope", "leads to no heading: there is none called #nope. Link to the page alone."),
        ("/staff/", "leads to the staff site, which readers cannot open. Take it out."),
        ("roof/", "starts with no slash. Write / in front for a page here, or https://."),
        ("www.x.example", "starts with no slash. Write / in front for a page here, or https://."),
        ("../roof/", "starts with no slash. Write / in front for a page here, or https://."),
        ("ftp://x.example", "would not work. Start it with https://, mailto:, tel: or sms:."),
        ("foo:bar", "would not work. Start it with https://, mailto:, tel: or sms:."),
        ("http://%5Bbad", "would not work. Start it with https://, mailto:, tel: or sms:."),
    ],
)
def test_leads_nowhere(complaint, link, words):
    Page.objects.create(slug="quiet", title="Quiet", heading="H")
    assert complaint(link) == f"the link {link} {words}"


def test_empty_link_is_told(complaint):
    assert complaint("") == (
        "a link has no address. Write one between its round brackets, such as (/fees/)."
    )


def test_page_that_was_taken_off_is_nowhere(complaint, roof):
    roof.unpublish(by=None)
    assert complaint("/roof/") == (
        "the link /roof/ leads to “Roofs”, which is not public. Show that page first."
    )
    assert complaint("/thatch/") == f"the link /thatch/ {NOWHERE}"


def test_anchors_of_the_page_itself_are_those_to_come(complaint, draft, source):
    draft.publish(by=None)
    assert complaint("/shelter/#more-here") == ""


def test_own_links_are_unknown_without_the_page(draft, source):
    draft.sections.update(body="[x](/shelter/)")
    reading = Reading.of(draft.draft())
    assert leads_of(reading).complaint("/shelter/") == (
        "the link /shelter/ leads to “Shelter”, which is not public. Show that page first."
    )


def test_live_anchors_lead_somewhere(starter):
    page = Page.objects.get(slug="fees")
    page.sections.update(body="[x](/sources/#who-ptsd) [y](/therapists/#jonah-pellwick)")
    reading = Reading.of(page.draft())
    leads = leads_of(reading, page)
    assert leads.complaint("/sources/#who-ptsd") == ""
    assert leads.complaint("/therapists/#jonah-pellwick") == ""
    assert "no heading" in leads.complaint("/sources/#nobody")


def test_whoever_left_has_no_address(starter):
    page = Page.objects.get(slug="fees")
    page.sections.update(body="[x](/contact/with/jonah-pellwick/)")
    reading = Reading.of(page.draft())
    assert leads_of(reading, page).complaint("/contact/with/jonah-pellwick/") == ""
    Therapist.objects.update(accepting=False, retired_on="2026-11-01")
    said = leads_of(reading, page).complaint("/contact/with/jonah-pellwick/")
    assert "leads nowhere" in said
