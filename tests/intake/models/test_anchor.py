"""Anchors: what they hold, when they are made, and that nothing takes them back."""

from datetime import UTC, datetime, timedelta
from threading import Event as Signal
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from intake.management.commands import work
from intake.models import Anchor, AnchoredEvent, AppendOnly, Event, NotAnAnchor, PracticeHistory
from intake.models.practice_history import PRACTICE
from tests.intake.conftest import at_once
from tests.intake.forging import execute

NOW = datetime(2026, 11, 27, 20, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def held():
    """By anchor: which event of which history."""
    return list(AnchoredEvent.objects.order_by("anchor", "stream").values_list("anchor", "seq"))


def drop(now=NOW):
    return Anchor.objects.drop(now)


def test_first_anchor_holds_how_far_each_history_has_come(make_request, staff_user):
    request = make_request()
    request.open_words(staff_user)
    PracticeHistory.objects.record(Event.Verb.LOOKED, staff_user)
    anchor = drop()
    last = request.events.get(seq=2)
    assert (anchor.number, anchor.heads, anchor.prev) == (1, 2, bytes(32))
    assert set(AnchoredEvent.objects.values_list("stream", "seq", "mac")) == {
        (request.pk, 2, last.mac),
        (PRACTICE, 1, Event.objects.get(stream=PRACTICE).mac),
    }


def test_next_anchor_holds_what_moved_since(make_request, staff_user):
    still, moved = make_request(), make_request()
    first = drop()
    moved.open_words(staff_user)
    moved.take(staff_user)
    second = drop(LATER)
    assert (second.number, second.heads, second.prev) == (2, 1, first.mac)
    assert held() == [(1, 1), (1, 1), (2, 3)]
    assert list(second.anchored.values_list("stream", flat=True)) == [moved.pk]
    assert still.events.count() == 1


def test_nothing_moved_makes_no_anchor(make_request):
    assert (drop(), Anchor.objects.newest()) == (None, None)
    make_request()
    first = drop()
    assert (drop(LATER), Anchor.objects.count()) == (first, 1)


def test_more_histories_than_a_batch(make_request, monkeypatch):
    monkeypatch.setattr("intake.models.anchor.A_BATCH", 2)
    for _ in range(5):
        make_request()
    assert drop().heads == AnchoredEvent.objects.count() == 5
    assert list(Anchor.objects.problems()) == []


def test_short_form_says_day_number_and_proof(make_request):
    make_request()
    anchor = drop()
    assert anchor.short == str(anchor) == f"2026-11-27 1 {anchor.mac.hex()[:16]}"
    assert list(Anchor.objects.problems_with(f"  {anchor.short} \n")) == []


@pytest.mark.parametrize("short", ["", "17", "2026-11-27 1", "2026-11-27 1 xyz", "1 2 3"])
def test_anything_else_is_no_anchor(db, short):
    with pytest.raises(NotAnAnchor):
        list(Anchor.objects.problems_with(short))


def test_worker_makes_one_a_day_by_the_practices_clock(make_request, staff_user, monkeypatch):
    request = make_request()
    evening = datetime(2026, 11, 28, 7, 30, tzinfo=UTC)  # half past eleven at night in Oregon
    for at, made in (
        (evening, 1),
        (evening + timedelta(minutes=20), 0),
        (evening + timedelta(hours=1), 1),
    ):
        monkeypatch.setattr(timezone, "now", lambda at=at: at)
        request.open_words(staff_user)
        assert Anchor.objects.drop_daily() == made
    assert [anchor.number for anchor in Anchor.objects.all()] == [1, 2]


def test_worker_makes_them(make_request, mailoutbox):
    make_request()
    call_command("work", "--once")
    assert Anchor.objects.newest().heads == 1
    assert "Anchors dropped" in [task.name for task in work.tasks()]


def test_program_neither_changes_nor_deletes_one(make_request):
    make_request()
    drop()
    for rows in (Anchor.objects, AnchoredEvent.objects):
        for change in (
            rows.all().delete,
            lambda rows=rows: rows.update(mac=b""),
            lambda rows=rows: rows.bulk_update([], ["mac"]),
        ):
            with pytest.raises(AppendOnly):
                change()


@pytest.mark.parametrize(
    "change", ["UPDATE intake_anchor SET mac = prev", "UPDATE intake_anchoredevent SET seq = 9"]
)
def test_database_refuses_to_change_one(make_request, change):
    make_request()
    drop()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        execute(change)


@pytest.mark.parametrize("table", ["intake_anchor", "intake_anchoredevent"])
def test_postgresql_refuses_to_delete_one(make_request, table):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's tests empty tables with DELETE")
    make_request()
    drop()
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        execute(f"DELETE FROM {table}")  # noqa: S608


@pytest.mark.parametrize("table", ["intake_event", "intake_anchor", "intake_anchoredevent"])
def test_postgresql_refuses_to_empty_a_history(make_request, table):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    make_request()
    drop()
    with transaction.atomic():
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_not_emptied")
        with pytest.raises(DatabaseError, match="never emptied"), transaction.atomic():
            execute(f"TRUNCATE {table} CASCADE")
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_what_commits_late_is_in_the_next_anchor(make_request, staff_user):
    """Its event has a lower number than others that the first anchor holds."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    late, soon = make_request(), make_request()
    drop()
    written, dropped = Signal(), Signal()

    def take_long():
        with transaction.atomic():
            late.open_words(staff_user)
            written.set()
            dropped.wait(10)
        connection.close()

    thread = Thread(target=take_long)
    thread.start()
    written.wait(10)
    soon.open_words(staff_user)
    drop()
    dropped.set()
    thread.join()
    third = drop()
    assert late.events.last().pk < soon.events.last().pk
    assert list(third.anchored.values_list("stream", "seq")) == [(late.pk, 2)]
    assert list(Anchor.objects.problems()) == []
    assert list(AnchoredEvent.objects.lost()) == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_one(make_request, staff_user):
    request = make_request()
    drop()
    request.open_words(staff_user)
    at_once(drop, drop)
    assert held() == [(1, 1), (2, 2)]
    assert list(Anchor.objects.problems()) == []
