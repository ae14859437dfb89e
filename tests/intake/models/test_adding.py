"""A request that staff add: sealed, due, told, and first in its history by who took it."""

import uuid

import pytest
from django.contrib.auth.models import User

from intake.models import ContactRequest, Event, NotAllowed, Notice
from tests.intake.conftest import make_answers, reader


def add(by, **facts):
    answers = facts.pop("answers", None) or make_answers()
    return ContactRequest.objects.add(by, answers, facts.pop("origin", "phone"), **facts)


def test_added_is_sealed_with_keys_of_its_own_and_due_as_others(staff_user, make_request):
    sent, added = make_request(), add(staff_user)
    stored = ContactRequest.objects.get(pk=added.pk)
    assert (stored.preferred_name, stored.message) == (sent.preferred_name, sent.message)
    assert stored.sealed_words_key != sent.sealed_words_key
    assert (stored.promised_at, stored.due_at) == (sent.promised_at, sent.promised_at)
    assert (stored.origin, stored.status, stored.owner) == ("phone", "new", None)
    assert (hasattr(stored, "receipt"), stored.send_key_hash) == (False, None)


def test_first_line_of_its_history_is_by_staff(staff_user):
    added = add(staff_user, origin="walk_in")
    event = added.events.get()
    found = (event.verb, event.actor, event.actor_kind, event.facts["origin"])
    assert found == ("added", staff_user, "staff", "walk_in")
    assert Event.verify(added.pk) == []


def test_everyone_is_told_but_who_added_it(staff_user):
    ana = reader("ana")
    add(staff_user)
    assert [notice.to_user for notice in Notice.objects.all()] == [ana]


def test_the_same_form_twice_adds_one(staff_user):
    key = uuid.uuid4()
    assert add(staff_user, pk=key) == add(staff_user, pk=key)
    assert ContactRequest.objects.count() == 1


def test_second_record_copies_nothing_and_is_linked(staff_user, make_request):
    first = make_request(seeking_for="couple", voicemail="full", contact_private="no")
    answers = make_answers(preferred_name="Sam", seeking_for="couple", message="")
    second = ContactRequest.objects.add_second(staff_user, first, answers, "phone")
    first.refresh_from_db()
    second = ContactRequest.objects.get(pk=second.pk)
    assert first.couple == second.couple is not None
    assert (second.preferred_name, second.message, second.voicemail) == ("Sam", "", "")
    assert [list(each.events.values_list("verb", flat=True)) for each in (first, second)] == [
        ["sent", "coupled"],
        ["added"],
    ]
    assert Event.verify(first.pk) == Event.verify(second.pk) == []


@pytest.mark.parametrize("reason", ["is no couple", "has its second"])
def test_no_second_where_none_belongs(staff_user, make_request, reason):
    first = make_request(seeking_for="me" if reason == "is no couple" else "couple")
    if reason == "has its second":
        ContactRequest.objects.add_second(staff_user, first, make_answers(), "phone")
    count = ContactRequest.objects.count()
    with pytest.raises(NotAllowed):
        ContactRequest.objects.add_second(staff_user, first, make_answers(), "phone")
    assert ContactRequest.objects.count() == count


def test_added_by_nobody_is_refused(practice):
    from django.contrib.auth.models import AnonymousUser

    with pytest.raises(Exception, match="needs a member of staff"):
        add(AnonymousUser())
    assert (ContactRequest.objects.count(), User.objects.count()) == (0, 0)
