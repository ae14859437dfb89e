"""Every public page is found and shared under its own name, and machines are told what it shows."""

import re
from collections import Counter
from datetime import date, datetime
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from pages import portraits, share_image
from pages.models import Edition, Page, Practice, Therapist
from pages.starter.reading import read
from tests.pages.reading import ReadPage
from tests.pages.uploads import photo

SITE_URL = "https://lantern.example"
NEUTRAL = ("/contact/", "/help-now/", "/using-this-site/")
# What nobody should read over a shoulder.
SUBJECT = re.compile(
    r"therap|counsel|attach|trauma|heal|couple|mental|crisis|suicid|abuse|violen|medical", re.I
)
TOPICS = sorted(page.fields["slug"] for page in read().pages if page.fields["kind"] == "topic")
SERVICES = sorted(page.fields["slug"] for page in read().pages if page.fields["kind"] == "service")


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = SITE_URL


@pytest.fixture
def visit(client, starter):
    """visit(path): the page as it is read. Any status."""
    return lambda path: ReadPage(client.get(path).content.decode())


@pytest.fixture
def public(client, starter, visit):
    """Every page that may be found, by its address."""
    listed = re.findall(r"<loc>([^<]+)</loc>", client.get("/sitemap.xml").content.decode())
    return {path: visit(path) for path in (address.removeprefix(SITE_URL) for address in listed)}


def test_every_page_has_a_name_and_a_description_of_its_own(public):
    assert len(public) > 20
    assert set(NEUTRAL) <= set(public)
    for said in (
        [page.text("title") for page in public.values()],
        [page.text("h1") for page in public.values()],
        [page.meta("description") for page in public.values()],
    ):
        assert [words for words, count in Counter(said).items() if count > 1 or not words] == []
    assert max(len(page.meta("description")) for page in public.values()) <= 160


def test_every_page_says_where_it_is(public):
    assert {path: page.canonical for path, page in public.items()} == {
        path: SITE_URL + path for path in public
    }
    assert {path: page.meta("robots") for path, page in public.items()} == dict.fromkeys(public)


def test_every_page_is_shared_under_its_own_name(public):
    for path, page in public.items():
        name = page.text("title").removesuffix(" – Footbridge Lane Therapy")
        neutral = path in NEUTRAL
        pictured = share_image.digest("" if neutral else "Footbridge Lane Therapy")
        wanted = {
            "og:url": SITE_URL + path,
            "og:type": "article" if path.strip("/") in TOPICS else "website",
            "og:title": name,
            "og:description": page.meta("description"),
            "og:site_name": "Footbridge Lane Therapy",
            "og:image": SITE_URL + reverse("share_image", args=[pictured]),
            "og:image:type": "image/png",
            "og:image:width": "1200",
            "og:image:height": "630",
            "og:image:alt": (
                "An open ring with a dot at rest in the gap"
                if neutral
                else "Footbridge Lane Therapy"
            ),
        }
        if neutral:
            del wanted["og:site_name"]
        assert page.shared == wanted, path
        assert page.meta("twitter:card") == "summary_large_image"


def test_share_images_are_there(client, public):
    addresses = {page.shared["og:image"].removeprefix(SITE_URL) for page in public.values()}
    assert len(addresses) == 2
    assert {client.get(address).headers["Content-Type"] for address in addresses} == {"image/png"}


@pytest.mark.parametrize("path", NEUTRAL)
def test_neutral_page_tells_no_subject(public, path):
    page = public[path]
    assert SUBJECT.search(public["/"].text("title"))
    assert [text for text in page.shared.values() if SUBJECT.search(text)] == []
    heads = [page.text("title"), page.meta("description"), page.canonical]
    assert [text for text in heads if SUBJECT.search(text)] == []
    assert page.data() == []


def test_form_for_someone_or_something_is_the_contact_page(visit):
    for path in ("/contact/with/jonah-pellwick/", "/contact/about/couples-counseling/"):
        page = visit(path)
        assert (page.canonical, page.meta("robots")) == (f"{SITE_URL}/contact/", None)
        assert page.shared["og:url"] == f"{SITE_URL}/contact/"


def test_what_is_not_to_be_found_says_so(client, starter, visit):
    Page.objects.get(slug="fees").publish(by=None)
    assert visit("/fees/").meta("robots") is None
    Page.objects.filter(slug="fees").update(indexable=False)
    Page.objects.get(slug="fees").publish(by=None)
    quiet = visit("/fees/")
    assert (quiet.meta("robots"), quiet.data()) == ("noindex", [])
    assert visit("/nowhere/").meta("robots") == "noindex"
    assert visit(f"/contact/sent/{'A' * 32}/").meta("robots") == "noindex"
    answers = {step: client.post("/contact/", {"step": step}) for step in ("check", "send")}
    read = {step: ReadPage(answer.content.decode()) for step, answer in answers.items()}
    assert [page.meta("robots") for page in read.values()] == ["noindex", "noindex"]
    assert client.get("/staff/login/").content.count(b'name="robots" content="NONE,NOARCHIVE"') == 1


@pytest.mark.parametrize("template", ["400", "403", "404", "413", "500", "503"])
def test_error_pages_are_not_to_be_found(template, rf, practice):
    from django.template.loader import render_to_string

    page = ReadPage(render_to_string(f"{template}.html", request=rf.get("/nowhere/")))
    assert (page.meta("robots"), page.canonical, page.data()) == ("noindex", None, [])


def test_preview_is_not_to_be_found_and_tells_machines_nothing(staff, starter):
    page = Page.objects.get(slug="trauma")
    read = ReadPage(staff.get(f"/staff/pages/page/{page.pk}/preview/").content.decode())
    assert (read.meta("robots"), read.canonical, read.data()) == ("noindex", None, [])


# What machines are told, beside what the page shows.


def test_practice_is_the_one_in_the_footer(visit):
    page = visit("/")
    practice, shown = page.node("MedicalBusiness"), page.text("address")
    where = practice["address"]
    in_words = (
        f"{practice['name']}, {where['streetAddress']}, {where['addressLocality']}, "
        f"{where['addressRegion']} {where['postalCode']}."
    )
    assert shown.startswith(in_words)
    assert page.all("a", href=f"tel:{practice['telephone']}")
    assert practice["url"] == page.canonical == f"{SITE_URL}/"


def test_hours_are_the_ones_in_the_footer(visit):
    page = visit("/")
    assert page.node("MedicalBusiness")["openingHoursSpecification"] == [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
            "opens": "09:00",
            "closes": "17:00",
        }
    ]
    assert page.text("address").endswith("Monday to Friday, 9 to 5.")


def test_fee_and_states_are_the_ones_on_their_pages(visit):
    practice = visit("/").node("MedicalBusiness")
    assert practice["priceRange"] == "$140 to $180"
    assert practice["priceRange"] in visit("/fees/").text("main")
    assert [state["name"] for state in practice["areaServed"]] == ["Oregon"]


@pytest.mark.parametrize("slug", TOPICS)
def test_article_is_the_one_on_the_page(visit, slug):
    page = visit(f"/{slug}/")
    article, about = page.node("Article"), page.node("WebPage")
    published, reviewed = (
        given["datetime"] for given in page.all("time")[:1] + page.all("time")[-1:]
    )
    assert article["headline"] == page.text("h1")
    assert article["description"] == about["description"] == page.meta("description")
    assert f"Written by {article['author']['name']}." in page.text("main")
    assert article["author"]["name"] == "Footbridge Lane Therapy"
    assert article["datePublished"] == article["dateModified"] == published
    assert about["lastReviewed"] == reviewed == "2026-11-20"
    assert about["url"] == article["mainEntityOfPage"]["@id"] == page.canonical


@pytest.mark.parametrize("slug", TOPICS)
def test_citations_are_the_ones_on_the_page(visit, slug):
    page, sources = visit(f"/{slug}/"), visit("/sources/")
    shown = {link["href"] for link in page.all("a", **{"class": "citation"})}
    told = page.node("Article")["citation"]
    assert {work["@id"].removeprefix(SITE_URL) for work in told} == shown
    assert len(told) == len(shown)
    listed = sources.text("main")
    links = {link["href"] for link in sources.all("a")}
    for work in told:
        assert f"{work['author']} ({work['datePublished']}). {work['name']}." in listed
        assert work.get("url") is None or work["url"] in links


def test_some_topic_cites(visit):
    assert len(visit("/trauma/").node("Article")["citation"]) >= 1


def test_dates_move_with_the_editions(visit, monkeypatch):
    """On the practice's own days: this edition goes live in its evening, the next day in UTC."""
    first = Edition.objects.get(page__slug="trauma")
    later = datetime.combine(date(2036, 5, 1), datetime.min.time(), tzinfo=first.live_at.tzinfo)
    later = later.replace(hour=3)
    Page.objects.get(slug="trauma").publish(by=None, at=later)
    monkeypatch.setattr(timezone, "now", lambda: later.replace(hour=4))
    page = visit("/trauma/")
    article = page.node("Article")
    published, changed = (given["datetime"] for given in page.all("time")[:2])
    assert (article["datePublished"], article["dateModified"]) == (published, changed)
    assert changed == "2036-04-30"
    assert published == Practice.objects.get().today(first.live_at).isoformat()


@pytest.mark.parametrize("slug", SERVICES)
def test_service_is_the_one_on_the_page(visit, slug):
    page = visit(f"/{slug}/")
    service = page.node("Service")
    assert f"{service['name']} – {service['provider']['name']}" == page.text("title")
    assert (service["url"], service["description"]) == (page.canonical, page.meta("description"))


def test_person_is_the_one_on_the_page(visit):
    for therapist in Therapist.objects.all():
        page = visit(f"/therapists/{therapist.slug}/")
        person, shown = page.node("Person"), page.text("main")
        assert person["name"] == page.text("h1")
        assert person["url"] == page.canonical
        assert person["worksFor"]["name"] == "Footbridge Lane Therapy"
        told = [person["jobTitle"], person["description"], person["hasCredential"]["name"]]
        assert [words for words in told if words not in shown] == []
        assert ", ".join(person["knowsLanguage"]) in shown
        steps = page.node("BreadcrumbList")["itemListElement"]
        assert [step["name"] for step in steps] == ["Home", "Therapists", therapist.name]


def test_person_has_the_portrait_that_is_on_the_page(visit):
    Therapist.objects.get(slug="jonah-pellwick").show_portrait(
        portraits.renditions(photo(480, 600))
    )
    page = visit("/therapists/jonah-pellwick/")
    (shown,) = page.all("img")
    assert page.node("Person")["image"] == SITE_URL + shown["src"]
    assert "image" not in visit("/therapists/marisol-averidge/").node("Person")


def test_breadcrumbs_lead_from_home_to_the_page(public):
    for path, page in public.items():
        if not page.data() or path == "/":
            continue
        steps = page.node("BreadcrumbList")["itemListElement"]
        assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
        assert (steps[0]["name"], steps[0]["item"]) == ("Home", f"{SITE_URL}/")
        assert steps[-1]["item"] == page.canonical
        assert page.text("title") == f"{steps[-1]['name']} – Footbridge Lane Therapy"
        assert {urlsplit(step["item"]).path for step in steps} <= set(public)


@pytest.mark.parametrize("name", ["A</script><script>alert(1)</script>", "B & <b>C</b>", "<!-- D"])
def test_odd_name_is_only_a_name(visit, name):
    Practice.objects.update(name=name)
    for path, kind in (("/", "MedicalBusiness"), ("/trauma/", "Article")):
        page = visit(path)
        node = page.node(kind)
        assert (node if kind == "MedicalBusiness" else node["author"])["name"] == name
        assert page.text("address").startswith(re.sub(r"\s+", " ", name))
        scripts = [given for given in page.all("script") if given.get("type") == "text/javascript"]
        assert scripts == []
        assert [given for given in page.all("script") if not given] == []
        assert page.all("b") == []


def test_description_left_out_is_taken_from_the_summary(visit):
    Page.objects.filter(slug="fees").update(
        description="", summary="**Plain** words & more, " + "on and on " * 40
    )
    Page.objects.get(slug="fees").publish(by=None)
    words = visit("/fees/").meta("description")
    assert words.startswith("Plain words & more, on and on")
    assert words.endswith(" …")
    assert len(words) <= 150
