from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from intake import receipts
from intake.clock import practice_clock
from intake.encryption import keyring
from intake.models import AlreadySent, ContactRequest, Event, Key, Notice, Receipt, SentPage
from intake.models.inbox import Taken
from intake.receipts import Code
from pages.models import Service
from tests.intake.conftest import CANARY, at_once, make_answers, make_token, reader


def send(answers=None, token=None, held_reason=""):
    return ContactRequest.objects.send(
        answers or make_answers(), token or make_token(), held_reason
    )


def counts() -> list[int]:
    return [m.objects.count() for m in (ContactRequest, Event, Receipt, SentPage)]


# Sending


def test_send_stores_the_request_and_all_that_belongs_to_it(practice, staff_user):
    token = make_token()
    sent = send(token=token)
    request = ContactRequest.objects.get()
    assert (request.reference, request.status, request.kind) == (sent.reference, "new", "real")
    assert (request.activity_seq, request.version, request.held_reason) == (1, 1, "")
    assert counts() == [1, 1, 1, 1]
    assert Notice.objects.get().request == request
    assert Event.verify(request.pk) == []


def test_send_is_due_when_it_was_promised(practice):
    send()
    request = ContactRequest.objects.get()
    promised = practice_clock().promised_at(request.received_at)
    assert (request.promised_at, request.due_at, request.due_kind) == (
        promised,
        promised,
        "promise",
    )


def test_send_keeps_every_answer(practice):
    service = Service.objects.create(slug="couples", name="Couples")
    answers = make_answers(
        service="couples",
        therapist="nobody-by-this-name",
        times_ok=["morning", "evening"],
        contact_private="unsure",
        voicemail="first_name",
        format="online",
        payment="insurance",
        insurer="Acme",
        location="Oregon",
        mail_wanted=True,
    )
    send(answers)
    request = ContactRequest.objects.get()
    kept = {name: getattr(request, name) for name in answers.columns()}
    assert kept == answers.columns()
    assert (request.service, request.therapist) == (service, None)


def test_send_again_gives_the_same_answer_and_stores_nothing(practice, staff_user):
    token = make_token()
    first = send(token=token)
    assert send(token=token) == first
    assert counts() == [1, 1, 1, 1]
    assert Notice.objects.count() == 1


def test_send_again_after_the_page_is_gone_still_gives_the_reference(practice):
    token = make_token()
    first = send(token=token)
    SentPage.objects.all().delete()
    assert send(token=token) == first
    assert SentPage.objects.count() == 0


def test_send_of_other_answers_with_the_same_key_is_refused(practice):
    token = make_token()
    sent = send(token=token)
    with pytest.raises(AlreadySent) as error:
        send(make_answers(message="changed my mind"), token)
    assert error.value.reference == sent.reference
    assert CANARY not in str(error.value)
    assert ContactRequest.objects.get().message == CANARY


def test_send_of_the_same_answers_with_another_key_is_another_request(practice):
    assert send().reference != send().reference
    assert counts() == [2, 2, 2, 2]


def test_database_keeps_one_request_for_a_send_key(practice):
    send()
    send()
    first, second = ContactRequest.objects.all()
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactRequest.objects.filter(pk=second.pk).update(send_key_hash=first.send_key_hash)


def test_sent_before_looks_without_storing(practice):
    token, answers = make_token(), make_answers()
    assert ContactRequest.objects.sent_before(token, answers) is None
    sent = send(answers, token)
    assert ContactRequest.objects.sent_before(token, answers) == sent


def test_send_holds_a_suspect_without_dropping_it(practice):
    send(held_reason="trap")
    request = ContactRequest.objects.held().get()
    assert (request.held_reason, request.message) == ("trap", CANARY)
    assert request.events.get().facts["held_reason"] == "trap"


def test_send_takes_another_reference_when_one_is_taken(practice, monkeypatch):
    taken = send().reference
    codes = iter([Code(taken, "0" * 16), Code("ZZZZZZZZ", "1" * 16)])
    monkeypatch.setattr(receipts, "new_code", lambda: next(codes))
    assert send().reference == "ZZZZZZZZ"
    assert counts() == [2, 2, 2, 2]


@contextmanager
def failed_statements():
    """What the database refused, and would have logged with all that stood in it."""
    failed = []

    def watch(execute, sql, *rest):
        try:
            return execute(sql, *rest)
        except DatabaseError as error:
            failed.append(type(error))
            raise

    with connection.execute_wrapper(watch):
        yield failed


def test_a_second_send_puts_nothing_into_the_log_of_the_database(practice, monkeypatch):
    token = make_token()
    taken = send(token=token).reference
    codes = iter([Code("ZZZZZZZY", "0" * 16), Code(taken, "0" * 16), Code("ZZZZZZZZ", "1" * 16)])
    monkeypatch.setattr(receipts, "new_code", lambda: next(codes))
    with failed_statements() as failed:
        assert [send(token=token).reference, send().reference] == [taken, "ZZZZZZZZ"]
    assert failed == []


def test_a_reference_that_is_taken_each_time_is_a_fault(practice, monkeypatch):
    taken = send().reference
    monkeypatch.setattr(receipts, "new_code", lambda: Code(taken, "0" * 16))
    with pytest.raises(Taken):
        send()
    assert counts() == [1, 1, 1, 1]


@pytest.fixture
def public_side(practice, settings):
    """What a process of the public side has: it takes requests and reads none."""
    settings.SURFACE = "public"
    settings.INTAKE_PRIVATE_KEYS = []
    settings.INTAKE_INDEX_KEY = None


def test_the_whole_public_walk_needs_no_private_key(public_side, staff_user):
    token, answers = make_token(), make_answers()
    Key.objects.verify(keyring())
    sent = send(answers, token)
    assert ContactRequest.objects.sent_before(token, answers) == sent
    content = SentPage.objects.open(sent.address)
    assert content is not None
    receipt = Receipt.objects.of(content.receipt)
    assert receipt is not None
    assert receipt.request == ContactRequest.objects.get()
    assert Event.verify(ContactRequest.objects.get().pk) == []
    assert Notice.objects.count() == 1


def test_what_the_public_side_took_is_read_on_the_staff_side(practice, settings, staff_user):
    private, settings.INTAKE_PRIVATE_KEYS = settings.INTAKE_PRIVATE_KEYS, []
    send()
    settings.INTAKE_PRIVATE_KEYS = private
    assert ContactRequest.objects.get().open_words(staff_user).message == CANARY


# Two at once


@pytest.mark.django_db(transaction=True)
def test_the_same_request_sent_at_once_is_stored_once(practice):
    for _ in range(5):
        before = ContactRequest.objects.count()
        token, answers = make_token(), make_answers()
        results = at_once(*[lambda t=token, a=answers: send(a, t)] * 4)
        assert results == [results[0]] * 4
        assert ContactRequest.objects.count() == before + 1


@pytest.mark.django_db(transaction=True)
def test_two_versions_sent_at_once_store_one_and_refuse_the_other(practice):
    token = make_token()
    results = at_once(
        lambda: send(make_answers(message="one"), token),
        lambda: send(make_answers(message="two"), token),
    )
    refused = [result for result in results if isinstance(result, AlreadySent)]
    stored = [result for result in results if result not in refused]
    assert [refused[0].reference] == [sent.reference for sent in stored]
    assert counts() == [1, 1, 1, 1]


@pytest.mark.django_db(transaction=True)
def test_verbs_at_once_make_one_chain_and_lose_nothing(practice, staff_user):
    send()
    request = ContactRequest.objects.get()

    def note_and_take(n: int):
        def work() -> None:
            row = ContactRequest.objects.get(pk=request.pk)
            row.add_note(staff_user, str(n))
            row.take(staff_user)

        return work

    assert at_once(*[note_and_take(n) for n in range(4)]) == [None] * 4
    assert Event.verify(request.pk) == []
    assert (request.events.count(), request.notes.count()) == (9, 4)
    assert ContactRequest.objects.get().version == 5


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_claim_the_same_notice(practice, staff_user):
    for _ in range(8):
        send()
    claimed = at_once(*[lambda: Notice.objects.claim(3, 60)] * 4)
    ids = [notice.pk for notices in claimed for notice in notices]
    assert len(ids) == len(set(ids))
    rest = Notice.objects.claim(10, 60)
    assert len(ids) + len(rest) == 8


# The words of the inbox


@pytest.fixture
def requests_(make_request, staff_user):
    """One of each: open, taken, closed, held, sample."""
    made = {name: make_request() for name in ("open", "taken", "closed", "sample")}
    made["held"] = make_request(held_reason="trap")
    made["taken"].take(staff_user)
    made["closed"].close(staff_user, "spam")
    ContactRequest.objects.filter(pk=made["sample"].pk).update(kind="sample")
    return made


def test_each_word_of_the_inbox_gives_its_own(requests_, staff_user):
    names = {request.pk: name for name, request in requests_.items()}

    def found(rows) -> set[str]:
        return {names[row.pk] for row in rows}

    rows = ContactRequest.objects
    assert found(rows.real()) == {"open", "taken", "closed", "held"}
    assert found(rows.open()) == {"open", "taken", "held", "sample"}
    assert found(rows.closed()) == {"closed"}
    assert found(rows.held()) == {"held"}
    assert found(rows.not_held()) == {"open", "taken", "closed", "sample"}
    assert found(rows.unassigned()) == {"open", "closed", "held", "sample"}
    assert found(rows.of(staff_user)) == {"taken"}
    assert found(rows.of(reader("ana"))) == set()
    assert found(rows.late()) == set()
    assert found(rows.real().open().not_held()) == {"open", "taken"}


def test_late_is_open_and_past_due(requests_):
    past = timezone.now() - timedelta(minutes=1)
    ContactRequest.objects.open().update(due_at=past)
    assert ContactRequest.objects.late().count() == 4


def test_by_due_puts_first_what_is_due_first(requests_, staff_user):
    later = timezone.now() + timedelta(days=90)
    requests_["open"].set_status(staff_user, "waiting", later)
    soon = timezone.now() + timedelta(minutes=1)
    requests_["held"].set_status(staff_user, "waiting", soon)
    rows = list(ContactRequest.objects.open().by_due())
    assert (rows[0], rows[-1]) == (requests_["held"], requests_["open"])


def test_for_list_shows_first_letters_in_one_query(requests_, django_assert_num_queries):
    with django_assert_num_queries(1):
        rows = list(ContactRequest.objects.for_list().by_due())
        assert [row.initial for row in rows] == ["R"] * 5
    assert rows[0].get_deferred_fields() == {
        "phone",
        "email",
        "contact_note",
        "insurer",
        "message",
        "needs",
        "sealed_words_key",
    }


# A Monday, 10 am in Oregon. Fourteen days on is a Monday again; the week after it is Christmas.
@pytest.mark.parametrize(
    ("written", "holidays", "due"),
    [
        (datetime(2031, 11, 24, 18, tzinfo=UTC), [], date(2031, 12, 8)),
        (datetime(2031, 11, 24, 18, tzinfo=UTC), [date(2031, 12, 8)], date(2031, 12, 9)),
        (datetime(2031, 11, 22, 18, tzinfo=UTC), [], date(2031, 12, 8)),  # a Saturday
    ],
)
def test_who_calls_us_is_due_when_their_turn_ends(
    practice, make_request, monkeypatch, written, holidays, due
):
    for day in holidays:
        practice.holidays.create(date=day)
    monkeypatch.setattr(timezone, "now", lambda: written)
    own, call = make_request(contact_method="own", phone=""), make_request()
    closing = datetime.combine(due, time(17), tzinfo=practice.tz)
    assert (own.due_at, own.due_kind) == (closing, "theirs")
    assert (call.due_at, call.due_kind) == (call.promised_at, "promise")
    assert own.promised_at == call.promised_at


def test_who_calls_us_is_due_by_the_same_clock_when_reopened(staff_user, make_request):
    own = make_request(contact_method="own", phone="")
    own.close(staff_user, "changed_mind")
    own.reopen(staff_user)
    assert own.due_kind == "theirs"
    assert own.due_at > own.promised_at
