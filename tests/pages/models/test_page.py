from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from pages.models import Edition, Page


def test_draft_is_what_an_edition_keeps(draft):
    draft.next_page = Page.objects.create(slug="next", title="Next", heading="Next")
    assert draft.draft() == {
        "kind": "topic",
        "group": "read",
        "label": "Shelter",
        "position": 10,
        "title": "Shelter",
        "heading": "A roof, and {practice}",
        "summary": "In short.",
        "description": "About shelter.",
        "illustration": "",
        "indexable": True,
        "connect": True,
        "calm_line": "",
        "reviewed_on": None,
        "effective_on": None,
        "next": "next",
        "sections": [
            {
                "heading": "Why",
                "slug": "why",
                "style": "prose",
                "drawing": "",
                "body": "Because [@bowlby].",
            }
        ],
    }


def test_addresses(draft):
    home = Page(slug="", kind="home")
    assert (draft.get_absolute_url(), home.get_absolute_url()) == ("/shelter/", "/")


@pytest.mark.parametrize(("slug", "kind"), [("", "topic"), ("home", "home")])
def test_only_home_has_an_empty_address(db, slug, kind):
    with pytest.raises(IntegrityError, match="page_home_has_no_slug"):
        Page.objects.create(slug=slug, kind=kind, title="T", heading="H")


def test_changed_since_published_follows_the_draft(draft, source):
    assert draft.changed_since_published is False
    draft.publish(by=None)
    assert draft.changed_since_published is False
    draft.sections.update(body="Other words.")
    assert draft.changed_since_published is True
    draft.sections.update(body="Because [@bowlby].")
    assert draft.changed_since_published is False


@pytest.mark.parametrize("count", [1, 3])
def test_lists_of_pages_take_the_same_queries(draft, source, count, django_assert_num_queries):
    draft.publish(by=None)
    for number in range(1, count):
        Page.objects.create(slug=f"p{number}", title="T", heading="H").publish(by=None)
    with django_assert_num_queries(3):
        pages = list(Page.objects.with_public_edition())
        assert [each.changed_since_published for each in pages] == [False] * count
        assert [str(each.public_edition) for each in pages] == [f"{each} 1" for each in pages]


@pytest.fixture
def legal(practice):
    """A legal page that has been public for three days."""
    page = Page.objects.create(slug="privacy", kind="legal", title="Privacy", heading="P")
    shown_since(page, days=3)
    return page


def shown_since(page, days):
    """What the page says now, as an edition of some days ago."""
    moment = timezone.now() - timedelta(days=days)
    return Edition.objects.make(page, None, page.draft(), live_at=moment)


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
