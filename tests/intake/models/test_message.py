import pytest

from intake.encryption import SealBroken
from intake.models import (
    Conflict,
    ContactRequest,
    Event,
    Message,
    NotAllowed,
    Receipt,
    SentPage,
)
from intake.receipts import in_blocks
from tests.intake.conftest import CANARY, make_answers, make_token, reader, sent_request

ANOTHER = "7QK4M2XD9F3CTB7W5HNEK0PA"


@pytest.fixture
def sent(practice):
    """A request and the code that only its sender has."""
    answer = ContactRequest.objects.send(make_answers(), make_token())
    return sent_request(answer.reference), SentPage.objects.open(answer.address).receipt


@pytest.fixture
def request_(sent):
    return sent[0]


def stored(message):
    return Message.objects.get(pk=message.pk)


def test_write_seals_once_for_staff_and_once_for_the_person(sent, staff_user):
    request, code = sent
    message = stored(request.write(staff_user, "We have room on Monday."))
    assert message.for_staff == "We have room on Monday."
    assert message.opened_with(code) == "We have room on Monday."


def test_opened_with_takes_the_code_as_people_type_it(sent, staff_user):
    request, code = sent
    message = stored(request.write(staff_user, "Hello"))
    assert message.opened_with(in_blocks(code.lower(), "-")) == "Hello"


def test_opened_with_refuses_any_other_code(request_, staff_user):
    message = request_.write(staff_user, "Hello")
    with pytest.raises(SealBroken):
        message.opened_with(ANOTHER)


def test_opened_with_refuses_the_copy_of_another_message(sent, staff_user):
    request, code = sent
    one, two = request.write(staff_user, "one"), request.write(staff_user, "two")
    one.for_person = two.for_person
    with pytest.raises(SealBroken):
        one.opened_with(code)


def test_write_leaves_no_words_in_clear(request_, staff_user):
    message = request_.write(staff_user, CANARY)
    row = Message.objects.filter(pk=message.pk).values().get()
    assert CANARY.encode() not in bytes(row["for_person"])
    assert CANARY.encode() not in row["for_staff"].content
    assert CANARY not in repr(message) + str(request_.events.get(verb="wrote").facts)


def test_write_leaves_an_event_with_its_digest(request_, staff_user):
    message = request_.write(staff_user, "Hello")
    event = request_.events.get(verb="wrote")
    assert event.actor == staff_user
    assert event.facts["message"] == str(message.pk)
    assert event.facts["sealed"] == stored(message).digest()
    assert Event.verify(request_.pk) == []


def test_write_without_a_receipt_keeps_the_copy_for_staff_alone(sent, staff_user):
    request, code = sent
    Receipt.objects.filter(request=request).delete()
    message = stored(request.write(staff_user, "Hello"))
    assert (message.for_staff, message.for_person) == ("Hello", None)
    assert message.opened_with(code) == ""
    assert request.notices.filter(to_person=True).count() == 0


def test_write_refuses_a_closed_request(request_, staff_user):
    request_.close(staff_user, "changed_mind")
    with pytest.raises(NotAllowed):
        request_.write(staff_user, "Hello")
    assert request_.messages.count() == 0


def test_write_refuses_what_changed_meanwhile(request_, staff_user):
    seen = request_.version
    request_.take(staff_user)
    with pytest.raises(Conflict):
        request_.write(reader("ana"), "Hello", expected_version=seen)
    assert request_.messages.count() == 0


def test_write_stores_a_double_click_once(request_, staff_user):
    seen = request_.version
    request_.write(staff_user, "Hello", expected_version=seen)
    with pytest.raises(Conflict):
        request_.write(staff_user, "Hello", expected_version=seen)
    assert request_.messages.count() == 1


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"contact_private": "no", "mail_wanted": True}, ""),
        ({"contact_private": "no"}, "not_asked"),
        ({"contact_private": "", "mail_wanted": True}, "shared"),
        ({"contact_private": "yes", "mail_wanted": True}, "shared"),
        ({"contact_private": "unsure", "mail_wanted": True}, "shared"),
        ({"contact_private": "no", "mail_wanted": True, "held_reason": "fast"}, "held"),
        ({"contact_method": "text", "contact_private": "no", "mail_wanted": True}, "other_way"),
        ({"contact_method": "call", "contact_private": "no", "mail_wanted": True}, "other_way"),
        ({"contact_method": "own", "contact_private": "no", "mail_wanted": True}, "other_way"),
    ],
)
def test_no_mail_goes_without_a_clear_yes(make_request, staff_user, answers, why):
    request = make_request(**{"contact_method": "email", "email": "kim@example.org", **answers})
    request.write(staff_user, "Hello")
    assert request.why_no_mail == why
    assert request.notices.filter(kind="written").count() == (0 if why else 1)
    if why:
        assert request.events.get(verb="wrote").facts["mail"] == why
