from contextlib import suppress
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from intake.models import AnonymousWrite, AppendOnly, ContactRequest, Event
from tests.intake import forging
from tests.intake.forging import execute

Verb = Event.Verb


@pytest.fixture
def request_(make_request, staff_user):
    """One with a history of four: sent, opened, taken, status set."""
    request = make_request()
    request.open_words(staff_user)
    request.take(staff_user)
    request.set_status(staff_user, "talking")
    return request


@pytest.fixture
def forge(db):
    """SQL by someone who may do anything in the database, and has no event key."""
    return forging.forge


def problems(request) -> list[str]:
    return Event.verify(request.pk)


def event_id(request, seq: int):
    return request.events.get(seq=seq).pk


def test_a_history_that_nobody_touched_has_no_problems(request_):
    assert problems(request_) == []
    assert list(request_.events.values_list("seq", "verb", "actor_kind")) == [
        (1, "sent", "person"),
        (2, "opened", "staff"),
        (3, "taken", "staff"),
        (4, "status_set", "staff"),
    ]


def test_each_event_is_bound_to_the_one_before(request_):
    events = list(request_.events.order_by("seq"))
    assert [event.prev for event in events] == [bytes(32), *(e.mac for e in events[:-1])]


def test_facts_say_how_the_request_was_left(request_, staff_user):
    event = request_.events.get(seq=4)
    assert event.facts == {
        "status": "talking",
        "outcome": "",
        "ending_with": "",
        "ending_reason": "",
        "held_reason": "",
        "urgent": False,
        "owner_id": staff_user.pk,
        "due_at": request_.due_at.isoformat(),
        "due_kind": "promise",
        "due_part": None,
    }


def test_append_adds_a_line_without_changing_the_row(request_, staff_user):
    event = Event.append(request_, Verb.OPENED, staff_user, {"via": "print"})
    assert (event.seq, event.facts["via"], event.actor) == (5, "print", staff_user)
    assert problems(request_) == []


def test_append_from_a_stale_copy_goes_after_what_came_between(request_, staff_user):
    stale = ContactRequest.objects.get(pk=request_.pk)
    Event.append(request_, Verb.OPENED, staff_user)
    assert Event.append(stale, Verb.OPENED, staff_user).seq == 6
    assert problems(request_) == []


@pytest.mark.parametrize("actor", [None, AnonymousUser()])
def test_append_of_a_staff_verb_by_nobody_is_an_error(request_, actor):
    for verb in set(Verb) - set(Event.WITHOUT_STAFF):
        with pytest.raises(AnonymousWrite):
            Event.append(request_, verb, actor)
    assert request_.events.count() == 4


def test_append_takes_known_verbs_only(request_, staff_user):
    with pytest.raises(ValueError, match="is not a valid Event"):
        Event.append(request_, "peeked", staff_user)


@pytest.mark.parametrize("value", ["two words", "naïve", "x" * 65, ["call"], {"a": 1}, 1.5, b""])
def test_append_takes_no_text(request_, staff_user, value):
    with pytest.raises(ValueError, match="reason is not a choice"):
        Event.append(request_, Verb.OPENED, staff_user, {"reason": value})


def test_append_cannot_hide_how_the_request_was_left(request_, staff_user):
    event = Event.append(request_, Verb.OPENED, staff_user, {"status": "closed"})
    assert event.facts["status"] == "talking"


def test_events_are_never_changed_or_deleted_by_the_program(request_):
    event = request_.events.first()
    for change in (
        event.save,
        event.delete,
        Event.objects.all().delete,
        lambda: Event.objects.update(verb="sent"),
        lambda: Event.objects.bulk_update([event], ["verb"]),
        lambda: Event.objects.bulk_create([event]),
    ):
        with pytest.raises(AppendOnly):
            change()


def test_the_database_refuses_to_change_an_event(request_):
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        execute("UPDATE intake_event SET verb = 'sent'")
    assert problems(request_) == []


def test_postgresql_refuses_to_delete_an_event(request_):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's tests empty tables with DELETE")
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        execute("DELETE FROM intake_event")


def test_postgresql_lets_the_events_of_samples_go(request_, forge):
    forge("UPDATE intake_event SET kind = 'sample'")
    execute("DELETE FROM intake_event")
    assert Event.objects.count() == 0


def test_a_request_with_a_history_cannot_be_deleted(request_):
    with pytest.raises(ProtectedError):
        request_.delete()


def test_what_someone_did_cannot_be_lost_with_their_account(request_, staff_user):
    with pytest.raises(ProtectedError):
        staff_user.delete()


# What someone may do who can write to the database.


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("verb", "closed"),
        ("at", timezone.now() - timedelta(days=400)),
        ("actor_id", "someone else"),
        ("facts", '{"status": "closed"}'),
        ("row_digest", b"x" * 32),
        ("sealed_digest", b"x" * 32),
        ("prev", b"x" * 32),
        ("mac", b"x" * 32),
        ("kind", "sample"),
    ],
)
def test_verify_finds_an_edited_event(request_, forge, django_user_model, column, value):
    if column == "actor_id":
        value = django_user_model.objects.create_user("ana").pk
    forge(f"UPDATE intake_event SET {column} = %s WHERE id = %s", value, event_id(request_, 3))  # noqa: S608
    assert "Event 3 is not as it was written." in problems(request_)


def test_verify_finds_an_inserted_event(request_, forge):
    """A true event of the same request, written once more with the next number."""
    columns = (
        "stream, request_id, kind, at, actor_id, actor_kind, verb, facts, row_digest, "
        "sealed_digest, prev, mac"
    )
    forge(
        f"INSERT INTO intake_event (seq, {columns}) SELECT 5, {columns} "  # noqa: S608
        "FROM intake_event WHERE id = %s",
        event_id(request_, 4),
    )
    assert problems(request_) == [
        "Event 5 is not as it was written.",
        "Event 5 does not follow event 4.",
        "The history ends at 5, the request counts 4.",
    ]


def test_verify_finds_an_event_of_another_request(request_, make_request, staff_user, forge):
    other = make_request()
    other.open_words(staff_user)
    forge("DELETE FROM intake_event WHERE id = %s", event_id(request_, 2))
    forge(
        "UPDATE intake_event SET stream = (SELECT stream FROM intake_event WHERE id = %s) "
        "WHERE id = %s",
        event_id(request_, 1),
        event_id(other, 2),
    )
    assert problems(request_)[:1] == ["Event 2 is not as it was written."]


def test_verify_finds_two_swapped_events(request_, forge):
    second, third = event_id(request_, 2), event_id(request_, 3)
    for seq, pk in ((99, second), (2, third), (3, second)):
        forge("UPDATE intake_event SET seq = %s WHERE id = %s", seq, pk)
    assert problems(request_) == [
        "Event 2 is not as it was written.",
        "Event 3 is not as it was written.",
        "Event 2 does not follow event 1.",
        "Event 3 does not follow event 2.",
        "Event 4 does not follow event 3.",
    ]


def test_verify_finds_an_event_deleted_in_the_middle(request_, forge):
    forge("DELETE FROM intake_event WHERE id = %s", event_id(request_, 2))
    assert problems(request_) == ["Between event 1 and event 3 something is missing."]


def test_verify_finds_a_deleted_beginning(request_, forge):
    forge("DELETE FROM intake_event WHERE id = %s", event_id(request_, 1))
    assert problems(request_) == ["The history begins at event 2."]


def test_verify_finds_a_cut_tail(request_, forge):
    forge("DELETE FROM intake_event WHERE id = %s", event_id(request_, 4))
    assert problems(request_) == [
        "The history ends at 3, the request counts 4.",
        "The request's status is 'talking', its history says 'new'.",
        "The request's columns are not as its history left them.",
    ]


def test_verify_finds_that_there_is_no_history(request_, forge):
    forge("DELETE FROM intake_event")
    assert problems(request_) == ["There is no history."]


COLUMNS = "The request's columns are not as its history left them."


@pytest.mark.parametrize(
    ("column", "value", "found"),
    [
        ("status", "booked", ["The request's status is 'booked', its history says 'talking'."]),
        ("held_reason", "trap", ["The request's held_reason is 'trap', its history says ''."]),
        ("urgent", True, ["The request's urgent is True, its history says False."]),
        ("contact_private", "no", []),
        ("voicemail", "full", []),
        ("contact_method", "text", []),
        ("promised_at", timezone.now() + timedelta(days=9), []),
        ("received_at", timezone.now() - timedelta(days=9), []),
        ("kind", "sample", []),
        ("times_ok", '["evening"]', []),
    ],
)
def test_verify_finds_a_flipped_column(request_, forge, column, value, found):
    forge(f"UPDATE intake_contactrequest SET {column} = %s", value)  # noqa: S608
    assert problems(request_) == [*found, COLUMNS]


def test_every_clear_column_is_witnessed_but_these(db):
    names = {field.attname for field in ContactRequest._meta.concrete_fields}
    assert set(ContactRequest.COURSE) <= names
    assert set(ContactRequest.UNWITNESSED) == {
        "due_part",  # told in the course
        "activity_seq",
        "version",
        "indexed_at",
        "phone_index",
        "email_index",
        "send_key_hash",
        "answers_mac",
        "sealed_identity_key",
        "sealed_words_key",
        "identity_key_id",
        "words_key_id",
    }


def test_a_column_that_came_later_breaks_no_history(make_request, staff_user, monkeypatch):
    names = [f for f in ContactRequest._meta.concrete_fields if f.attname != "checklist"]
    with monkeypatch.context() as before:
        before.setattr(ContactRequest._meta, "concrete_fields", names, raising=False)
        request = make_request()
    assert problems(request) == [COLUMNS]
    monkeypatch.setattr(ContactRequest, "LATER", ("checklist",))
    assert problems(request) == []
    ContactRequest.objects.filter(pk=request.pk).update(checklist=["estimate"])
    assert problems(request) == [COLUMNS]


@pytest.mark.parametrize("column", ContactRequest.sealed_columns())
def test_verify_finds_a_swapped_ciphertext(request_, make_request, forge, column):
    other = make_request(**{column: "x"} if column != "preferred_name" else {})
    forge(
        f"UPDATE intake_contactrequest SET {column} = (SELECT {column} FROM "  # noqa: S608
        "intake_contactrequest WHERE reference = %s) WHERE reference = %s",
        other.reference,
        request_.reference,
    )
    assert problems(request_) == ["The request's sealed columns are not as its history left them."]


MESSAGES = "The messages are not as the history left them."
NOTES = "The notes are not as the history left them."


def test_verify_finds_notes_that_are_gone_changed_or_put_in(request_, staff_user, forge):
    request_.add_note(staff_user, "one")
    request_.add_note(staff_user, "two")
    assert problems(request_) == []
    with suppress(InterruptedError), transaction.atomic():
        forge("UPDATE intake_note SET text = (SELECT message FROM intake_contactrequest)")
        assert problems(request_) == [NOTES]
        raise InterruptedError
    with suppress(InterruptedError), transaction.atomic():
        forge("DELETE FROM intake_note")
        assert problems(request_) == [NOTES]
        raise InterruptedError
    request_.notes.create(by=staff_user, text="no event speaks of this")
    assert problems(request_) == [NOTES]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE intake_message SET for_staff = (SELECT message FROM intake_contactrequest)",
        "UPDATE intake_message SET for_person = (SELECT message FROM intake_contactrequest)",
        "UPDATE intake_message SET for_person = NULL",
        "UPDATE intake_message SET at = (SELECT received_at FROM intake_contactrequest)",
        "DELETE FROM intake_message",
    ],
)
def test_verify_finds_messages_that_are_gone_or_changed(request_, staff_user, forge, change):
    request_.write(staff_user, "one")
    request_.write(staff_user, "two")
    assert problems(request_) == []
    with suppress(InterruptedError), transaction.atomic():
        forge(change)
        assert problems(request_) == [MESSAGES]
        raise InterruptedError


def test_verify_finds_a_message_that_no_event_speaks_of(request_, staff_user):
    request_.messages.create(by=staff_user, for_staff="not by this site")
    assert problems(request_) == [MESSAGES]


def test_verify_needs_the_event_key_that_wrote_it(request_, settings):
    settings.INTAKE_EVENT_KEY = b"n" * 32
    assert problems(request_)[:4] == [f"Event {n} is not as it was written." for n in (1, 2, 3, 4)]
