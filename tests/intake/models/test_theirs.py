"""What a person does with the code: each verb, its event, and what is left after it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from intake.clock import practice_clock, their_turn_ends
from intake.encryption import SealBroken
from intake.models import (
    AlreadySent,
    CheckIn,
    ContactRequest,
    Event,
    Held,
    Message,
    Notice,
    Receipt,
    SentPage,
)
from tests.intake.conftest import CANARY, make_answers, make_token, reader

SEALED = {
    "preferred_name": f"{CANARY} name",
    "phone": "(503) 555-0187",
    "email": "canary@example.com",
    "contact_note": f"{CANARY} note",
    "insurer": f"{CANARY} insurer",
    "needs": f"{CANARY} needs",
    "message": f"{CANARY} message",
}
CALLED = {"voicemail": "full", "times_ok": ["morning", "evening"]}


@pytest.fixture
def request_(make_request):
    return make_request(**CALLED)


def fresh(request) -> ContactRequest:
    row: ContactRequest = ContactRequest.objects.get(pk=request.pk)
    return row


def told(request) -> list[tuple[str, dict[str, object]]]:
    """Verbs after sending, with what they say beside the course."""
    events = request.events.filter(seq__gt=1).order_by("seq")
    return [
        (e.verb, {k: v for k, v in e.facts.items() if k not in ContactRequest.COURSE})
        for e in events
    ]


def notices(kind="theirs"):
    return Notice.objects.filter(kind=kind)


def to_person(request, kind="confirm"):
    return Notice.objects.create(
        kind=kind, request=request, to_person=True, dedupe=f"{kind}:{request.pk}"
    )


# Narrowing


def test_narrow_stops_all_messages(request_):
    to_person(request_)
    assert request_.narrow(stop=True) is True
    row = fresh(request_)
    assert (row.contact_method, row.mail_wanted, row.status) == ("own", False, "new")
    assert row.due_kind == "theirs"
    assert row.due_at == their_turn_ends(practice_clock(), timezone.now())
    assert row.promised_at == request_.promised_at
    assert told(request_) == [("narrowed", {"stop": True})]
    assert notices("confirm").count() == 0
    assert Event.verify(request_.pk) == []


@pytest.mark.parametrize("status", ["booked", "waiting"])
def test_narrow_leaves_a_day_that_was_agreed(request_, staff_user, status):
    due_at = timezone.now() + timedelta(days=30)
    request_.set_status(staff_user, status, due_at)
    request_.narrow(stop=True)
    row = fresh(request_)
    assert (row.contact_method, row.status, row.due_at) == ("own", status, due_at)


def test_narrow_stops_voicemail_and_changes_times(request_):
    assert request_.narrow(no_voicemail=True, times=["midday", "morning"]) is True
    row = fresh(request_)
    assert (row.voicemail, row.times_ok) == ("none", ["morning", "midday"])
    assert (row.contact_method, row.due_at) == ("call", request_.promised_at)
    assert told(request_) == [("narrowed", {"times": "morning+midday", "voicemail": "none"})]
    assert Event.verify(request_.pk) == []


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        (CALLED, {}),
        (CALLED, {"times": ["evening", "morning"]}),
        ({"voicemail": ""}, {"no_voicemail": True}),
        ({"voicemail": "none"}, {"no_voicemail": True}),
        ({"contact_method": "own", "phone": ""}, {"stop": True}),
        ({"contact_method": "email", "email": "k@example.com"}, {"times": ["morning"]}),
    ],
)
def test_narrow_to_what_is_so_already_leaves_no_trace(make_request, answers, asked):
    request = make_request(**answers)
    before = (fresh(request).row_digest(), fresh(request).sealed_digest())
    assert request.narrow(**asked) is False
    row = fresh(request)
    assert (row.row_digest(), row.sealed_digest(), row.version) == (*before, 1)
    assert told(request) == []
    assert notices().count() == 0


def test_narrow_never_opens_a_way(make_request):
    request = make_request(voicemail="none", contact_method="email", email="k@example.com")
    request.narrow(times=["morning"], no_voicemail=True)
    request.narrow(stop=True)
    row = fresh(request)
    assert (row.contact_method, row.voicemail, row.times_ok) == ("own", "none", [])


def test_narrow_of_a_closed_request_does_nothing(request_, staff_user):
    request_.close(staff_user, "became_client")
    assert request_.narrow(stop=True) is False
    assert fresh(request_).contact_method == "call"
    assert [verb for verb, _ in told(request_)] == ["closed"]


def test_narrow_makes_an_older_screen_of_staff_old(request_):
    request_.narrow(stop=True)
    assert fresh(request_).version == request_.version == 2


# Who hears of it


def test_staff_hear_of_each_kind_of_change_once_an_hour(request_, staff_user):
    request_.narrow(times=["midday"])
    request_.narrow(times=["morning"])
    request_.narrow(stop=True)
    assert [n.to_user for n in notices()] == [staff_user, staff_user]
    assert {n.dedupe.split(":")[2] for n in notices()} == {"times", "stop"}


def test_the_owner_alone_hears_where_there_is_one(request_, staff_user):
    ana = reader("ana")
    request_.take(ana)
    request_.narrow(stop=True)
    request_.withdraw()
    assert {n.to_user for n in notices()} == {ana}
    assert notices().count() == 2


def test_the_front_desk_hears_where_nobody_has_an_address(request_):
    request_.narrow(stop=True)
    assert [n.to_user for n in notices()] == [None]


def test_what_is_held_for_review_sends_no_mail_by_itself(make_request, staff_user):
    request = make_request(held_reason="trap")
    request.narrow(stop=True)
    assert notices().count() == 0
    assert [verb for verb, _ in told(request)] == ["narrowed"]


# Withdrawing


def test_withdraw_closes_and_names_the_last_day(request_, practice):
    to_person(request_)
    assert request_.withdraw() is True
    row = fresh(request_)
    last_day = practice.today() + timedelta(days=practice.words_kept_days)
    assert (row.status, row.outcome, row.due_at) == ("closed", "withdrew", None)
    assert (row.words_purge_on, row.identity_purge_on) == (last_day, last_day)
    assert row.message == CANARY
    assert Receipt.objects.count() == 1
    assert [verb for verb, _ in told(request_)] == ["withdrew"]
    assert (notices().count(), notices("confirm").count()) == (1, 0)
    assert Event.verify(request_.pk) == []


def test_withdraw_ends_an_open_check_in(request_, staff_user):
    now = timezone.now()
    request_.set_status(staff_user, "waiting", now + timedelta(days=20))
    CheckIn.objects.create(request=request_, number=1, expires_at=now + timedelta(days=14))
    request_.withdraw()
    check_in = CheckIn.objects.get()
    assert (check_in.answer, check_in.answered_at is None) == ("", False)


def test_withdraw_twice_is_withdrawing_once(request_):
    assert request_.withdraw() is True
    assert request_.withdraw(erase_now=True) is False
    assert [verb for verb, _ in told(request_)] == ["withdrew"]
    assert fresh(request_).message == CANARY


def test_withdraw_and_erase_now_leaves_nothing_that_opens(request_):
    assert request_.withdraw(erase_now=True) is True
    row = fresh(request_)
    assert (row.outcome, row.message, row.preferred_name) == ("withdrew", "", "")
    assert [verb for verb, _ in told(request_)] == ["withdrew", "erased"]
    assert Event.verify(request_.pk) == []


# Erasing


@pytest.fixture
def full(practice, staff_user):
    """A request with all that can hang on it, its code, and the token of its form."""
    token = make_token()
    sent = ContactRequest.objects.send(make_answers(**SEALED, **CALLED), token)
    request = ContactRequest.objects.get(reference=sent.reference)
    request.fill_indexes()
    request.add_note(staff_user, f"{CANARY} note of staff")
    message = request.write(staff_user, f"{CANARY} message of staff")
    now = timezone.now()
    request.set_status(staff_user, "waiting", now + timedelta(days=20))
    CheckIn.objects.create(request=request, number=1, expires_at=now + timedelta(days=14))
    to_person(request, "check_in")
    content = SentPage.objects.open(sent.address)
    assert content is not None
    code = content.receipt
    assert message.opened_with(code) == f"{CANARY} message of staff"
    return request, code, token


def bytes_of_every_table() -> bytes:
    """Every value of every row of this database, tables that no model knows included."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            for row in cursor.fetchall():
                found += [bytes(v) if isinstance(v, memoryview | bytes) else str(v).encode()
                          for v in row]  # fmt: skip
    return b"\n".join(found)


def ciphertexts(request) -> list[bytes]:
    row = fresh(request)
    sealed = [row.ciphertext(name) for name in ContactRequest.sealed_columns()]
    notes = [note.ciphertext("text") for note in row.notes.all()]
    messages = [message.ciphertext("for_staff") for message in row.messages.all()]
    receipt = Receipt.objects.get()
    return [
        *(each.content for each in [*sealed, *notes, *messages] if each),
        *(bytes(message.for_person or b"") for message in row.messages.all()),
        row.sealed_identity_key,
        row.sealed_words_key,
        row.answers_mac,
        row.phone_index,
        row.email_index,
        receipt.secret_hash,
        receipt.reply_public,
        SentPage.objects.get().sealed,
    ]


def test_erase_leaves_nothing_that_opens_in_any_table(full):
    request, code, _ = full
    before = ciphertexts(request)
    there = bytes_of_every_table()
    assert [b for b in before if b not in there] == []
    assert len(before) == 18
    assert request.erase() is True
    left = bytes_of_every_table()
    assert [b for b in before if b in left] == []
    assert CANARY.encode() not in left
    assert code.encode() not in left
    assert request.reference.encode() in left


def test_erase_leaves_a_husk_of_choices(full):
    request, _, _ = full
    request.erase()
    row = ContactRequest.objects.values().get()
    assert {name for name, value in row.items() if value is None} == {
        *ContactRequest.sealed_columns(),
        "identity_key_id", "words_key_id", "sealed_identity_key", "sealed_words_key",
        "answers_mac", "phone_index", "email_index", "words_purge_on", "identity_purge_on",
        "due_at", "due_part", "couple", "hold_by_id", "hold_until", "service_id",
        "therapist_id",
        "privacy_edition_id", "help_edition_id",
        "first_opened_at", "first_attempt_at", "first_talk_at",
    }  # fmt: skip
    assert (row["status"], row["outcome"], row["gone_by"]) == ("closed", "erased", "person")
    assert row["send_key_hash"] is not None
    assert (Receipt.objects.count(), SentPage.objects.count()) == (0, 0)
    assert notices("check_in").count() == 0
    assert CheckIn.objects.filter(answered_at=None).count() == 0


def test_erase_keeps_a_history_that_verifies(full, staff_user):
    request, _, _ = full
    request.erase()
    assert [verb for verb, _ in told(request)] == ["noted", "wrote", "status_set", "erased"]
    assert Event.verify(request.pk) == []
    ContactRequest.objects.filter(pk=request.pk).update(gone_by="staff")
    assert Event.verify(request.pk) == ["The request's columns are not as its history left them."]


def test_erase_takes_the_way_back_and_the_words_from_staff(full, staff_user):
    request, code, _ = full
    message = Message.objects.get()
    kept = Message(pk=message.pk, for_person=message.for_person)
    request.erase()
    assert Receipt.objects.of(code) is None
    opened = fresh(request).open_words(staff_user)
    assert {getattr(opened, name) for name in ContactRequest.sealed_columns()} == {""}
    assert [note.text for note in opened.notes] == [""]
    assert Message.objects.get().opened_with(code) == ""
    with pytest.raises(SealBroken):
        kept.opened_with("0" * 24)


def test_erase_twice_is_erasing_once(full):
    request, _, _ = full
    other_tab = fresh(request)
    assert request.erase() is True
    assert other_tab.erase() is False
    assert [verb for verb, _ in told(request)].count("erased") == 1


def test_erase_of_a_closed_request_keeps_its_outcome(request_, staff_user):
    request_.close(staff_user, "became_client")
    closed_at = fresh(request_).closed_at
    assert request_.erase() is True
    row = fresh(request_)
    assert (row.outcome, row.closed_at, row.preferred_name) == ("became_client", closed_at, "")
    assert Event.verify(request_.pk) == []


def test_old_tab_sends_an_erased_request_never_anew(full):
    request, _, token = full
    request.erase()
    with pytest.raises(AlreadySent) as caught:
        ContactRequest.objects.send(make_answers(**SEALED, **CALLED), token)
    assert caught.value.gone is True
    assert ContactRequest.objects.count() == 1
    assert fresh(request).message == ""


@pytest.mark.parametrize("verb", ["erase", "withdraw"])
def test_what_must_be_kept_is_not_erased(request_, staff_user, verb):
    ContactRequest.objects.filter(pk=request_.pk).update(hold_kind="legal", hold_by=staff_user)
    with pytest.raises(Held):
        request_.erase() if verb == "erase" else request_.withdraw(erase_now=True)
    row = fresh(request_)
    assert (row.status, row.message, told(request_)) == ("new", CANARY, [])


def test_every_table_of_the_intake_was_thought_of():
    """A new table that hangs on a request has to be thought of in `erase`."""
    related = {field.related_model.__name__ for field in ContactRequest._meta.related_objects}
    assert related == {
        "Ask",
        "Attempt",
        "CheckIn",
        "Event",
        "Message",
        "Note",
        "Notice",
        "Reading",
        "Receipt",
        "SentPage",
    }
