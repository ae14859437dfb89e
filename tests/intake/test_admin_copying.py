"""A copy of everything held about one person: whole, theirs alone, and recorded."""

import io
import json
import uuid
import zipfile

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from intake.admin.copying import NOT_THEIRS, UNOPENED
from intake.models import ContactRequest
from tests.intake.conftest import CANARY, reader
from tests.intake.reading import Reading
from tests.signing_in import sign_in

CHECK = {"asked_by": "person", "checked": "called_back"}
THEIRS, OTHERS = "Absquatulate", "Brobdingnag"


@pytest.fixture
def desk(staff_user):
    staff_user.user_permissions.add(Permission.objects.get(codename="change_contactrequest"))
    return User.objects.get(pk=staff_user.pk)


@pytest.fixture
def at_desk(client, desk):
    return sign_in(client, desk)


@pytest.fixture
def request_(make_request):
    return indexed(make_request(message=THEIRS))


def indexed(request):
    request.fill_indexes()
    return request


def url(request):
    return reverse("admin:intake_contactrequest_copy", args=[request.pk])


def files(answer):
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def copied(request):
    events = request.events.filter(verb="copied").order_by("seq")
    return [(e.facts["asked_by"], e.facts["checked"]) for e in events]


def test_a_copy_is_a_page_to_print_and_a_file_for_programs(at_desk, request_, desk):
    request_.add_note(desk, "Pneumonoultramicroscopic")
    request_.write(desk, "Tuesday at noon?")
    answer = at_desk.post(url(request_), CHECK)
    found = files(answer)
    assert sorted(found) == ["copy.css", "copy.html", "copy.json"]
    for word in (THEIRS, "Robin", "Pneumonoultramicroscopic", "Tuesday at noon?", "opened it"):
        asked = word if word != "opened it" else "made a copy of everything held"
        assert asked in found["copy.html"], asked
    assert (THEIRS in found["copy.json"], "Tuesday at noon?" in found["copy.json"]) == (True, True)
    [record] = json.loads(found["copy.json"])["requests"]
    assert record["reference"] == request_.blocks.replace(" ", "-")
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"] == f'attachment; filename="copy-{request_.reference}.zip"'


def test_a_copy_is_recorded_as_choices(at_desk, request_, desk):
    at_desk.post(url(request_), {"asked_by": "parent", "checked": "in_person"})
    assert copied(request_) == [("parent", "in_person")]
    assert request_.events.get(verb="copied").actor == desk
    page = at_desk.get(reverse("admin:intake_contactrequest_change", args=[request_.pk]))
    said = (
        "dana made a copy of everything held for a parent or guardian of the person: "
        "in person, with an identity document"
    )
    assert said in page.content.decode()


def test_the_same_number_is_offered_and_not_ticked(at_desk, request_, make_request):
    again, other = indexed(make_request(message=OTHERS)), indexed(make_request(phone="5035550111"))
    page = at_desk.get(url(request_)).content.decode()
    assert (str(again.pk) in page, str(other.pk) in page) == (True, False)
    assert "checked" not in page.split("<form")[-1].split("asked_by")[0]
    found = files(at_desk.post(url(request_), CHECK))
    assert (THEIRS in found["copy.html"], OTHERS in found["copy.html"]) == (True, False)
    assert copied(again) == []


def test_what_is_ticked_is_in_it(at_desk, request_, make_request):
    again = indexed(make_request(message=OTHERS))
    found = files(at_desk.post(url(request_), {**CHECK, "requests": [str(again.pk)]}))
    assert (THEIRS in found["copy.html"], OTHERS in found["copy.html"]) == (True, True)
    assert len(json.loads(found["copy.json"])["requests"]) == 2
    assert copied(again) == [("person", "called_back")]


def test_nobody_elses_request_can_be_added(at_desk, request_, make_request):
    other = indexed(make_request(phone="(503) 555-0111", message=OTHERS))
    answer = at_desk.post(url(request_), {**CHECK, "requests": [str(other.pk)]})
    assert NOT_THEIRS in answer.content.decode()
    assert OTHERS not in answer.content.decode()
    assert (copied(request_), copied(other)) == ([], [])


def test_the_other_half_of_a_couple_is_named_as_such_and_never_told_of(
    at_desk, request_, make_request
):
    partner = indexed(make_request(message=OTHERS))
    couple = uuid.uuid4()
    for each in (request_, partner):
        ContactRequest.objects.filter(pk=each.pk).update(couple=couple)
    assert "it may be the other person’s" in at_desk.get(url(request_)).content.decode()
    found = files(at_desk.post(url(request_), CHECK))
    for text in (OTHERS, partner.reference, str(couple), str(partner.pk)):
        assert text not in found["copy.html"] + found["copy.json"]


@pytest.mark.parametrize("missing", ["asked_by", "checked"])
def test_who_asks_and_how_that_was_checked_must_be_said(at_desk, request_, missing):
    page = Reading(at_desk.post(url(request_), {**CHECK, missing: ""}))
    assert page.title.startswith("Error: Copy for ")
    assert len(page.inline) == 1
    assert copied(request_) == []


def test_what_does_not_open_is_not_copied_in_part(at_desk, request_, settings):
    settings.INTAKE_PRIVATE_KEYS = []
    answer = at_desk.post(url(request_), CHECK)
    assert answer.status_code == 409
    assert UNOPENED in answer.content.decode()
    assert copied(request_) == []


def test_what_breaks_halfway_records_nothing(at_desk, request_, make_request):
    note = request_.add_note(User.objects.get(username="dana"), "A note")
    type(note).objects.filter(pk=note.pk).update(
        text=request_.ciphertext("message")
    )  # moved here: does not open
    assert at_desk.post(url(request_), CHECK).status_code == 409
    assert copied(request_) == []


def test_a_stranger_to_requests_gets_none(client, request_):
    sign_in(client, User.objects.create_user("ed", is_staff=True))
    assert client.post(url(request_), CHECK).status_code == 403
    sign_in(client, reader("ana"))  # reads, and changes nothing
    assert client.post(url(request_), CHECK).status_code == 403
    assert copied(request_) == []


def test_the_form_itself_shows_no_word(at_desk, request_):
    page = at_desk.get(url(request_)).content.decode()
    assert [word for word in (THEIRS, "Robin", "0187", CANARY) if word in page] == []
