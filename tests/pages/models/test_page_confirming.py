"""A legal page is a draft until someone confirms it, and again once it says something else."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from pages.models import Page, Practice

SOON = timedelta(minutes=5)


@pytest.fixture
def legal(practice):
    page = Page.objects.create(slug="privacy", kind="legal", title="Privacy", heading="P")
    page.sections.create(heading="What we keep", body="Little.")
    page.publish(by=None)
    return page


@pytest.fixture
def confirmed(legal, editor):
    legal.confirm(legal.public_edition, by=editor)
    return stored(legal)


def stored(page) -> Page:
    return Page.objects.get(pk=page.pk)


def test_confirming_keeps_who_when_and_which_words(legal, editor):
    assert legal.needs_confirming is True
    legal.confirm(legal.public_edition, by=editor)
    kept = stored(legal)
    assert (kept.confirmed_by, kept.confirmed_edition.number) == (editor, 1)
    assert (legal.needs_confirming, kept.needs_confirming) == (False, False)


def test_day_is_that_of_the_practice(legal, editor, monkeypatch):
    Practice.objects.update(time_zone="America/Los_Angeles")
    late = datetime(2026, 11, 25, 5, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: late)
    legal.confirm(legal.editions.get(), by=editor)
    assert stored(legal).confirmed_on == date(2026, 11, 24)


@pytest.mark.parametrize("missing", ["confirmed_by", "confirmed_on", "confirmed_edition"])
def test_what_was_confirmed_is_kept_whole_or_not_at_all(confirmed, missing):
    with pytest.raises(IntegrityError, match="page_confirmed_by_someone"):
        Page.objects.update(**{missing: None})


def test_only_legal_pages_need_confirming(draft):
    assert draft.needs_confirming is False


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Other"},
        {"heading": "Other"},
        {"summary": "Other"},
        {"calm_line": "Other"},
        {"effective_on": "2026-11-01"},
    ],
)
def test_other_words_want_confirming_anew_once_they_are_public(confirmed, change):
    Page.objects.update(**change)
    assert stored(confirmed).needs_confirming is False
    confirmed.publish(by=None)
    assert stored(confirmed).needs_confirming is True


@pytest.mark.parametrize("change", [{"body": "Other"}, {"heading": "Other"}])
def test_other_sections_want_confirming_anew(confirmed, change):
    confirmed.sections.update(**change)
    confirmed.publish(by=None)
    assert confirmed.needs_confirming is True


def test_the_same_words_stay_confirmed(confirmed):
    Page.objects.update(position=3, description="Other", reviewed_on="2026-11-23")
    confirmed.publish(by=None)
    assert stored(confirmed).needs_confirming is False
    confirmed.unpublish(by=None)
    assert stored(confirmed).needs_confirming is False


def test_words_to_come_want_confirming_when_their_time_has_come(confirmed, editor, monkeypatch):
    Page.objects.update(summary="Other")
    confirmed.publish(by=editor, at=timezone.now() + SOON)
    assert stored(confirmed).needs_confirming is False
    later = timezone.now() + 2 * SOON
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert stored(confirmed).needs_confirming is True


def test_going_back_to_confirmed_words_asks_for_nothing(confirmed):
    Page.objects.update(summary="Other")
    confirmed.publish(by=None)
    confirmed.editions.get(number=1).publish_again(by=None)
    assert stored(confirmed).needs_confirming is False
