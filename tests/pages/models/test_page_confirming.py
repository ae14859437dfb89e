"""A legal page is a draft until someone confirms it, and again once it says something else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from pages.models import Edition, Page


@pytest.fixture
def legal(practice):
    """A legal page that has been public for three days."""
    page = Page.objects.create(slug="privacy", kind="legal", title="Privacy", heading="P")
    shown_since(page, days=3)
    return page


def shown_since(page, days):
    """What the page says now, as an edition of some days ago."""
    Edition.objects.create(
        page=page,
        number=page.editions.count() + 1,
        content=page.draft(),
        live_at=timezone.now() - timedelta(days=days),
    )


def confirmed(page, by, days):
    page.confirm(by=by)
    Page.objects.update(confirmed_on=timezone.localdate() - timedelta(days=days))
    return Page.objects.get(pk=page.pk)


def test_confirming_keeps_who_and_when(legal, editor):
    assert legal.needs_confirming is True
    legal.confirm(by=editor)
    stored = Page.objects.get(pk=legal.pk)
    assert (stored.confirmed_by, stored.confirmed_on) == (editor, timezone.localdate())
    assert (legal.needs_confirming, stored.needs_confirming) == (False, False)


def test_only_legal_pages_need_confirming(draft):
    assert draft.needs_confirming is False


def test_page_that_says_something_else_needs_confirming_again(legal, editor):
    page = confirmed(legal, editor, days=2)
    assert page.needs_confirming is False
    page.heading = "Another"
    page.save()
    assert page.needs_confirming is False  # only the draft changed
    shown_since(page, days=1)
    assert page.needs_confirming is True


def test_page_that_says_the_same_again_stays_confirmed(legal, editor):
    page = confirmed(legal, editor, days=2)
    page.reviewed_on = timezone.localdate()
    page.save()
    shown_since(page, days=1)
    assert page.needs_confirming is False


def test_change_planned_before_needs_confirming_once_it_is_there(legal, editor):
    legal.heading = "Planned"
    legal.save()
    shown_since(legal, days=1)
    assert confirmed(legal, editor, days=2).needs_confirming is True
