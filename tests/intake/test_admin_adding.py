"""Add a call: five fields, same clock, same list, nothing typed is lost."""

import html
import re
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from intake.models import ContactRequest
from tests.intake.conftest import CANARY
from tests.intake.staff import team
from tests.signing_in import sign_in

CALL = reverse("admin:intake_contactrequest_call")
TYPED = {
    "preferred_name": "Quizzaciously",
    "contact_method": "call",
    "contact": "(503) 555-0186",
    "safe": "first_name",
    "message": CANARY,
    "origin": "phone",
}


@pytest.fixture
def people(practice):
    return team()


@pytest.fixture
def intake(people):
    return sign_in(Client(), people["intake"])


def add(client, **typed):
    return client.post(CALL, {"key": uuid4(), **TYPED, **typed})


def errors(answer):
    text = html.unescape(answer.content.decode())
    return re.findall(r'<li><a href="#(\w+)">([^<]+)</a></li>', text)


def test_a_call_is_in_the_same_list_with_the_same_promise(intake, people):
    answer = add(intake, mine="on")
    added = ContactRequest.objects.get()
    assert (answer.status_code, added.owner) == (302, people["intake"])
    assert answer.url == reverse("admin:intake_contactrequest_change", args=[added.pk])
    found = (added.preferred_name, added.phone, added.message)
    assert found == ("Quizzaciously", "+15035550186", CANARY)
    assert (added.contact_private, added.voicemail, added.due_kind) == (
        "no",
        "first_name",
        "promise",
    )
    page = intake.get(answer.url).content.decode()
    assert "added their call" in page
    assert '<li class="success">Added. Answer by' in page
    queue = intake.get(reverse("admin:intake_contactrequest_changelist")).content.decode()
    assert "Q.</span>" in queue
    assert CANARY not in page + queue


@pytest.mark.parametrize(
    ("safe", "private", "voicemail"),
    [
        ("", "", ""),
        ("shared", "yes", "none"),
        ("private", "no", "none"),
        ("first_name", "no", "first_name"),
        ("full", "no", "full"),
    ],
)
def test_one_question_says_what_is_safe(intake, safe, private, voicemail):
    add(intake, safe=safe)
    added = ContactRequest.objects.get()
    assert (added.contact_private, added.voicemail) == (private, voicemail)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"preferred_name": ""}, [("id_preferred_name", "Enter a name to ask for")]),
        ({"contact_method": ""}, [("id_contact_method", "Choose how to reach them")]),
        ({"contact": ""}, [("id_contact", "Enter the phone number or email address")]),
        ({"contact": "5550186"}, [("id_contact", "Enter the whole phone number, with area code")]),
        (
            {"contact_method": "email"},
            [("id_contact", "Enter an email address like name@example.com")],
        ),
        (
            {"message": "x" * 1501},
            [("id_message", "What it is about must be 1,500 characters or less")],
        ),
    ],
)
def test_errors_are_said_and_every_value_stays(intake, typed, expected):
    answer = add(intake, **typed)
    assert (answer.status_code, errors(answer)) == (200, expected)
    page = answer.content.decode()
    assert "<title>Error: Add a call" in page
    kept = {name: value for name, value in {**TYPED, **typed}.items() if value}
    for name in {"preferred_name", "contact", "message"} & set(kept):
        assert kept[name] in page, name
    assert re.search(r'value="first_name" selected', page)
    assert ContactRequest.objects.count() == 0


def test_who_will_call_again_needs_no_number(intake):
    assert add(intake, contact_method="own", contact="").status_code == 302
    assert ContactRequest.objects.get().due_kind == "theirs"


def test_pressed_twice_it_is_one(intake):
    key = uuid4()
    first, second = add(intake, key=key), add(intake, key=key)
    assert first.url == second.url
    assert ContactRequest.objects.count() == 1


def test_a_therapist_has_what_they_write_down(people):
    client = sign_in(Client(), people["own"])
    answer = add(client)
    assert ContactRequest.objects.get().owner == people["own"]
    assert client.get(answer.url).status_code == 200


def test_every_page_of_staff_leads_to_it(intake, people):
    link = f'<a href="{CALL}"'
    pages = [reverse("admin:index"), reverse("admin:intake_contactrequest_changelist")]
    assert [intake.get(page).content.decode().count(link) for page in pages] == [1, 1]
    editor = sign_in(Client(), people["editor"])
    assert link not in editor.get(pages[0]).content.decode()


def test_second_record_shows_neither_the_words_of_the_other(intake, people, make_request):
    first = make_request(seeking_for="couple", message="Absquatulate")
    first.set_status(people["intake"], "talking")
    page = intake.get(reverse("admin:intake_contactrequest_change", args=[first.pk])).content
    second_url = reverse("admin:intake_contactrequest_second", args=[first.pk])
    assert f'href="{second_url}"' in page.decode()
    answer = intake.post(second_url, {"key": uuid4(), **TYPED})
    second = ContactRequest.objects.exclude(pk=first.pk).get()
    intake.post(reverse("admin:intake_contactrequest_open", args=[second.pk]))
    page = intake.get(answer.url).content.decode()
    assert CANARY in page
    assert "Absquatulate" not in page
    assert re.findall(r'class="beside">([^<]+)<a href="[^"]+">([^<]+)<', page) == [
        ("A couple: the other record is ", f"{first.reference[:4]}-{first.reference[4:]}")
    ]
    first_page = intake.get(reverse("admin:intake_contactrequest_change", args=[first.pk]))
    assert second_url not in first_page.content.decode()


@pytest.mark.parametrize("days", [89, 91])
def test_wrote_before_within_90_days_is_a_link(intake, people, make_request, days):
    from datetime import timedelta

    from django.utils import timezone

    earlier, later = make_request(), make_request(preferred_name="Someone else")
    earlier.close(people["intake"], "changed_mind")
    long_ago = timezone.now() - timedelta(days=days)
    ContactRequest.objects.filter(pk=earlier.pk).update(received_at=long_ago)
    for request in (earlier, later):
        request.fill_indexes()
    page = intake.get(reverse("admin:intake_contactrequest_change", args=[later.pk]))
    found = re.findall(r'class="beside">(Wrote before, closed) \w+ \d+: <a', page.content.decode())
    assert found == (["Wrote before, closed"] if days < 90 else [])


def test_wrote_before_is_said_only_of_what_they_may_see(people, make_request):
    earlier, later = make_request(), make_request()
    for request in (earlier, later):
        request.fill_indexes()
    later.give(people["intake"], people["own"])
    address = reverse("admin:intake_contactrequest_change", args=[later.pk])
    found = {
        name: sign_in(Client(), people[name]).get(address).content.decode().count("Wrote before")
        for name in ("intake", "own")
    }
    assert found == {"intake": 1, "own": 0}
    assert User.objects.filter(username="own").exists()
