import json
from base64 import b64decode
from io import StringIO

import pytest
from django.apps import apps
from django.core import serializers
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.core.serializers.base import DeserializationError
from django.db import connection
from django.db.models import F
from django.forms import modelform_factory

from intake.encryption import SealBroken, WrongKey
from intake.fields import BytesField, SealedTextField
from intake.models import ContactRequest, Event, Note
from tests.intake.conftest import CANARY


def stored(row, column: str) -> bytes:
    """What the database holds, past every field."""
    name = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {name(column)} FROM {name(row._meta.db_table)} WHERE id = %s",  # noqa: S608
            [row._meta.pk.get_db_prep_value(row.pk, connection)],
        )
        return bytes(cursor.fetchone()[0])


def overwrite(row, column: str, content: bytes | None) -> None:
    name = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {name(row._meta.db_table)} SET {name(column)} = %s WHERE id = %s",  # noqa: S608
            [content, row._meta.pk.get_db_prep_value(row.pk, connection)],
        )


def again(row):
    return type(row).objects.get(pk=row.pk)


def test_the_sealed_columns_are_these_and_no_others():
    sealed = {
        (model._meta.object_name, field.name, field.key)
        for model in apps.get_app_config("intake").get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedTextField)
    }
    assert sealed == {
        ("ContactRequest", "preferred_name", "identity"),
        ("ContactRequest", "phone", "identity"),
        ("ContactRequest", "email", "identity"),
        ("ContactRequest", "contact_note", "identity"),
        ("ContactRequest", "insurer", "identity"),
        ("ContactRequest", "message", "words"),
        ("ContactRequest", "needs", "words"),
        ("Message", "for_staff", "words"),
        ("Note", "text", "words"),
    }


REFERRAL = (
    "name", "what_for", "for_whom", "cost", "languages", "region", "phone", "web", "mail", "notes"
)  # fmt: skip


def test_no_other_column_of_the_intake_takes_free_text():
    """All that holds text and is no choice, by equality: a new one must be thought about."""
    free = {
        (model._meta.object_name, field.name)
        for model in apps.get_app_config("intake").get_models()
        for field in model._meta.concrete_fields
        if field.get_internal_type() in ("CharField", "TextField", "JSONField")
        and not field.choices
    }
    assert free == {
        ("Key", "fingerprint"),
        ("ContactRequest", "reference"),
        ("ContactRequest", "location"),
        ("ContactRequest", "times_ok"),
        ("ContactRequest", "checklist"),
        ("Event", "kind"),
        ("Event", "facts"),
        ("Backup", "name"),  # of a file
        ("Notice", "dedupe"),
        ("Notice", "error_class"),
        ("Phrase", "text"),  # the practice's own list
        ("OutcomeText", "text"),  # the practice's own words
        *(("Referral", name) for name in REFERRAL),  # about others, never about a person
    }


def test_reading_opens_what_was_written(make_request):
    request = make_request(needs="step-free entry", insurer="")
    assert (request.message, request.needs, request.insurer) == (CANARY, "step-free entry", "")


def test_the_database_holds_ciphertext_for_every_sealed_column(make_request):
    answers = dict.fromkeys(ContactRequest.sealed_columns(), CANARY)
    request = make_request(**answers)
    assert {getattr(request, name) for name in answers} == {CANARY}  # it could leak
    contents = [stored(request, name) for name in answers]
    assert [content for content in contents if b"canary" in content] == []
    assert {content[:1] for content in contents} == {b"\x01"}


def test_an_empty_answer_is_sealed_like_any_other(make_request):
    request = make_request(message="", needs="x")
    assert len(stored(request, "message")) == len(stored(request, "needs"))


@pytest.mark.parametrize("name", ContactRequest.sealed_columns())
def test_each_column_is_sealed_in_its_own_table_column_and_row(make_request, name):
    request = make_request(**{name: CANARY})
    field = ContactRequest._meta.get_field(name)
    assert isinstance(field, SealedTextField)
    key = request.row_key(field.key)
    place = ("intake_contactrequest", name, str(request.pk))
    assert key.open(stored(request, name), *place) == CANARY


def test_moved_to_another_column_it_does_not_open(make_request):
    request = make_request()
    overwrite(request, "needs", stored(request, "message"))
    with pytest.raises(SealBroken):
        again(request).needs  # noqa: B018


def test_moved_to_another_row_it_does_not_open(make_request):
    first, second = make_request(), make_request()
    overwrite(second, "message", stored(first, "message"))
    with pytest.raises(SealBroken):
        again(second).message  # noqa: B018


def test_moved_to_another_row_with_its_key_it_does_not_open(make_request):
    first, second = make_request(), make_request()
    for column in ("message", "sealed_words_key"):
        overwrite(second, column, stored(first, column))
    with pytest.raises(SealBroken):
        again(second).message  # noqa: B018


def test_the_identity_key_does_not_stand_in_for_the_words_key(make_request):
    request = make_request()
    overwrite(request, "sealed_words_key", stored(request, "sealed_identity_key"))
    with pytest.raises(SealBroken):
        again(request).message  # noqa: B018


def test_moved_to_another_table_it_does_not_open(make_request, staff_user):
    """A note has the same words key: only the table, column and row keep the two apart."""
    request = make_request()
    note = request.add_note(staff_user, "a note")
    overwrite(note, "text", stored(request, "message"))
    with pytest.raises(SealBroken):
        again(note).text  # noqa: B018


def test_without_the_private_key_reading_raises_and_names_the_key(make_request, settings):
    request = make_request()
    settings.INTAKE_PRIVATE_KEYS = []
    with pytest.raises(WrongKey, match="private half of key " + request.words_key_id):
        again(request).message  # noqa: B018


def test_loading_a_row_opens_nothing(make_request, settings):
    request = make_request()
    settings.INTAKE_PRIVATE_KEYS = []
    assert again(request).reference == request.reference


def test_a_purged_column_reads_as_nothing_even_without_a_key(make_request, settings, staff_user):
    note = make_request().add_note(staff_user, "x")
    overwrite(note, "text", None)
    settings.INTAKE_PRIVATE_KEYS = []
    assert again(note).text == ""


@pytest.mark.parametrize(
    "lookup", ["message", "message__exact", "message__contains", "message__in", "phone__startswith"]
)
def test_lookups_on_ciphertext_are_refused(lookup, db):
    with pytest.raises(FieldError, match="is sealed: it cannot be searched"):
        ContactRequest.objects.filter(**{lookup: "x"})


def test_whether_it_was_purged_can_be_asked(make_request):
    make_request()
    assert ContactRequest.objects.filter(message__isnull=False).count() == 1


def test_text_never_goes_into_a_query(make_request):
    request = make_request()
    with pytest.raises(TypeError, match="message is sealed"):
        ContactRequest.objects.update(message="words")
    request.message = "words"
    with pytest.raises(TypeError, match="message is sealed"):
        ContactRequest.objects.bulk_update([request], ["message"])


def test_ciphertext_copied_by_a_query_does_not_open(make_request):
    request = make_request()
    ContactRequest.objects.update(needs=F("message"))
    with pytest.raises(SealBroken):
        again(request).needs  # noqa: B018


def test_only_text_can_be_assigned(make_request):
    with pytest.raises(TypeError, match="message takes text"):
        make_request().message = b"bytes"


def test_assigned_text_is_sealed_at_the_next_save(make_request):
    request = make_request()
    before = stored(request, "message")
    request.message = "other words"
    assert request.message == "other words"
    assert stored(request, "message") == before
    request.save()
    assert again(request).message == "other words"


def test_saving_leaves_what_was_not_assigned_as_it_stands(make_request):
    request = make_request()
    before = stored(request, "message")
    request.message  # noqa: B018  # opened, so that it could be sealed anew
    request.save()
    assert stored(request, "message") == before


def test_refreshing_opens_nothing_and_forgets_what_was_assigned(make_request, settings):
    request = again(make_request())
    private, settings.INTAKE_PRIVATE_KEYS = settings.INTAKE_PRIVATE_KEYS, []
    request.message = "never saved"
    request.refresh_from_db()
    settings.INTAKE_PRIVATE_KEYS = private
    assert request.message == CANARY


def test_refreshing_one_column_leaves_the_others_and_opens_nothing(make_request, settings):
    request = again(make_request())
    request.message = request.needs = "never saved"
    private, settings.INTAKE_PRIVATE_KEYS = settings.INTAKE_PRIVATE_KEYS, []
    request.refresh_from_db(fields=["needs", "status"])
    request.refresh_from_db(fields=["needs"])
    settings.INTAKE_PRIVATE_KEYS = private
    assert (request.message, request.needs) == ("never saved", "")


def test_deferred_columns_are_read_together(make_request, django_assert_num_queries):
    request = make_request()
    row = ContactRequest.objects.defer(*ContactRequest.sealed_columns()).get(pk=request.pk)
    with django_assert_num_queries(1):
        assert (row.message, row.preferred_name) == (CANARY, "Robin")


def test_nothing_shows_text_by_itself(make_request):
    request = make_request()
    request.needs = CANARY
    assert request.message == CANARY  # it could leak
    shown = f"{request!r} {request} {vars(request)} {ContactRequest.objects.values()}"
    assert CANARY not in shown
    assert "<text, not yet sealed>" in shown


def test_dumps_hold_ciphertext(make_request, staff_user):
    request = make_request()
    note = request.add_note(staff_user, "a note of CANARY")
    out = StringIO()
    call_command("dumpdata", "intake.contactrequest", "intake.note", stdout=out)
    assert [word for word in (CANARY, "CANARY", "Robin") if word in out.getvalue()] == []
    rows = {row["pk"]: row["fields"] for row in json.loads(out.getvalue())}
    assert b64decode(rows[str(request.pk)]["message"]) == stored(request, "message")
    assert b64decode(rows[str(note.pk)]["text"]) == stored(note, "text")


def test_dumps_are_no_backup(make_request):
    """Django would write what the attribute reads, which is text: it must fail, not leak."""
    make_request()
    dump = serializers.serialize("json", ContactRequest.objects.all())
    with pytest.raises(DeserializationError, match="preferred_name takes text"):
        list(serializers.deserialize("json", dump))


def test_a_form_over_a_request_leaves_sealed_columns_alone(make_request):
    request = make_request()
    before = stored(request, "message")
    form = modelform_factory(ContactRequest, fields=["urgent"])({"urgent": "on"}, instance=request)
    assert form.is_valid()
    form.save()
    assert (again(request).urgent, stored(request, "message")) == (True, before)


def test_sealed_columns_cannot_be_in_a_form(db):
    with pytest.raises(FieldError, match="non-editable"):
        modelform_factory(ContactRequest, fields=["message"])


def test_bytes_come_back_as_bytes_on_every_database(make_request):
    request = make_request()
    assert {type(e.mac) for e in Event.objects.all()} == {bytes}
    assert type(again(request).send_key_hash) is bytes
    assert isinstance(ContactRequest._meta.get_field("send_key_hash"), BytesField)


def test_note_text_is_sealed_with_the_words(make_request, staff_user):
    note = make_request().add_note(staff_user, CANARY)
    assert b"canary" not in stored(note, "text")
    assert Note.objects.get().text == CANARY
