import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from intake.models import Event, Notice, Phrase
from intake.models.inserting import insert, insert_with


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


def notice(dedupe, **columns):
    return Notice(kind=Notice.Kind.NEW, dedupe=dedupe, **columns)


def names():
    return sorted(Notice.objects.values_list("dedupe", flat=True))


def test_rows_that_belong_together_are_stored_together(practice):
    rows = [notice("one"), notice("two", attempts=2), notice("three", error_class="Lost")]
    assert insert_with(*rows, if_new=notice("four"))
    assert names() == ["four", "one", "three", "two"]
    assert [columns(Notice.objects.get(pk=row.pk)) for row in rows] == [*map(columns, rows)]
    assert {(row._state.adding, row._state.db) for row in rows} == {(False, "default")}


def test_nothing_is_stored_where_the_first_is_there_already(practice):
    insert(notice("one"))
    assert not insert_with(notice("one"), notice("two"), if_new=notice("three"))
    assert names() == ["one"]


def test_the_last_alone_is_left_out_where_it_is_there_already(practice):
    insert(notice("three"))
    assert insert_with(notice("one"), notice("two"), if_new=notice("three"))
    assert names() == ["one", "three", "two"]


def test_any_other_that_is_there_already_is_an_error_and_nothing_is_stored(practice):
    insert(notice("two"))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_with(notice("one"), notice("two"), if_new=notice("three"))
    assert names() == ["two"]


def test_rows_that_belong_together_cost_one_round_trip_where_there_is_one(practice):
    with CaptureQueriesContext(connection) as asked:
        insert_with(notice("one"), notice("two"), if_new=notice("three"))
    assert len(asked) == (1 if connection.vendor == "postgresql" else 3)
