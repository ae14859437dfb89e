from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.db import IntegrityError, transaction

from pages.models import Edition, OfRevision, Practice, SiteRevision

TUESDAY_MORNING = datetime(2026, 11, 24, 16, tzinfo=UTC)  # 8 in Brookmere; it opens at 9


def test_raise_counts_up(practice):
    assert [SiteRevision.raise_(), SiteRevision.raise_()] == [1, 2]
    assert SiteRevision.current() == 2


def test_there_is_one_row(db):
    SiteRevision.raise_()
    with pytest.raises(IntegrityError, match="revision_one_row"):
        SiteRevision.objects.create(id=2)


def test_next_change_is_the_next_turn_of_the_clock(practice):
    SiteRevision.raise_(TUESDAY_MORNING)
    assert SiteRevision.objects.get().next_change_at == TUESDAY_MORNING + timedelta(hours=1)


def test_next_change_is_a_planned_edition_where_that_is_sooner(draft, source):
    soon = TUESDAY_MORNING + timedelta(minutes=5)
    Edition.objects.create(page=draft, number=1, content={}, live_at=soon)
    SiteRevision.raise_(TUESDAY_MORNING)
    assert SiteRevision.objects.get().next_change_at == soon


def test_next_change_is_unknown_without_a_practice(db):
    SiteRevision.raise_()
    assert SiteRevision.objects.get().next_change_at is None


def test_current_rises_once_when_the_moment_has_come(practice, django_assert_num_queries):
    SiteRevision.raise_(TUESDAY_MORNING)
    before = TUESDAY_MORNING + timedelta(minutes=59)
    after = TUESDAY_MORNING + timedelta(minutes=60)
    with django_assert_num_queries(1):
        assert SiteRevision.current(before) == 1
    assert [SiteRevision.current(after), SiteRevision.current(after)] == [2, 2]


@pytest.fixture
def worked_out():
    """What is kept of a count that rises each time it is worked out."""
    numbers = count(1)
    return OfRevision(lambda: next(numbers))


@pytest.mark.django_db(transaction=True)
def test_what_was_worked_out_stands_until_the_revision_moves(worked_out):
    assert [worked_out(), worked_out()] == [1, 1]
    SiteRevision.raise_()
    assert [worked_out(), worked_out()] == [2, 2]


@pytest.mark.django_db(transaction=True)
def test_in_a_transaction_it_is_worked_out_anew_and_not_kept(worked_out):
    with transaction.atomic():
        SiteRevision.raise_()
        assert [worked_out(), worked_out()] == [1, 2]
    assert [worked_out(), worked_out()] == [3, 3]


def test_last_number_is_what_was_stored_last(db):
    assert SiteRevision.last_number() == 0
    assert SiteRevision.raise_() == SiteRevision.last_number() == 1


@pytest.mark.django_db(transaction=True)
def test_practice_shown_is_read_anew_once_it_changed(practice, rf, django_assert_num_queries):
    def asked():
        return Practice.of(rf.get("/")).name

    SiteRevision.raise_()
    before = asked()
    with django_assert_num_queries(1):
        assert asked() == before
    practice.name = "Another name"
    practice.save()
    SiteRevision.raise_()
    assert (before, asked()) == ("Lantern Street Therapy", "Another name")


def test_practice_is_read_anew_in_a_transaction(practice, rf):
    before = Practice.of(rf.get("/")).name
    Practice.objects.update(name="Another name")
    assert (before, Practice.of(rf.get("/")).name) == ("Lantern Street Therapy", "Another name")
