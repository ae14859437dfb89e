from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from intake.clock import practice_clock
from intake.encryption import SealBroken, WrongKey
from intake.models import AnonymousWrite, Conflict, ContactRequest, Event, NotAllowed
from tests.intake.conftest import CANARY, reader

VERBS = {
    "open_words": [],
    "take": [],
    "set_status": ["talking"],
    "close": ["became_client"],
    "add_note": ["text"],
}


@pytest.fixture
def request_(make_request):
    return make_request()


def verbs(request) -> list[str]:
    return list(request.events.order_by("seq").values_list("verb", flat=True))


def fresh(request) -> ContactRequest:
    row: ContactRequest = ContactRequest.objects.get(pk=request.pk)
    return row


def test_str_is_the_reference(request_):
    assert str(request_) == request_.reference
    assert request_.blocks == f"{request_.reference[:4]} {request_.reference[4:]}"


def test_initial_is_the_first_letter_of_the_name(make_request):
    assert [make_request(preferred_name=name).initial for name in (" robin", "Émile", " ")] == [
        "R",
        "É",
        "",
    ]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("by", [None, AnonymousUser()])
def test_no_verb_of_staff_works_without_a_member_of_staff(request_, verb, by):
    with pytest.raises(AnonymousWrite):
        getattr(request_, verb)(by, *VERBS[verb])
    assert verbs(request_) == ["sent"]
    assert fresh(request_).status == "new"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_leaves_one_event_and_a_whole_history(request_, staff_user, verb):
    getattr(request_, verb)(staff_user, *VERBS[verb])
    assert len(verbs(request_)) == 2
    assert Event.verify(request_.pk) == []


def test_open_words_opens_all_and_records_the_reading(make_request, staff_user):
    request = make_request(needs="step-free", contact_note="not Mondays", insurer="Acme")
    opened = request.open_words(staff_user)
    assert {name: getattr(opened, name) for name in ContactRequest.sealed_columns()} == {
        "preferred_name": "Robin",
        "phone": "(503) 555-0187",
        "email": "",
        "contact_note": "not Mondays",
        "insurer": "Acme",
        "message": CANARY,
        "needs": "step-free",
    }
    event = request.events.get(verb="opened")
    assert (event.actor, CANARY in str(event.facts)) == (staff_user, False)


def test_open_words_gives_the_notes_from_first_to_last(request_, staff_user):
    request_.add_note(staff_user, "one")
    request_.add_note(reader("ana"), "two")
    notes = request_.open_words(staff_user).notes
    assert [(note.by, note.text) for note in notes] == [("dana", "one"), ("ana", "two")]


def test_open_words_keeps_the_time_of_the_first_reading(request_, staff_user):
    request_.open_words(staff_user)
    first = fresh(request_).first_opened_at
    request_.open_words(staff_user)
    assert first is not None
    assert fresh(request_).first_opened_at == first
    assert verbs(request_) == ["sent", "opened", "opened"]


def test_open_words_shows_nothing_by_itself(request_, staff_user):
    opened = request_.open_words(staff_user)
    assert CANARY not in repr(opened)


def test_open_words_that_do_not_open_leave_no_reading(request_, staff_user, settings):
    settings.INTAKE_PRIVATE_KEYS = []
    with pytest.raises(WrongKey):
        fresh(request_).open_words(staff_user)
    assert verbs(request_) == ["sent"]


def test_open_words_of_a_swapped_row_key_show_nothing(request_, staff_user, make_request):
    other = make_request()
    ContactRequest.objects.filter(pk=request_.pk).update(sealed_words_key=other.sealed_words_key)
    with pytest.raises(SealBroken):
        fresh(request_).open_words(staff_user)
    assert verbs(request_) == ["sent"]


def test_open_words_takes_few_queries(request_, staff_user, django_assert_num_queries):
    for n in range(3):
        request_.add_note(staff_user, str(n))
    row = fresh(request_)
    # savepoint, lock, sealed columns, notes, two of readings, save, last event, new event, release
    with django_assert_num_queries(10):
        row.open_words(staff_user)


def test_take_makes_it_someones(request_, staff_user):
    request_.take(staff_user)
    assert fresh(request_).owner == staff_user


def test_set_status_keeps_the_due_time(request_, staff_user):
    due = request_.due_at
    request_.set_status(staff_user, "in_review")
    row = fresh(request_)
    assert (row.status, row.due_at, row.due_kind) == ("in_review", due, "promise")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("contacted", "attempt"),
        ("booked", "consultation"),
        ("waiting", "check_in"),
        ("talking", "snooze"),
    ],
)
def test_set_status_with_a_due_time_says_what_it_is_due_for(request_, staff_user, status, kind):
    due = timezone.now() + timedelta(days=3)
    request_.set_status(staff_user, status, due)
    row = fresh(request_)
    assert (row.status, row.due_at, row.due_kind) == (status, due, kind)


def test_set_status_to_the_waiting_list_remembers_since_when(request_, staff_user):
    request_.set_status(staff_user, "waiting")
    since = fresh(request_).waiting_since
    request_.set_status(staff_user, "talking")
    request_.set_status(staff_user, "waiting")
    assert since is not None
    assert fresh(request_).waiting_since == since


def test_set_status_closes_nothing(request_, staff_user):
    with pytest.raises(NotAllowed, match="Close a request with an outcome"):
        request_.set_status(staff_user, "closed")


def test_close_ends_it_with_an_outcome(request_, staff_user):
    request_.close(staff_user, "no_place", "message")
    row = fresh(request_)
    assert (row.status, row.outcome, row.ending_with, row.due_at, row.due_kind) == (
        "closed",
        "no_place",
        "message",
        None,
        "",
    )
    assert row.closed_at is not None


@pytest.mark.parametrize(
    "outcome", ["not_a_fit", "region", "no_place", "list_ended", "crisis_help"]
)
def test_close_with_a_no_leaves_nobody_in_silence(request_, staff_user, outcome):
    with pytest.raises(NotAllowed, match="a message, a referral or a reason"):
        request_.close(staff_user, outcome)
    with pytest.raises(NotAllowed, match="Choose the reason"):
        request_.close(staff_user, outcome, "reason")
    assert (fresh(request_).status, verbs(request_)) == ("new", ["sent"])


def test_close_twice_is_refused(request_, staff_user):
    request_.close(staff_user, "spam")
    with pytest.raises(NotAllowed, match="Reopen it first"):
        request_.close(staff_user, "duplicate")
    with pytest.raises(NotAllowed, match="Reopen it first"):
        request_.set_status(staff_user, "talking")


def test_reopen_is_due_as_a_new_one_would_be(request_, staff_user):
    promised = request_.promised_at
    request_.close(staff_user, "no_place", "reason", "not_safe")
    request_.reopen(staff_user)
    row = fresh(request_)
    assert (row.status, row.outcome, row.ending_with, row.ending_reason, row.closed_at) == (
        "in_review",
        "",
        "",
        "",
        None,
    )
    assert row.due_at == practice_clock().promised_at(timezone.now())
    assert (row.due_kind, row.promised_at) == ("promise", promised)
    assert Event.verify(request_.pk) == []


def test_reopen_needs_a_closed_one(request_, staff_user):
    with pytest.raises(NotAllowed, match="is open"):
        request_.reopen(staff_user)


def test_release_lets_a_held_one_into_the_inbox(make_request, staff_user):
    request = make_request(held_reason="fast")
    assert not ContactRequest.objects.not_held().exists()
    request.release(staff_user)
    assert ContactRequest.objects.not_held().get() == request
    assert Event.verify(request.pk) == []


def test_release_needs_a_held_one(request_, staff_user):
    with pytest.raises(NotAllowed, match="not held"):
        request_.release(staff_user)


def test_no_verb_changes_what_was_promised(request_, staff_user):
    promised = request_.promised_at
    request_.take(staff_user)
    request_.set_status(staff_user, "contacted", timezone.now() + timedelta(days=5))
    request_.close(staff_user, "became_client")
    request_.reopen(staff_user)
    assert fresh(request_).promised_at == promised


@pytest.mark.parametrize(
    ("verb", "values"),
    [("take", []), ("set_status", ["talking"]), ("close", ["spam"])],
)
def test_the_later_of_two_changes_is_told(request_, staff_user, verb, values):
    seen = fresh(request_).version
    ana = reader("ana")
    request_.set_status(ana, "in_review", expected_version=seen)
    with pytest.raises(Conflict):
        getattr(request_, verb)(staff_user, *values, expected_version=seen)
    row = fresh(request_)
    assert (row.status, row.owner, row.version) == ("in_review", ana, seen + 1)
    getattr(row, verb)(staff_user, *values, expected_version=row.version)


def test_reading_and_noting_is_no_conflict(request_, staff_user):
    seen = request_.version
    request_.open_words(staff_user)
    request_.add_note(staff_user, "x")
    request_.take(staff_user, expected_version=seen)


def test_a_verb_on_a_stale_copy_keeps_what_came_between(request_, staff_user):
    stale = fresh(request_)
    request_.take(staff_user)
    stale.set_status(staff_user, "talking")
    row = fresh(request_)
    assert (row.owner, row.status) == (staff_user, "talking")


def test_a_verb_works_on_a_row_of_a_list(request_, staff_user):
    row = ContactRequest.objects.for_list().get()
    row.take(staff_user)
    assert row.open_words(staff_user).message == CANARY
    assert Event.verify(row.pk) == []


def test_add_note_speaks_of_it_in_the_history_without_its_text(request_, staff_user):
    note = request_.add_note(staff_user, CANARY)
    event = request_.events.get(verb="noted")
    assert event.facts["note"] == str(note.pk)
    assert CANARY not in str(event.facts)


def test_fill_indexes_makes_it_findable(make_request):
    request = make_request(contact_method="email", email="Kim@Example.com", phone="")
    other = make_request(phone="503-555-0188")
    assert ContactRequest.objects.unindexed().count() == 2
    for each in ContactRequest.objects.unindexed():
        each.fill_indexes()
    assert ContactRequest.objects.unindexed().count() == 0
    assert ContactRequest.objects.with_email("kim@example.COM").get() == request
    assert ContactRequest.objects.with_phone("+1 (503) 555-0188").get() == other
    assert ContactRequest.objects.with_phone("").count() == 0
    assert Event.verify(request.pk) == []


def test_whoever_moves_what_is_nobodys_has_it(request_, staff_user):
    request_.set_status(staff_user, "booked", timezone.now())
    request_.set_status(reader("ana"), "talking")
    assert fresh(request_).owner == staff_user
