from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from intake.models import ContactRequest

NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)
CLOSED = {
    "status": "closed",
    "outcome": "spam",
    "due_at": None,
    "due_kind": "",
    "closed_at": NOW,
}
WORDS_GONE = {
    "words_purged_at": NOW,
    "words_key": None,
    "sealed_words_key": None,
    "message": None,
    "needs": None,
    "answers_mac": None,
}
IDENTITY_GONE = {
    **WORDS_GONE,
    "identity_purged_at": NOW,
    "identity_key": None,
    "sealed_identity_key": None,
    "preferred_name": None,
    "phone": None,
    "email": None,
    "contact_note": None,
    "insurer": None,
    "phone_index": None,
    "email_index": None,
}


def write(**columns) -> None:
    with transaction.atomic():
        ContactRequest.objects.update(**columns)


@pytest.mark.parametrize(
    "columns",
    [CLOSED, WORDS_GONE, IDENTITY_GONE, {"outcome": ""}, {**CLOSED, **IDENTITY_GONE}],
    ids=["closed", "words gone", "identity gone", "open", "husk"],
)
def test_what_belongs_together_is_accepted(make_request, columns):
    make_request()
    write(**columns)


@pytest.mark.parametrize(
    "columns",
    [
        {"status": "closed"},
        {"due_at": None},
        {"due_kind": ""},
        {"outcome": "spam"},
        {"closed_at": NOW},
        {"ending_with": "message"},
        {"ending_reason": "age"},
        {"status": "lost"},
        {**CLOSED, "outcome": ""},
        {**CLOSED, "closed_at": None},
        {**CLOSED, "due_at": NOW},
        {**CLOSED, "outcome": "no_place"},
        {**CLOSED, "outcome": "no_place", "ending_with": "reason"},
        {"hold_kind": "legal"},
        {"hold_until": date(2027, 1, 1)},
    ],
    ids=repr,
)
def test_what_does_not_fit_together_is_refused(make_request, columns):
    make_request()
    with pytest.raises(IntegrityError):
        write(**columns)


@pytest.mark.parametrize("kept", WORDS_GONE)
def test_words_go_whole_or_not_at_all(make_request, kept):
    make_request()
    with pytest.raises(IntegrityError):
        write(**{name: value for name, value in WORDS_GONE.items() if name != kept})


@pytest.mark.parametrize("kept", sorted(set(IDENTITY_GONE) - {"phone_index", "email_index"}))
def test_identity_goes_whole_and_takes_the_words_with_it(make_request, kept):
    make_request().fill_indexes()
    with pytest.raises(IntegrityError):
        write(**{name: value for name, value in IDENTITY_GONE.items() if name != kept})


def test_identity_takes_its_index_with_it(make_request):
    make_request().fill_indexes()
    gone = {name: value for name, value in IDENTITY_GONE.items() if name != "phone_index"}
    with pytest.raises(IntegrityError):
        write(**gone)


def test_a_hold_names_who_put_it(make_request, staff_user):
    make_request()
    write(hold_kind="legal", hold_by=staff_user, hold_until=date(2027, 1, 1))
    with pytest.raises(IntegrityError):
        write(hold_by=None)


def test_a_reference_and_a_send_key_are_taken_once(make_request):
    first, second = make_request(), make_request()
    others = ContactRequest.objects.filter(pk=second.pk)
    for name in ("reference", "send_key_hash"):
        with pytest.raises(IntegrityError), transaction.atomic():
            others.update(**{name: getattr(first, name)})
