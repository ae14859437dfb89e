"""Closing with a message, and taking it back within a day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from intake.models import (
    Conflict,
    ContactRequest,
    Event,
    NotAllowed,
    Notice,
    Receipt,
    SentPage,
)
from tests.intake.conftest import CANARY, make_answers, make_token, reader, sent_request

BY_MAIL = {
    "contact_method": "email", "email": "kim@example.org", "contact_private": "no",
    "mail_wanted": True,
}  # fmt: skip


@pytest.fixture
def sent(practice):
    answer = ContactRequest.objects.send(make_answers(), make_token())
    return sent_request(answer.reference), SentPage.objects.open(answer.address).receipt


@pytest.fixture
def request_(sent):
    return sent[0]


def fresh(request) -> ContactRequest:
    row: ContactRequest = ContactRequest.objects.get(pk=request.pk)
    return row


def verbs(request):
    return list(request.events.order_by("seq").values_list("verb", flat=True))


def course(request):
    names = ("status", "due_at", "due_kind", "owner_id", "outcome", "closed_at", "urgent")
    kept = ("words_purge_on", "identity_purge_on", "ending_with", "ending_reason")
    return {name: getattr(fresh(request), name) for name in names + kept}


# Closing


def test_close_seals_the_message_twice_and_tells_both_in_one_event(sent, staff_user):
    request, code = sent
    message = request.close(staff_user, "no_place", "referral", message=CANARY, referrals=2)
    stored = request.messages.get()
    assert (stored.for_staff, stored.opened_with(code)) == (CANARY, CANARY)
    event = request.events.get(verb="closed")
    assert event.facts["message"] == str(message.pk)
    assert (event.facts["referrals"], event.facts["mail"]) == (2, "other_way")
    assert CANARY not in str(event.facts)
    assert verbs(request) == ["sent", "closed"]
    assert Event.verify(request.pk) == []


def test_a_message_changed_behind_the_history_is_found(request_, staff_user):
    message = request_.close(staff_user, "no_place", "message", message="One")
    assert Event.verify(request_.pk) == []
    message.for_staff = "Two"
    message.save()
    assert Event.verify(request_.pk) == ["The messages are not as the history left them."]


def test_close_says_by_mail_that_a_message_waits_where_that_is_safe(make_request, staff_user):
    request = make_request(**BY_MAIL)
    message = request.close(staff_user, "no_place", "message", message="One")
    notice = request.notices.get(kind="written")
    assert notice.dedupe == f"written:{request.pk}:{message.pk}"
    assert not notice.is_needless
    assert request.events.get(verb="closed").facts["mail"] == ""


@pytest.mark.parametrize("outcome", ["changed_mind", "not_inquiry", "spam"])
def test_close_mails_nobody_who_wants_to_hear_nothing_more(make_request, staff_user, outcome):
    request = make_request(**BY_MAIL)
    request.close(staff_user, outcome, "message", message="One")
    assert request.notices.filter(kind="written").count() == 0
    assert request.events.get(verb="closed").facts["mail"] == "ended"


def test_close_without_a_message_leaves_none(request_, staff_user):
    assert request_.close(staff_user, "no_place", "reason", "not_safe") is None
    assert request_.messages.count() == 0
    assert "message" not in request_.events.get(verb="closed").facts


def test_close_that_fails_leaves_no_message_behind(request_, staff_user):
    with pytest.raises(Conflict):
        request_.close(staff_user, "no_place", "message", message="One", expected_version=99)
    Receipt.objects.all().delete()
    request_.close(staff_user, "became_client")
    with pytest.raises(NotAllowed):
        request_.close(staff_user, "no_place", "message", message="One")
    assert request_.messages.count() == 0


def test_the_later_of_two_who_close_is_told_and_nothing_is_overwritten(request_, staff_user):
    seen = request_.version
    request_.close(staff_user, "no_place", "message", message="One", expected_version=seen)
    before = course(request_)
    with pytest.raises(Conflict):
        fresh(request_).close(reader("ana"), "spam", expected_version=seen)
    assert course(request_) == before
    assert verbs(request_) == ["sent", "closed"]


def test_close_says_until_when_what_it_holds_is_kept(practice, request_, staff_user):
    request_.close(staff_user, "became_client")
    today = practice.today(request_.closed_at)
    assert (request_.words_purge_on, request_.identity_purge_on) == (
        today + timedelta(days=practice.words_kept_days),
        today + timedelta(days=practice.identity_kept_days),
    )


def test_a_request_taken_back_keeps_the_days_it_was_told(request_):
    request_.withdraw()
    row = fresh(request_)
    assert row.words_purge_on == row.identity_purge_on


def test_reopen_forgets_the_days(request_, staff_user):
    request_.close(staff_user, "became_client")
    request_.reopen(staff_user)
    assert (request_.words_purge_on, request_.identity_purge_on) == (None, None)


# Undo


def test_undo_brings_everything_back_as_it_was(request_, staff_user):
    request_.take(staff_user)
    request_.set_status(staff_user, "contacted", timezone.now() + timedelta(days=2))
    before = course(request_)
    request_.close(staff_user, "no_place", "reason", "not_safe")
    assert request_.undo_close(reader("ana")) == ""
    assert course(request_) == before
    assert verbs(request_) == ["sent", "taken", "status_set", "closed", "close_undone"]
    assert Event.verify(request_.pk) == []


def test_undo_asks_again_what_was_asked(request_, staff_user):
    request_.set_status(staff_user, "waiting", timezone.now() - timedelta(days=1))
    assert request_.ask_check_in(timezone.now())
    request_.close(staff_user, "changed_mind")
    assert request_.open_check_in() is None
    request_.undo_close(staff_user)
    assert request_.open_check_in().number == 1


def test_undo_takes_back_a_message_that_nobody_knows_of(make_request, staff_user):
    request = make_request(**BY_MAIL)
    request.close(staff_user, "no_place", "message", message="One")
    assert request.undo_close(staff_user) == "withdrawn"
    assert request.messages.get().withdrawn_at is not None
    assert list(request.messages.for_person()) == []
    assert request.notices.filter(kind="written").count() == 0
    assert request.events.get(verb="close_undone").facts["told"] == "withdrawn"
    assert Event.verify(request.pk) == []


@pytest.mark.parametrize("how", ["sent", "in hand"])
def test_undo_leaves_a_message_that_was_mailed(make_request, staff_user, how):
    request = make_request(**BY_MAIL)
    request.close(staff_user, "no_place", "message", message="One")
    (notice,) = [each for each in Notice.objects.claim(20, 300) if each.kind == "written"]
    if how == "sent":
        Notice.objects.mark_sent(notice)
    assert request.undo_close(staff_user) == "mailed"
    assert [each.withdrawn_at for each in request.messages.all()] == [None]
    assert request.notices.filter(kind="written").count() == 1


def test_undo_leaves_a_message_that_was_read(request_, staff_user):
    request_.close(staff_user, "no_place", "message", message="One")
    request_.messages.shown()
    assert request_.undo_close(staff_user) == "read"
    assert request_.messages.for_person().count() == 1


def test_undo_is_for_a_day(request_, staff_user, monkeypatch):
    request_.close(staff_user, "no_reply")
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=1, seconds=1))
    with pytest.raises(NotAllowed, match="Reopen it"):
        request_.undo_close(staff_user)
    assert fresh(request_).status == "closed"


@pytest.mark.parametrize("end", ["withdraw", "erase", "found"])
def test_what_the_person_ended_is_not_undone(request_, staff_user, end):
    request_.close(staff_user, "no_reply")
    request_.reopen(staff_user)
    if end == "found":
        request_.set_status(staff_user, "waiting", timezone.now() - timedelta(days=1))
        request_.ask_check_in(timezone.now())
        request_.answer_check_in("found")
    else:
        getattr(request_, end)()
    with pytest.raises(NotAllowed):
        fresh(request_).undo_close(staff_user)
    assert fresh(request_).status == "closed"


def test_undo_of_an_open_one_is_refused(request_, staff_user):
    with pytest.raises(NotAllowed):
        request_.undo_close(staff_user)


def test_undo_after_an_erasure_is_refused(request_, staff_user):
    request_.close(staff_user, "no_reply")
    request_.erase()
    with pytest.raises(NotAllowed):
        request_.undo_close(staff_user)


def test_undo_that_comes_too_late_is_told(request_, staff_user):
    request_.close(staff_user, "no_reply")
    seen = request_.version
    request_.reopen(reader("ana"))
    with pytest.raises(Conflict):
        request_.undo_close(staff_user, expected_version=seen)


def test_close_again_after_an_undo(request_, staff_user):
    request_.close(staff_user, "no_reply", message="One")
    request_.undo_close(staff_user)
    request_.close(staff_user, "no_place", "message", message="Two")
    assert [m.for_staff for m in request_.messages.for_person()] == ["Two"]
    assert request_.undo_close(staff_user) == "withdrawn"
    assert Event.verify(request_.pk) == []
