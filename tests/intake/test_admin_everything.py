"""What is held about one request, column by column."""

from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group

from intake.admin.everything import KEPT_BACK, everything, role_of, shown
from intake.encryption import WrongKey
from intake.models import ContactRequest, Message, Note, Notice, Receipt

TZ = ZoneInfo("America/Los_Angeles")
# Each is told in words, or is a key, a keyed hash, a number of a row, or tells of someone else.
TECHNICAL = {
    "id", "send_key_hash", "answers_mac", "couple", "version", "activity_seq",
    "identity_key", "words_key", "sealed_identity_key", "sealed_words_key", "phone_index",
    "email_index", "indexed_at",
}  # fmt: skip


def names(table):
    return {field.name for field in shown(table)}


def texts(record, title):
    [part] = [part for part in record.parts if part.title == title]
    return [{cell.name: cell.text for cell in row} for row in part.rows]


def test_every_column_of_a_request_is_told_or_technical():
    columns = {field.name for field in ContactRequest._meta.concrete_fields}
    assert columns - names(ContactRequest) == TECHNICAL
    assert "couple" in KEPT_BACK


def test_columns_of_what_belongs_to_it():
    found = {table.__name__: names(table) for table in (Note, Message, Notice, Receipt)}
    assert found == {
        "Note": {"by", "at", "kind", "text"},
        "Message": {"by", "at", "for_staff", "read_at", "withdrawn_at"},
        "Notice": {"kind", "to_user", "to_person", "made_at", "due_at", "sent_at"},
        "Receipt": {"last_used_on"},
    }


@pytest.fixture
def told(make_request, staff_user):
    staff_user.groups.add(Group.objects.create(name="Intake"))
    request = make_request(
        preferred_name="Quizzaciously", times_ok=["morning", "evening"], mail_wanted=False
    )
    request.open_words(staff_user)
    request.add_note(staff_user, "Pneumonoultramicroscopic")
    request.write(staff_user, "Tuesday at noon?")
    return request


def test_choices_and_words_are_told_in_words(told):
    record = everything(told, TZ)
    [row] = texts(record, "What you sent, and where it stands")
    assert (row["preferred_name"], row["status"], row["times_ok"], row["mail_wanted"]) == (
        "Quizzaciously", "New", "Mornings, Early evenings", "No",
    )  # fmt: skip
    assert (row["needs"], row["closed_at"]) == ("(nothing)", "(nothing)")
    [note] = texts(record, "Notes that staff wrote")
    assert note["text"] == "Pneumonoultramicroscopic"
    [message] = texts(record, "Messages to you")
    assert message["for_staff"] == "Tuesday at noon?"
    assert {
        row["kind"] for row in texts(record, "Mail that was sent about it, to you and to staff")
    }


def test_staff_appear_by_their_role(told, staff_user):
    record = everything(told, TZ)
    assert role_of(staff_user) == "Staff (Intake)"
    assert [(row["by"], row["what"]) for row in texts(record, "Who read it")] == [
        ("Staff (Intake)", "opened it")
    ]
    assert [row["by"] for row in texts(record, "Everything that happened")] == [
        "You", "Staff (Intake)", "Staff (Intake)", "Staff (Intake)",
    ]  # fmt: skip
    whole = repr(record.as_json()) + repr(
        [cell.text for part in record.parts for row in part.rows for cell in row]
    )
    assert ("Staff (Intake)" in whole, "dana" in whole) == (True, False)


def test_the_same_stands_there_for_a_program(told):
    content = everything(told, TZ).as_json()
    [row] = content["parts"]["What you sent, and where it stands"]
    assert (row["status"], row["times_ok"], row["mail_wanted"], row["closed_at"]) == (
        "new", ["morning", "evening"], False, None,
    )  # fmt: skip
    assert row["received_at"] == told.received_at.isoformat()


def test_half_a_copy_is_none(told, settings):
    settings.INTAKE_PRIVATE_KEYS = []
    with pytest.raises(WrongKey):
        everything(ContactRequest.objects.get(pk=told.pk), TZ)
