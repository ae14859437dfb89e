from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError

from pages.models import Edition, SiteRevision

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
