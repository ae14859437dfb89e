import pytest
from django.db import IntegrityError, transaction

from intake.models import Event, Notice, Phrase
from intake.models.inserting import insert


def columns(row):
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}


def test_a_row_is_stored_as_save_would(make_request):
    """Its moments, bytes and JSON too."""
    make_request()
    first = Event.objects.get()
    facts = {name: value for name, value in columns(first).items() if name != "id"} | {"seq": 2}
    insert(Event(**facts))
    Event(**facts | {"seq": 3}).save()
    _, inserted, saved = Event.objects.order_by("seq")
    assert columns(inserted) == columns(saved) | {"id": inserted.pk, "seq": 2}


def test_it_counts_as_stored(practice):
    notice = Notice(kind=Notice.Kind.NEW, dedupe="one")
    insert(notice)
    assert (notice._state.adding, notice._state.db) == (False, "default")


def test_a_key_that_the_database_gives_is_not_read_back(practice):
    phrase = Phrase(text="a b")
    insert(phrase)
    assert phrase.pk is None
    assert Phrase.objects.filter(text="a b").count() == 1


def test_what_is_there_already_is_an_error_or_left_out(practice):
    assert insert(Notice(kind=Notice.Kind.NEW, dedupe="one"), or_ignore=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Notice(kind=Notice.Kind.NEW, dedupe="one"))
    assert not insert(Notice(kind=Notice.Kind.NEW, dedupe="one"), or_ignore=True)
    assert Notice.objects.count() == 1
