"""Promises to people who may be watched, or in distress, that no other test holds."""

import colorsys
import re
from pathlib import Path

import pytest

from tests.intake.reading import Reading
from tests.pages.test_tokens import schemes

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = "\n".join(path.read_text() for path in sorted((ROOT / "static" / "js").glob("*.js")))
# Places that keep things, wake a phone up or tell others.
TELLING = re.compile(
    r"localStorage\.\w|indexedDB|serviceWorker|Notification|PushManager|document\.cookie|"
    r"onbeforeunload|returnValue|mouseleave|sendBeacon"
)
SAFETY = {
    "devices": "another phone",
    "one line at a time": "delete those lines one at a time",
    "clearing all is seen": "clear",
    "private window": "private window",
    "spyware": "in a private window too",
}
ALARM = (20 / 360, 345 / 360)  # the hues on either side of pure red


@pytest.fixture
def form(starter, client):
    return Reading(client.get("/contact/"))


def test_public_scripts_keep_nothing_outside_the_tab_and_hold_nobody_back():
    assert TELLING.findall(SCRIPTS) == []
    asked_first = re.findall(r"beforeunload\W+(\w+)", SCRIPTS)
    assert asked_first == ["lendKey"]  # which stores a key, and asks nothing


def test_nothing_is_ticked_before_someone_answers(form):
    choices = [one for one in form.controls if one.get("type") in ("radio", "checkbox")]
    assert len(choices) > 20
    assert [one for one in choices if "checked" in one] == []


def test_only_optional_questions_are_marked(form):
    words = " ".join(re.sub("<[^>]+>", " ", form.html).split())
    assert "required" not in words.lower()
    assert words.count("(optional)") == 10


def test_no_control_is_switched_off(form):
    assert [one for one in form.controls if "disabled" in one] == []


def test_writing_to_us_is_a_form_and_no_mail(form):
    assert "mailto:" not in form.html


def test_numbers_are_links_that_show_their_digits(form):
    links = re.findall(r'<a href="(?:tel|sms):[+]?(\d+)"[^>]*>(.*?)</a>', form.html, re.DOTALL)
    assert len(links) > 4
    for number, words in links:
        digits = re.sub(r"\D", "", words)
        assert digits, words
        assert number.endswith(digits), words


def test_crisis_card_says_what_to_do_and_when(form):
    card = form.html.partition('<section class="panel crisis-card"')[2].partition("</section>")[0]
    assert '<h2 id="crisis-card-title">Call or text 988 now if:</h2>' in card
    assert re.findall("<li>([^<]+)</li>", card) == [
        "you are thinking about ending your life",
        "you are scared of what you might do",
        "you need to talk to someone tonight",
    ]


def test_crisis_card_stands_after_the_button_of_the_form(form):
    assert form.html.index("Check before sending") < form.html.index('class="panel crisis-card"')
    assert form.html.count('class="panel crisis-card"') == 1


def test_leaving_is_said_not_to_erase_the_history(form):
    words = " ".join(re.sub("<[^>]+>", "", form.html).split())
    assert "clears what you typed. It does not clear your history." in words


@pytest.mark.parametrize("words", SAFETY.values(), ids=SAFETY)
def test_there_is_a_page_on_staying_private(starter, client, words):
    page = " ".join(client.get("/using-this-site/").text.split())
    assert words in page


def test_leave_control_is_dark_and_neutral():
    sheet = (ROOT / "static" / "css" / "components" / "leave.css").read_text()
    assert re.search(r"background(?:-color)?: var\(--ink\)", sheet)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_color_is_an_alarm_red(scheme):
    """Errors are rust and clay: neither bright nor pure."""
    for role, color in schemes()[scheme].items():
        hue, light, full = colorsys.rgb_to_hls(
            *(int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
        )
        is_red = hue < ALARM[0] or hue > ALARM[1]
        assert not (is_red and full > 0.7 and 0.3 < light < 0.7), (scheme, role, color)
