"""One request on paper: choices and history; their words only while they are read, and ticked."""

import html
import re

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from intake.admin.paper import OPEN_FIRST
from intake.models import Event
from tests.intake.reading import Reading
from tests.signing_in import sign_in

WORDS = {
    "preferred_name": "Quizzaciously",
    "phone": "(503) 555-0186",
    "contact_note": "Ultracrepidarian on weekdays",
    "message": "Absquatulate\nthrice <b>now</b>",
    "needs": "Floccinaucinihilipilification room",
    "insurer": "Honorificabilitudinitatibus Mutual",
}
SHOWN = [html.escape(word).replace("\n", "<br>") for word in WORDS.values()]
NOTE = "Pneumonoultramicroscopic"


@pytest.fixture
def at_desk(client, staff_user):
    return sign_in(client, staff_user)


@pytest.fixture
def request_(make_request, staff_user):
    made = make_request(payment="insurance", **WORDS)
    made.add_note(staff_user, NOTE)
    return made


def url(request, name):
    return reverse(f"admin:intake_contactrequest_{name}", args=[request.pk])


def printed(request):
    return [event.facts["words"] for event in request.events.filter(verb="printed").order_by("seq")]


def test_without_a_tick_no_word_is_printed(at_desk, request_, staff_user):
    at_desk.post(url(request_, "open"))
    page = at_desk.post(url(request_, "print"))
    text = page.content.decode()
    assert [word for word in [*SHOWN, NOTE, "0186", "Robin"] if word in text] == []
    assert "This sheet does not say who they are." in text
    assert Reading(page).title == f"Request {request_.blocks.replace(' ', '-')} – Staff"
    assert "no-store" in page["Cache-Control"]
    assert printed(request_) == [False]
    assert request_.events.get(verb="printed").actor == staff_user


def test_words_are_printed_where_they_are_read_and_ticked(at_desk, request_):
    at_desk.post(url(request_, "open"))
    text = at_desk.post(url(request_, "print"), {"words": "on"}).content.decode()
    assert [word for word in [*SHOWN, NOTE] if word not in text] == []
    assert printed(request_) == [True]


def test_words_need_a_reading(at_desk, request_):
    answer = at_desk.post(url(request_, "print"), {"words": "on"}, follow=True)
    text = answer.content.decode()
    assert OPEN_FIRST in text
    assert [word for word in SHOWN if word in text] == []
    assert printed(request_) == []


def test_words_can_be_ticked_while_they_are_read_only(at_desk, request_):
    assert 'name="words"' not in at_desk.get(url(request_, "change")).content.decode()
    at_desk.post(url(request_, "open"))
    page = at_desk.get(url(request_, "change")).content.decode()
    assert re.search(r'<input type="checkbox" name="words"[^>]*>', page)
    assert not re.search(r'<input type="checkbox" name="words"[^>]*checked', page)


def test_printing_stands_in_the_history_in_words(at_desk, request_):
    at_desk.post(url(request_, "open"))
    at_desk.post(url(request_, "print"))
    at_desk.post(url(request_, "print"), {"words": "on"})
    page = at_desk.get(url(request_, "change")).content.decode()
    assert "dana printed it without their words" in page
    assert "dana printed it with their words" in page


def test_printing_is_no_change_and_verifies(at_desk, request_):
    version = request_.version
    at_desk.post(url(request_, "print"))
    request_.refresh_from_db()
    assert (request_.version, Event.verify(request_.pk)) == (version, [])


def test_a_get_prints_nothing(at_desk, request_):
    assert at_desk.get(url(request_, "print")).status_code == 405
    assert printed(request_) == []


def test_who_may_not_read_requests_prints_none(client, request_):
    sign_in(client, User.objects.create_user("ed", is_staff=True))
    assert client.post(url(request_, "print")).status_code == 403
    assert printed(request_) == []
