"""In each region every page names that region's lines, and no number of another's."""

import re
from html.parser import HTMLParser

import pytest
from django.core import mail
from django.db import OperationalError, connection
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse

from intake import form_token, notices
from intake.encryption import keyring
from intake.models import Key
from pages.models import CrisisLine, Edition, Practice, Region, SiteRevision, last_known
from tests.intake.conftest import make_token, reader

REGIONS = ["au", "ca", "gb", "ie", "nz", "us"]
PHONES = {
    "au": "0491 570 156",
    "ca": "(416) 555-0142",
    "gb": "07700 900123",
    "ie": "087 123 4567",
    "nz": "021 555 123",
    "us": "(503) 555-0142",
}
# What each region's short sentences say.
CRISIS_LINE = {
    "au": "Call 13 11 14 or text 0477 13 11 14, any hour, free. In danger: call 000.",
    "ca": "Call or text 988, any hour, free. In danger: call 911.",
    "gb": "Call 116 123 or text SHOUT to 85258, any hour, free. In danger: call 999.",
    "ie": "Call 116 123 or text 50808, any hour, free. In danger: call 112.",
    "nz": "Call or text 1737, any hour, free. In danger: call 111.",
    "us": "Call or text 988, any hour, free. In danger: call 911.",
}
HOME = {
    "au": "Call 1800 737 732, or text 0458 737 732, any hour.",
    "ca": "Here is who to talk to.",
    "gb": "Call 0808 2000 247, any hour.",
    "ie": "Call 1800 341 900, any hour.",
    "nz": "Call 0800 733 843, any hour.",
    "us": "Call 1-800-799-7233, or text START to 88788, any hour.",
}
CHILD = {
    "au": "call 1800 55 1800.",
    "ca": "call 1-800-668-6868 or text CONNECT to 686868.",
    "gb": "call 0800 1111.",
    "ie": "call 1800 66 66 66.",
    "nz": "call 0800 376 633 or text 234.",
    "us": "call or text 1-800-422-4453.",
}


class Seen(HTMLParser):
    """The words of a page, and where its telephone links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.links: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        href = dict(attrs).get("href") or ""
        if href.startswith(("tel:", "sms:")):
            self.links.add(href[4:])

    def handle_data(self, data):
        self.parts.append(data)

    @property
    def words(self) -> str:
        return re.sub(r" ([.,])", r"\1", " ".join(" ".join(self.parts).split()))


@pytest.fixture(params=REGIONS)
def region(request, starter, settings, tmp_path) -> str:
    """The example practice, moved there with a phone of its own."""
    settings.DATA_DIR = tmp_path
    Practice.objects.update(
        region=Region.objects.get(code=request.param), phone=PHONES[request.param]
    )
    SiteRevision.raise_()
    last_known.keep()
    Key.objects.register_primary(keyring())
    return str(request.param)


def numbers(lines) -> dict[str, set[str]]:
    """What may be seen of these lines, and where it leads."""
    return {
        "seen": {n for line in lines for n in (line.call_shown, line.text_shown) if n},
        "links": {n for line in lines for n in (line.call_link, line.text_link) if n},
    }


def strange_numbers(html: str, region: str) -> set[str]:
    """Numbers of other regions, in words or behind links, and links that lead nowhere known."""
    lines = CrisisLine.objects.select_related("region")
    own = numbers(lines.filter(region__code=region))
    other = numbers(lines.exclude(region__code=region))
    seen = Seen(html)
    how = " ".join(line.how for line in lines.filter(region__code=region))  # "999 leads there too"
    foreign = (other["seen"] | other["links"]) - own["seen"] - own["links"]
    named = {n for n in foreign if stands_in(n, seen.words) and not stands_in(n, how)}
    return named | (seen.links - own["links"] - {Practice.current().phone_link})


def stands_in(number: str, words: str) -> bool:
    """By itself, and not as a part of "30,000" or of a code's "K112"."""
    return bool(re.search(rf"(?<![\w,-]){re.escape(number)}(?![\w-])", words))


def posted(client, **answers):
    typed = {
        "preferred_name": "Kim", "seeking_for": "me", "adult": "yes", "location": "here",
        "contact_method": "call", "phone_private": "no", "voicemail": "none",
        "token": form_token.write(make_token()), "step": "send",
    }  # fmt: skip
    return client.post("/contact/", {**typed, **answers})


def test_starter_has_the_lines_of_six_regions_that_nobody_looked_at_yet(starter):
    assert sorted(Region.objects.values_list("code", flat=True)) == REGIONS
    assert CrisisLine.objects.exclude(checked_on=None).count() == 0
    named = {r.code: set(Practice(region=r).crisis) for r in Region.objects.all()}
    everything = {"danger", "talk", "home", "child", "text"}
    assert named == {**dict.fromkeys(REGIONS, everything), "ca": everything - {"home"}}


def test_strange_numbers_are_found(region):
    """The search below would find them."""
    page = '<p>Call <a href="tel:3114">3114</a> or 0800 1111 or 1-800-799-7233.</p>'
    found = strange_numbers(page, region)
    expected = {"3114", "0800 1111", "1-800-799-7233"}
    assert found == expected - {"us": {"1-800-799-7233"}, "gb": {"0800 1111"}}.get(region, set())


def test_public_pages_name_their_region_alone(region, client):
    slugs = Edition.objects.public().values_list("page__slug", flat=True)
    strange, lines = {}, {}
    for slug in slugs:
        html = client.get(f"/{slug}/" if slug else "/").text
        strange[slug] = strange_numbers(html, region)
        lines[slug] = Seen(html).words.count(CRISIS_LINE[region])
    assert strange == {slug: set() for slug in slugs}
    assert {slug for slug, count in lines.items() if count != 2} == set()


def test_help_now_shows_every_line_of_the_region(region, client):
    html = client.get("/help-now/").text
    shown = numbers(CrisisLine.objects.filter(region__code=region).select_related("region"))
    seen = Seen(html)
    assert {number for number in shown["seen"] if number not in seen.words} == set()
    assert shown["links"] <= seen.links
    danger = Practice.current().crisis["danger"].call
    assert f"If you call {danger}, they will ask where you are." in seen.words
    assert len(re.findall(r'id="(line-\d+)"', html)) == len(
        set(re.findall(r'id="(line-\d+)"', html))
    )


def test_form_names_the_region_alone(region, client):
    html = client.get("/contact/").text
    words = Seen(html).words
    assert strange_numbers(html, region) == set()
    call = CRISIS_LINE[region].partition(",")[0].replace("Call", "call", 1)
    assert f"If tonight is hard, {call}. Someone is awake there." in words
    assert HOME[region] in words


def test_form_reads_the_region_s_own_phone_numbers(region, client):
    page = posted(client, step="check", phone=PHONES[region])
    assert page.status_code == 200
    assert f"the number ending in {PHONES[region][-2:]}" in Seen(page.text).words
    assert PHONES[region] in Seen(page.text).words


def test_under_18_names_the_region_alone(region, client):
    html = posted(client, adult="no").text
    words = Seen(html).words
    assert strange_numbers(html, region) == set()
    assert f"For kids who are hurt or scared at home: {CHILD[region]}" in words


def test_sent_page_and_mail_name_the_region_alone(region, client):
    reader("dana")
    response = posted(client, phone=PHONES[region])
    html = client.get(response.headers["Location"]).text
    assert (strange_numbers(html, region), HOME[region] in Seen(html).words) == (set(), True)
    assert notices.send_due() >= 1
    letter = f"{mail.outbox[0].subject}\n{mail.outbox[0].body}"
    assert strange_numbers(letter, region) == set()


@pytest.mark.parametrize("status", [400, 403, 404, 413, 500, 503])
@pytest.mark.parametrize("database", ["there", "away"])
def test_error_pages_name_the_region_alone(region, status, database):
    def away(*_):
        raise OperationalError("the server is gone")

    request = RequestFactory().get("/nowhere/")
    if database == "away":
        with connection.execute_wrapper(lambda *_: away()):
            html = render_to_string(f"{status}.html", request=request)
    else:
        html = render_to_string(f"{status}.html", request=request)
    words = Seen(html).words
    assert (strange_numbers(html, region), words.count(CRISIS_LINE[region])) == (set(), 2)
    if status in (500, 503):
        assert HOME[region] in words


def test_error_page_that_knows_no_region_names_no_number(db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    html = render_to_string("503.html", request=RequestFactory().get("/nowhere/"))
    assert Seen(html).links == set()
    assert "In danger: call the emergency number where you are." in Seen(html).words


def test_region_of_the_practice_is_live_on_save(starter, client):
    assert CRISIS_LINE["us"] in Seen(client.get(reverse("home")).text).words
    Practice.objects.update(region=Region.objects.get(code="nz"))
    assert CRISIS_LINE["nz"] in Seen(client.get(reverse("home")).text).words
