"""The request's page: closed until one recorded click; then words and contact data together."""

import html
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.contrib.sessions.models import Session
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from intake.admin import reading
from intake.fields import Sealed
from intake.models import ContactRequest, Event, Note
from tests.intake.conftest import reader
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
def desk(staff_user):
    staff_user.user_permissions.add(Permission.objects.get(codename="change_contactrequest"))
    return User.objects.get(pk=staff_user.pk)


@pytest.fixture
def at_desk(client, desk):
    sign_in(client, desk)
    return client


@pytest.fixture
def request_(make_request):
    return make_request(payment="insurance", **WORDS)


def url(request, name="change"):
    return reverse(f"admin:intake_contactrequest_{name}", args=[request.pk])


def verbs(request):
    return list(request.events.order_by("seq").values_list("verb", flat=True))


def found_in(text):
    return [word for word in SHOWN if word in text]


def do(client, request, step, **typed):
    """Presses a button of the page as it stands."""
    page = client.get(url(request)).content.decode()
    hidden = dict(re.findall(r'type="hidden" name="(version|seen)" value="(\d+)"', page))
    return client.post(url(request, "do"), {**hidden, "step": step, **typed})


def test_closed_page_shows_choices_and_no_words(at_desk, request_):
    page = at_desk.get(url(request_)).content.decode()
    assert "Open this request" in page
    assert f"<title>Request {request_.blocks.replace(' ', '-')} – Staff</title>" in page
    assert "NO voicemail" in page
    assert found_in(page) == []
    for secret in ("555-0186", "5550186", "Absquatulate", "tel:"):
        assert secret not in page, secret
    assert verbs(request_) == ["sent"]


def test_one_click_shows_all_and_is_recorded_once(at_desk, desk, request_):
    page = at_desk.post(url(request_, "open"), follow=True).content.decode()
    assert found_in(page) == SHOWN
    assert '<a href="tel:+15035550186">(503) 555-0186</a>' in page
    event = request_.events.get(verb="opened")
    assert event.actor == desk
    at_desk.get(url(request_))
    assert verbs(request_) == ["sent", "opened"]


def test_title_and_address_of_the_opened_page_name_the_reference_only(at_desk, request_):
    answer = at_desk.post(url(request_, "open"))
    assert (answer.status_code, answer.url) == (302, url(request_))
    page = at_desk.get(answer.url).content.decode()
    assert f"<title>Request {request_.blocks.replace(' ', '-')} – Staff</title>" in page


def test_a_reading_ends(at_desk, request_, monkeypatch):
    at_desk.post(url(request_, "open"))
    assert found_in(at_desk.get(url(request_)).content.decode()) == SHOWN
    later = timezone.now() + reading.READING_LASTS
    monkeypatch.setattr("intake.admin.reading.timezone.now", lambda: later)
    assert found_in(at_desk.get(url(request_)).content.decode()) == []


def test_a_reading_is_closed_by_hand_and_by_opening_another(at_desk, request_, make_request):
    at_desk.post(url(request_, "open"))
    at_desk.post(url(request_, "shut"))
    assert found_in(at_desk.get(url(request_)).content.decode()) == []
    at_desk.post(url(request_, "open"))
    at_desk.post(url(make_request(), "open"))
    assert found_in(at_desk.get(url(request_)).content.decode()) == []


def test_a_reading_is_one_persons(at_desk, request_, client_class):
    at_desk.post(url(request_, "open"))
    other = client_class()
    sign_in(other, reader("ana"))
    assert found_in(other.get(url(request_)).content.decode()) == []


@pytest.fixture
def client_class():
    from django.test import Client

    return Client


def test_get_never_opens(at_desk, request_):
    assert at_desk.get(url(request_, "open")).status_code == 405
    assert at_desk.get(url(request_, "do")).status_code == 405
    assert verbs(request_) == ["sent"]


def test_session_log_and_events_hold_no_words(at_desk, request_):
    at_desk.post(url(request_, "open"))
    do(at_desk, request_, "note", note=NOTE)
    assert NOTE in at_desk.get(url(request_)).content.decode()
    session = Session.objects.get().get_decoded()
    assert session["reading"].keys() == {"request", "until"}
    events = str(list(Event.objects.values_list("facts", flat=True)))
    kept = f"{session} {events} {list(LogEntry.objects.values())}"
    for secret in [*WORDS.values(), NOTE, "Absquatulate", "5550186", "555-0186"]:
        assert secret not in kept, secret
    assert LogEntry.objects.count() == 0


def test_text_of_the_person_stays_text(at_desk, make_request):
    request = make_request(message="<script>alert(1)</script>\nhttp://evil.example")
    page = at_desk.post(url(request, "open"), follow=True).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>http://evil.example" in page


@pytest.mark.parametrize(
    ("answers", "link"),
    [
        ({"contact_method": "call", "phone": "503 555 0186"}, "tel:+15035550186"),
        ({"contact_method": "text", "phone": "503 555 0186"}, "sms:+15035550186"),
        (
            {"contact_method": "email", "phone": "", "email": "kim+a&b@example.org"},
            "mailto:kim%2Ba%26b@example.org",
        ),
        ({"contact_method": "own", "phone": "503 555 0186"}, None),
    ],
)
def test_only_the_chosen_way_is_a_link(at_desk, make_request, answers, link):
    request = make_request(**answers)
    page = at_desk.post(url(request, "open"), follow=True).content.decode()
    assert re.findall(r'href="((?:tel|sms|mailto):[^"]*)"', page) == ([link] if link else [])


def test_who_will_call_themselves_is_not_contacted(at_desk, make_request):
    request = make_request(contact_method="own", phone="")
    page = at_desk.get(url(request)).content.decode()
    (banner,) = re.findall(r'<section class="wishes.*?</section>', page, re.DOTALL)
    words = " ".join(re.sub(r"<[^>]+>", " ", banner).split())
    assert words.endswith(f"DO NOT CONTACT They will call. Short code {request.blocks}.")


def test_banner_of_an_opened_request(at_desk, make_request):
    request = make_request(preferred_name="Kim", phone="(503) 555-0142", times_ok=["morning"])
    page = at_desk.post(url(request, "open"), follow=True).content.decode()
    (banner,) = re.findall(r'<section class="wishes.*?</section>', page, re.DOTALL)
    words = " ".join(re.sub(r"<[^>]+>", " ", banner).split())
    assert words.endswith(
        "CALL number ending 42 NO voicemail mornings only "
        "someone else may answer: first name only ask for Kim"
    )


@pytest.mark.parametrize(
    ("voicemail", "said"),
    [
        ("", "Hang up before the tone. Leave no message."),
        ("none", "Hang up before the tone. Leave no message."),
        ("first_name", "Hi, this is Dana. My number is (503) 555-0142. "),
        ("full", "Hi Kim, this is Dana from Juniper House. You asked us to call. "),
    ],
)
def test_script_keeps_to_what_they_allowed(at_desk, desk, make_request, voicemail, said):
    User.objects.filter(pk=desk.pk).update(first_name="Dana")
    request = make_request(preferred_name="Kim", voicemail=voicemail, contact_private="no")
    page = html.unescape(at_desk.post(url(request, "open"), follow=True).content.decode())
    (line,) = re.findall(r"<dt>Nobody answers</dt>\s*<dd>\s*([^<]+)", page)
    assert line.startswith(said)
    assert ("from Juniper House" in page) == (voicemail == "full")


def test_without_the_key_the_page_says_so_and_the_rest_works(at_desk, request_, settings):
    settings.INTAKE_PRIVATE_KEYS = []
    page = at_desk.get(url(request_)).content.decode()
    assert "This request cannot be opened on this machine." in page
    assert "Open this request" not in page
    assert at_desk.post(url(request_, "open")).status_code == 409
    assert verbs(request_) == ["sent"]
    do(at_desk, request_, "take")
    assert verbs(request_) == ["sent", "taken"]


def test_a_request_that_was_tampered_with_says_so(at_desk, request_):
    ContactRequest.objects.filter(pk=request_.pk).update(
        message=ContactRequest._meta.get_field("message").from_db_value(b"\x01" + b"x" * 90)
    )
    answer = at_desk.post(url(request_, "open"))
    assert answer.status_code == 409
    assert "does not open" in answer.content.decode()
    assert verbs(request_) == ["sent"]


def test_purged_request_keeps_choices_only(at_desk, desk, request_):
    request_.close(desk, "changed_mind")
    now = timezone.now()
    empty = dict.fromkeys(ContactRequest.sealed_columns())
    ContactRequest.objects.filter(pk=request_.pk).update(
        **empty, words_purged_at=now, identity_purged_at=now, words_key=None, identity_key=None,
        sealed_words_key=None, sealed_identity_key=None, answers_mac=None,
    )  # fmt: skip
    page = at_desk.get(url(request_)).content.decode()
    assert "What this person wrote is erased." in page
    assert "Open this request" not in page


def test_history_in_words(at_desk, desk, request_):
    User.objects.filter(pk=desk.pk).update(first_name="Dana")
    at_desk.post(url(request_, "open"))
    do(at_desk, request_, "take")
    do(at_desk, request_, "no_answer", note=NOTE)
    ContactRequest.objects.get(pk=request_.pk).close(desk, "no_place", "reason", "not_safe")
    do(at_desk, request_, "reopen")
    request_.refresh_from_db()
    page = at_desk.get(url(request_)).content.decode()
    lines = re.findall(r"<time[^>]*>[^<]+</time>\s*<span>([^<]+)</span>", page)
    due = lines[3].partition("again by ")[2]
    assert lines == [
        "Dana reopened it",
        "Dana closed it: no place (no safe way to reach them)",
        "Dana added a note",
        f"Dana tried: no answer, try again by {due}",
        "Dana took it",
        "Dana opened it",
        "They sent it on the website",
    ]
    assert Event.verify(request_.pk) == []


# Outside a transaction, as a running site is: what is kept in memory is kept.
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("worker_alive")
@pytest.mark.parametrize("rows", [1, 3])
def test_page_takes_the_same_queries_for_any_queue(
    at_desk, make_request, django_assert_num_queries, rows
):
    made = [make_request() for _ in range(rows)]
    at_desk.get(url(made[0]))
    with django_assert_num_queries(10):
        at_desk.get(url(made[0]))


def test_stock_pages_of_the_model_are_not_served(at_desk, request_):
    base = "/staff/intake/contactrequest/"
    for path in (
        "add/",
        f"{request_.pk}/change/",
        f"{request_.pk}/delete/",
        f"{request_.pk}/history/",
    ):
        assert at_desk.get(base + path).status_code == 404, path
    for name in ("add", "delete", "history"):
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:intake_contactrequest_{name}", args=[request_.pk])


def test_no_search_of_the_admin_reaches_requests(client, practice, request_):
    sign_in(client, User.objects.create_superuser("boss", "boss@practice.example"))
    asked = {"app_label": "intake", "model_name": "note", "field_name": "request", "term": "Q"}
    answer = client.get("/staff/autocomplete/", asked)
    assert answer.status_code == 404
    assert request_.reference not in answer.content.decode()


def test_only_requests_and_what_staff_keep_are_registered(practice):
    from django.contrib import admin

    registered = {m._meta.label for m in admin.site._registry if m._meta.app_label == "intake"}
    assert registered == {
        "intake.Absence", "intake.ContactRequest", "intake.OutcomeText", "intake.Phrase",
        "intake.Referral",
    }  # fmt: skip


def test_permissions_of_each_page(client, make_request):
    request = make_request()
    nobody = User.objects.create_user("eve", "eve@practice.example", is_staff=True)
    may_read = reader("rita")
    sign_in(client, nobody)
    statuses = [client.get(url(request)).status_code, client.post(url(request, "open")).status_code]
    assert statuses == [403, 403]
    sign_in(client, may_read)
    assert 'value="take"' not in client.get(url(request)).content.decode()
    assert client.post(url(request, "do"), {"step": "take"}).status_code == 403
    assert client.post(url(request, "open")).status_code == 302
    assert verbs(request) == ["sent", "opened"]


def test_page_is_not_kept_by_the_browser(at_desk, request_):
    for page in (at_desk.get(url(request_)), at_desk.post(url(request_, "open"), follow=True)):
        assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_notes_are_sealed_and_shown_when_opened(at_desk, request_):
    do(at_desk, request_, "note", note=NOTE)
    assert NOTE not in at_desk.get(url(request_)).content.decode()
    stored = Note.objects.get().ciphertext("text")
    assert isinstance(stored, Sealed)
    assert NOTE.encode() not in stored.content
    page = at_desk.post(url(request_, "open"), follow=True).content.decode()
    assert f'<p class="words">{NOTE}</p>' in page


def test_what_is_left_of_an_erased_request_can_be_looked_at(client, make_request, practice):
    owner = User.objects.create_superuser("keeper")
    sign_in(client, owner)
    request = make_request()
    request.add_note(owner, "a note")
    request.write(owner, "a message")
    request.erase()
    for path in ("?view=closed", f"{request.pk}/"):
        response = client.get(f"/staff/intake/contactrequest/{path}", follow=True)
        assert response.status_code == 200
        assert "Robin" not in response.content.decode()
