from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from pages import portraits, share_image
from pages.models import (
    Opening,
    Page,
    Practice,
    Rendition,
    Service,
    Source,
    Therapist,
    last_known,
)
from pages.views import PUBLIC
from tests.pages.conftest import refuse
from tests.pages.uploads import photo


@pytest.fixture
def published(draft, source):
    draft.publish(by=None)
    return draft


def test_page_shows_the_public_edition(client, published):
    published.heading = "Only a draft"
    published.save()
    response = client.get("/shelter/")
    assert response.status_code == 200
    assert response.context["page"].heading == "A roof, and Lantern Street Therapy"
    assert "A roof, and Lantern Street Therapy" in response.content.decode()
    assert "Only a draft" not in response.content.decode()


def test_page_is_public_to_caches_and_sets_no_cookie(client, published):
    response = client.get("/shelter/")
    assert response.headers["Cache-Control"] == PUBLIC
    assert PUBLIC == "public, max-age=0, must-revalidate, s-maxage=1"
    assert response.cookies == {}
    assert "Vary" not in response.headers


def test_head_is_answered_and_nothing_else(client, published):
    assert client.head("/shelter/").status_code == 200
    assert [getattr(client, verb)("/shelter/").status_code for verb in ("post", "put")] == [
        405,
        405,
    ]


def test_draft_unknown_and_withdrawn_pages_are_not_there(client, published):
    Page.objects.create(slug="draft", title="T", heading="H")
    assert client.get("/shelter/").status_code == 200
    published.unpublish(by=None)
    addresses = ["/shelter/", "/draft/", "/nowhere/"]
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]


def test_planned_page_is_not_there_yet(client, draft, source):
    draft.publish(by=None, at=timezone.now() + timedelta(hours=1))
    assert client.get("/shelter/").status_code == 404


def test_old_address_leads_to_the_new_one_for_good(client, published, editor):
    published.move("roof", by=editor)
    response = client.get("/shelter/?from=here")
    told = [response.headers[name] for name in ("Location", "Cache-Control")]
    assert (response.status_code, told) == (301, ["/roof/?from=here", PUBLIC])
    assert response.cookies == {}
    assert client.head("/shelter/").headers["Location"] == "/roof/"
    assert client.get("/roof/").context["page"].url == "/roof/"
    assert client.post("/shelter/").status_code == 405


def test_moving_back_turns_the_way_round(client, published, editor):
    published.move("roof", by=editor)
    published.move("shelter", by=editor)
    assert client.get("/shelter/").status_code == 200
    assert client.get("/roof/").headers["Location"] == "/shelter/"


def test_old_address_leads_straight_to_where_the_page_is_now(client, published, editor):
    for slug in ("roof", "house"):
        published.move(slug, by=editor)
    assert client.get("/shelter/").headers["Location"] == "/house/"


def test_old_address_of_a_page_that_is_not_public_is_not_there(client, published, editor):
    published.move("roof", by=editor)
    published.unpublish(by=editor)
    assert [client.get(path).status_code for path in ("/shelter/", "/roof/")] == [404, 404]


def test_old_address_takes_two_queries(client, published, editor, django_assert_num_queries):
    published.move("roof", by=editor)
    with django_assert_num_queries(2):
        client.get("/shelter/")


def test_pages_lead_to_a_page_that_moved(client, starter, editor):
    """By its new address in lists, by its old one where a template or a text names it."""
    Page.objects.get(slug="not-sure").move("first-talk", by=editor)
    Page.objects.get(slug="fees").move("what-it-costs", by=editor)
    home = client.get("/")
    assert [link.url for link in home.context["main_links"]][-2:] == ["/what-it-costs/", "/fit/"]
    assert 'href="/not-sure/"' in home.text
    assert client.get("/not-sure/", follow=True).context["page"].url == "/first-talk/"


def test_titles_and_headings_are_escaped(client, published):
    Page.objects.update(title="<script>a</script>", heading="<script>b</script>")
    published.publish(by=None)
    assert "<script>" not in client.get("/shelter/").content.decode()


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/", 7),
        ("/trauma/", 10),
        ("/couples-counseling/", 9),
        ("/fees/", 8),  # it cites a source
        ("/therapists/", 10),
        ("/therapists/jonah-pellwick/", 8),
        ("/sources/", 8),
        ("/help-now/", 5),
        ("/privacy/", 6),
    ],
)
def test_page_takes_few_queries(client, starter, address, queries, django_assert_num_queries):
    """The edition, the practice, crisis lines, the directory and the words we explain; the hours
    and holidays of the promise, where the page ends with the way to connect; what is live on it;
    and when a topic was made and what it rests on."""
    with django_assert_num_queries(queries):
        assert client.get(address).context["page"].url == address


@pytest.mark.parametrize("count", [1, 3])
def test_therapists_take_the_same_queries_for_one_and_three(
    client, starter, count, django_assert_num_queries
):
    left = Therapist.objects.all()[count:].values_list("pk", flat=True)
    Therapist.objects.filter(pk__in=list(left)).update(accepting=False, retired_on="2026-11-01")
    with django_assert_num_queries(10):
        assert len(client.get("/therapists/").context["therapists"]) == count


def test_openings_are_live_with_the_day_they_were_confirmed(client, starter):
    assert len(client.get("/").context["openings"]) == 8
    Opening.objects.filter(therapist__slug="jonah-pellwick").delete()
    response = client.get("/")
    assert len(response.context["openings"]) == 6
    confirmed = Opening.objects.earliest("pk").confirmed_on
    assert f"{confirmed:%b} {confirmed.day}" in response.content.decode()


@pytest.mark.parametrize(
    "address", ["/", "/individual-therapy/", "/therapists/", "/therapists/marisol-averidge/"]
)
def test_old_openings_say_ask_us(client, starter, address):
    assert "ask us" not in client.get(address).text.lower()
    Opening.objects.update(confirmed_on=timezone.now() - timedelta(days=60))
    html = client.get(address).text.lower()
    assert ("ask us" in html, "no open spots" in html) == (True, False)
    assert "has room" not in html


FULL = "We have no open spots{} today. You can join our list, and we will check in every {}."


@pytest.mark.parametrize(
    ("address", "what"),
    [("/", ""), ("/couples-counseling/", " for couples counseling"), ("/therapists/", "")],
)
def test_full_practice_says_so_with_its_list_and_others(client, starter, address, what):
    assert "We have no open spots" not in client.get(address).text
    Therapist.objects.update(accepting=False)
    html = client.get(address).text
    assert FULL.format(what, "three weeks") in html
    assert "You can also call us for names of others who may have room" in html
    Practice.objects.update(
        waiting_list_weeks=1, others="- [Ferry House](https://ferry.example), {town}\n"
    )
    html = client.get(address).text
    assert FULL.format(what, "week").removesuffix(".") in html
    assert (
        '<a href="https://ferry.example" rel="noreferrer noopener">Ferry House</a>, Larkwater'
        in html
    )
    assert "You can also call us for names" not in html


def test_service_page_has_openings_of_that_service_only(client, starter):
    openings = client.get("/couples-counseling/").context["openings"]
    offering = Service.objects.get(slug="couples-counseling").therapists.all()
    assert {opening.therapist for opening in openings} == set(offering)


def test_therapists_are_live(client, starter):
    Therapist.objects.filter(slug="jonah-pellwick").update(name="Jonah Other")
    names = [each.name for each in client.get("/therapists/").context["therapists"]]
    assert names == ["Marisol Averidge", "Jonah Other", "Wren Tashiro-Bell"]


def test_list_of_therapists_leads_to_each(client, starter):
    html = client.get("/therapists/").text
    for slug in ("marisol-averidge", "jonah-pellwick", "wren-tashiro-bell"):
        assert f'id="{slug}"' in html
        assert f'href="/therapists/{slug}/"' in html
    assert "Takes no new people now" not in html
    Therapist.objects.filter(slug="jonah-pellwick").update(accepting=False)
    assert client.get("/therapists/").text.count("Takes no new people now") == 1


def test_therapist_has_a_page(client, starter):
    response = client.get("/therapists/jonah-pellwick/")
    jonah = Therapist.objects.get(slug="jonah-pellwick")
    assert (response.status_code, response.headers["Cache-Control"]) == (200, PUBLIC)
    page = response.context["page"]
    assert (page.title, page.url) == ("Jonah Pellwick", jonah.get_absolute_url())
    assert page.description == jonah.description
    html = response.text
    said = [
        "<h1>Jonah Pellwick</h1>", "he/him", jonah.one_sentence,
        *(escape(row["fact"]) for row in jonah.facts),
        "Who may fit better elsewhere", f"License: {jonah.licence_in_words}",
        'href="/contact/with/jonah-pellwick/">Ask about Jonah</a>',
    ]  # fmt: skip
    places = [html.find(words) for words in said]
    assert -1 not in places
    assert [row["term"] for row in jonah.facts] == [
        "Role", "Training", "Works with", "Ways of working", "Sessions", "Languages", "Fees",
        "Insurance", "Experience",
    ]  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_therapist_page_takes_the_same_queries(client, starter, count, django_assert_num_queries):
    jonah = Therapist.objects.get(slug="jonah-pellwick")
    jonah.openings.all().delete()
    for part in ("morning", "midday", "evening")[:count]:
        jonah.openings.create(format="online", day_part=part, confirmed_on=timezone.now())
    with django_assert_num_queries(8):
        assert len(client.get(jonah.get_absolute_url()).context["openings"]) == count


def test_therapist_without_openings_says_so(client, starter):
    Opening.objects.all().delete()
    html = client.get("/therapists/jonah-pellwick/").text
    assert "Jonah has no open spots today. You can join our list" in html
    Therapist.objects.update(accepting=False)
    html = client.get("/therapists/jonah-pellwick/").text
    assert "Jonah takes no new people now." in html
    assert "Has room" not in html


def test_who_has_left_has_a_page_that_leads_on(client, starter):
    jonah = Therapist.objects.filter(slug="jonah-pellwick")
    jonah.update(retired_on="2026-11-01", accepting=False)
    response = client.get("/therapists/jonah-pellwick/")
    assert response.status_code == 410
    assert "Jonah Pellwick no longer works here." in response.text
    assert '<meta name="robots" content="noindex">' in response.text
    assert [address in response.text for address in ("/therapists/", "/contact/")] == [True, True]
    assert "/contact/with/" not in response.text
    assert "Jonah" not in client.get("/therapists/").text


def test_unknown_therapist_is_not_here(client, starter):
    assert client.get("/therapists/nobody/").status_code == 404


@pytest.fixture
def rendition(starter):
    jonah = Therapist.objects.get(slug="jonah-pellwick")
    jonah.show_portrait(portraits.renditions(photo(480, 600)))
    return jonah.renditions.get(width=480, format="avif")


def test_portrait_stands_on_the_pages_without_moving_them(client, rendition):
    for address in ("/therapists/", "/therapists/jonah-pellwick/"):
        html = client.get(address).text
        assert f"{rendition.get_absolute_url()} 480w" in html
        assert html.count('width="480" height="600" alt="Portrait of Jonah Pellwick"') == 1
    assert 'loading="lazy"' in client.get("/therapists/").text
    assert 'loading="lazy"' not in client.get("/therapists/jonah-pellwick/").text


def test_portrait_is_served_for_good(client, rendition, django_assert_num_queries):
    address = rendition.get_absolute_url()
    with django_assert_num_queries(1):
        response = client.get(address)
    assert (response.status_code, response.content) == (200, bytes(rendition.bytes))
    names = ("Content-Type", "Cache-Control", "ETag", "X-Content-Type-Options")
    etag = f'"{rendition.sha256}"'
    assert [response.headers[name] for name in names] == [
        "image/avif", "public, max-age=31536000, immutable", etag, "nosniff",
    ]  # fmt: skip
    assert "Vary" not in response.headers
    jpeg = Rendition.objects.get(width=480, format="jpeg").get_absolute_url()
    assert client.get(jpeg).headers["Content-Type"] == "image/jpeg"
    again = client.get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_portrait_of_another_name_is_not_there(client, rendition):
    wrong = [
        f"/portraits/{rendition.sha256}.jpg",
        f"/portraits/{'0' * 64}.avif",
        "/portraits/a.avif",
    ]
    assert [client.get(address).status_code for address in wrong] == [404, 404, 404]
    rendition.therapist.show_portrait([])
    assert client.get(rendition.get_absolute_url()).status_code == 404


def test_sources_are_numbered_as_they_are_cited(client, starter):
    listed = [source.key for source in client.get("/sources/").context["sources"]]
    assert listed == list(Source.numbers())
    number = listed.index("who-ptsd") + 1
    cited = f'href="/sources/#who-ptsd" aria-label="Source {number}">{number}</a>'
    assert cited in client.get("/trauma/").content.decode()


def test_help_now_has_the_lines_of_the_region(client, starter):
    lines = client.get("/help-now/").context["crisis_lines"]
    assert list(lines) == ["danger", "talk", "home", "child", "more"]
    assert lines["danger"][0].call == "911"


def test_addresses_have_their_names(db):
    names = ["home", "therapists", "leave", "robots", "sitemap", "security"]
    assert [reverse(name) for name in names] == [
        "/",
        "/therapists/",
        "/leave/",
        "/robots.txt",
        "/sitemap.xml",
        "/.well-known/security.txt",
    ]
    assert reverse("page", args=["trauma"]) == "/trauma/"


def test_leave_goes_to_the_neutral_site_and_clears(client, practice):
    Practice.objects.update(exit_url="https://news.example/")
    response = client.get("/leave/")
    wanted = ("Location", "Cache-Control", "Clear-Site-Data", "Referrer-Policy", "X-Robots-Tag")
    assert response.status_code == 303
    assert [response.headers[name] for name in wanted] == [
        "https://news.example/",
        "no-store",
        '"cookies", "storage"',
        "no-referrer",
        "noindex",
    ]


def test_leave_works_before_there_is_a_practice(client, db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    assert client.get("/leave/").headers["Location"] == "https://www.weather.gov"


def test_leave_works_without_the_database(client, settings, tmp_path, practice):
    settings.DATA_DIR = tmp_path
    Practice.objects.update(exit_url="https://news.example/")
    last_known.keep()
    with connection.execute_wrapper(refuse):
        response = client.get("/leave/")
    assert (response.status_code, response.headers["Location"]) == (303, "https://news.example/")


def test_page_that_lacks_a_fact_is_not_made(client, published, settings, tmp_path):
    """A page with half its facts must never reach the memory in front."""
    settings.DATA_DIR = tmp_path
    last_known.keep()
    client.raise_request_exception = False

    def refuse_crisis_lines(execute, sql, params, many, context):
        if "pages_crisisline" in sql:
            raise OperationalError("the server is gone")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse_crisis_lines):
        assert client.get("/shelter/").status_code >= 500


def test_robots_names_the_sitemap(client, settings):
    settings.SITE_URL = "https://lantern.example"
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain"
    assert response.content.decode() == (
        "User-agent: *\nDisallow: /leave/\nSitemap: https://lantern.example/sitemap.xml\n"
    )


def test_security_txt_says_whom_to_tell(client, practice, settings):
    settings.SITE_URL = "https://lantern.example"
    response = client.get("/.well-known/security.txt")
    assert response.headers["Content-Type"] == "text/plain"
    assert response.headers["Cache-Control"] == PUBLIC
    expires = practice.today() + timedelta(days=180)
    assert response.content.decode() == (
        "Contact: tel:+15035550101\n"
        f"Expires: {expires}T00:00:00Z\n"
        "Preferred-Languages: en\n"
        "Canonical: https://lantern.example/.well-known/security.txt\n"
    )


def test_security_txt_names_the_contact_where_there_is_one(client, practice):
    Practice.objects.update(security_contact="https://lantern.example/report")
    first_line = client.get("/.well-known/security.txt").content.decode().splitlines()[0]
    assert first_line == "Contact: https://lantern.example/report"


def test_share_image_is_kept_for_good_and_may_be_shown_elsewhere(client, practice):
    address = reverse("share_image", args=[share_image.digest(practice.name)])
    response = client.get(address)
    assert response.content == share_image.png(practice.name)
    names = ("Content-Type", "Cache-Control", "Cross-Origin-Resource-Policy")
    assert [response.headers[name] for name in names] == [
        "image/png",
        "public, max-age=31536000, immutable",
        "cross-origin",
    ]
    assert response.cookies == {}


def test_share_image_of_an_old_name_leads_to_todays(client, practice):
    before = reverse("share_image", args=[share_image.digest(practice.name)])
    Practice.objects.update(name="Oak Street")
    response = client.get(before)
    now = reverse("share_image", args=[share_image.digest("Oak Street")])
    assert (response.status_code, response.headers["Location"]) == (302, now)
    assert before != now


def test_nothing_to_share_or_report_before_there_is_a_practice(client, db):
    addresses = ["/share/0123456789abcdef.png", "/.well-known/security.txt"]
    assert [client.get(address).status_code for address in addresses] == [404, 404]
