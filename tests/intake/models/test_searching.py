"""Each way to find a request, and what each does not find."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from intake import encryption
from intake.forms.search import understood
from intake.models import ContactRequest, Event, PracticeHistory
from intake.models.choices import Match
from intake.models.practice_history import PRACTICE
from intake.models.searching import folded

OTHER = {"preferred_name": "Sam", "phone": "(503) 555-0111", "message": "Something else"}


@pytest.fixture
def find(staff_user):
    """find(typed) -> the references found, by what."""

    def find(typed):
        found = ContactRequest.objects.search(staff_user, understood(typed, "us"))
        names = dict(ContactRequest.objects.values_list("pk", "reference"))
        return {match.value: [names[pk] for pk in pks] for match, pks in found.hits.items()}

    return find


@pytest.fixture
def robin(make_request):
    """One to be found beside one that is not."""
    make_request(**OTHER)
    return make_request(
        preferred_name="Robin",
        message="I have not slept\nsince my brother’s wedding.",
        needs="A room without stairs, près de la gare",
        email="",
    )


def rename(request, reference):
    ContactRequest.objects.filter(pk=request.pk).update(reference=reference)


def close(request, user):
    request.close(user, "changed_mind")
    request.fill_indexes()


def hold(request):
    ContactRequest.objects.filter(pk=request.pk).update(held_reason="trap")


@pytest.mark.parametrize(
    "typed", ["7QK4M2XD", "7qk4-m2xd", "7QK4 M2XD", "7qk4", "m2xd", "7QK4 M", "K4M2", "7qk4 m2xd "]
)
def test_a_code_is_found_however_it_is_written_and_by_a_part(find, robin, typed):
    rename(robin, "7QK4M2XD")
    assert find(typed) == {"code": ["7QK4M2XD"]}


def test_another_code_is_not_found(find, robin):
    rename(robin, "7QK4M2XD")
    assert find("7QK4M2XC") == {}
    assert find("7QK5") == {}


@pytest.mark.parametrize("written", ["(503) 555-0187", "5035550187", "+1 503-555-0187"])
@pytest.mark.parametrize("indexed", [True, False])
def test_a_phone_is_found_however_it_is_written(find, robin, written, indexed):
    if indexed:
        robin.fill_indexes()
    assert find(written) == {"phone": [robin.reference]}


def test_another_phone_is_not_found(find, robin):
    robin.fill_indexes()
    assert find("(503) 555-0188") == {}


@pytest.mark.parametrize("indexed", [True, False])
def test_an_email_is_found_in_any_case(find, make_request, indexed):
    make_request(contact_method="email", phone="", email="sam@example.org")
    kim = make_request(contact_method="email", phone="", email="Kim@example.org")
    if indexed:
        for each in ContactRequest.objects.all():
            each.fill_indexes()
    assert find(" KIM@EXAMPLE.ORG ") == {"email": [kim.reference]}
    assert find("kim@example.com") == {}


def test_a_phone_is_found_by_its_last_digits(find, robin):
    assert find("0187") == {"digits": [robin.reference]}
    assert find("555-0187") == {"digits": [robin.reference]}
    assert find("0186") == {}
    assert find("5018") == {}  # they stand in it, and do not end it


def test_a_name_is_found_by_its_beginning(find, robin):
    assert find("robin") == {"name": [robin.reference]}
    assert find("Rob") == {"name": [robin.reference]}
    assert find("obin") == {}
    assert find("Robina") == {}


def test_accents_make_no_difference(find, make_request):
    renee = make_request(preferred_name="Renée Ana")
    for typed in ("renee", "RENÉE", "rene\u0301e ana", "ana"):
        assert find(typed) == {"name": [renee.reference]}, typed


@pytest.mark.parametrize("typed", ["slept", "wedding brother", "stairs", "pres de la", "sle"])
def test_words_are_found_in_what_they_wrote(find, robin, typed):
    assert find(typed) == {"words": [robin.reference]}


@pytest.mark.parametrize("typed", ["lept", "slept funeral", "sleptt"])
def test_words_must_all_be_there_and_begin_so(find, robin, typed):
    assert find(typed) == {}


def test_a_request_stands_once_under_what_is_surest(find, make_request):
    found = make_request(preferred_name="Robin", message="Robin is my name")
    assert find("robin") == {"name": [found.reference]}


def test_who_is_due_first_stands_first(find, make_request):
    later, sooner = make_request(), make_request()
    for request, days in ((later, 3), (sooner, 1)):
        due_at = timezone.now() + timedelta(days=days)
        ContactRequest.objects.filter(pk=request.pk).update(due_at=due_at)
    assert find("robin") == {"name": [sooner.reference, later.reference]}


@pytest.mark.parametrize("state", ["closed", "held"])
def test_what_is_not_open_is_found_by_code_phone_and_email_only(find, robin, staff_user, state):
    rename(robin, "7QK4M2XD")
    assert find("slept") == {"words": ["7QK4M2XD"]}
    close(robin, staff_user) if state == "closed" else hold(robin)
    assert find("slept") == find("robin") == find("0187") == find("m2xd") == {}
    assert find("7qk4") == {"code": ["7QK4M2XD"]}
    assert find("(503) 555-0187") == {"phone": ["7QK4M2XD"]}


def test_samples_and_heartbeats_are_not_found(find, robin):
    ContactRequest.objects.update(kind="heartbeat")
    assert find("robin") == find(robin.reference) == find("(503) 555-0187") == {}


def test_only_what_one_may_read_is_looked_through(find, robin, monkeypatch):
    monkeypatch.setattr(
        "intake.models.inbox.ContactRequestQuerySet.readable_by", lambda all_, user: all_.none()
    )
    assert find("robin") == find(robin.reference) == find("(503) 555-0187") == {}


def test_says_how_far_it_looked(robin, make_request, staff_user):
    hold(make_request())
    found = ContactRequest.objects.search(staff_user, understood("nobody", "us"))
    assert (found.count, found.looked_through, found.unopened) == (0, 2, 0)
    found = ContactRequest.objects.search(staff_user, understood("(503) 555-0199", "us"))
    assert (found.count, found.looked_through, found.unopened) == (0, 0, 0)


def test_what_has_no_key_here_is_counted_and_the_rest_found(find, robin, make_request, staff_user):
    lost = make_request()
    ContactRequest.objects.filter(pk=lost.pk).update(
        sealed_identity_key=robin.sealed_identity_key
    )  # moved: does not open there
    found = ContactRequest.objects.search(staff_user, understood("robin", "us"))
    assert (found.hits, found.unopened) == ({Match.NAME: [robin.pk]}, 1)


def test_without_the_private_key_nothing_is_found_by_words(find, robin, settings):
    rename(robin, "7QK4M2XD")
    settings.INTAKE_PRIVATE_KEYS = []
    assert find("robin") == {}
    assert find("7qk4") == {"code": ["7QK4M2XD"]}


def test_the_history_keeps_kind_and_number_and_no_word(find, robin, staff_user):
    find("robin")
    find("(503) 555-0187")
    find("Absquatulate")
    events = Event.objects.of_stream(PRACTICE)
    assert [(event.verb, event.actor, event.facts) for event in events] == [
        ("searched", staff_user, {"kinds": "code+name+words", "hits": 1}),
        ("searched", staff_user, {"kinds": "phone", "hits": 1}),
        ("searched", staff_user, {"kinds": "name+words", "hits": 0}),
    ]
    assert Event.verify(PRACTICE) == []
    assert PracticeHistory.objects.get().activity_seq == 3


def test_reads_only_what_is_needed_in_one_query(robin, staff_user):
    def asked(typed):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            ContactRequest.objects.search(staff_user, understood(typed, "us"))
        return [q["sql"] for q in queries if "sealed" in q["sql"] and "SELECT" in q["sql"]]

    [words] = asked("slept")
    [digits] = asked("0187")
    assert ('"message"' in words, '"phone"' in words, '"contact_note"' in words) == (
        True, False, False,
    )  # fmt: skip
    assert ('"message"' in digits, '"phone"' in digits, "sealed_words_key" in digits) == (
        False, True, False,
    )  # fmt: skip


def test_a_second_search_opens_no_row_key_again(find, robin, monkeypatch):
    find("slept")
    opened = []
    real = encryption.Keyring.open_row_key
    monkeypatch.setattr(
        encryption.Keyring, "open_row_key", lambda *given: opened.append(given) or real(*given)
    )
    assert find("slept") == {"words": [robin.reference]}
    assert opened == []


def test_folding_keeps_what_has_no_accent():
    assert [folded(text) for text in ("Straße", "ÅNGSTRÖM", "İx", "日本")] == [
        "strasse", "angstrom", "ix", "日本",
    ]  # fmt: skip
