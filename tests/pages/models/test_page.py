import pytest
from django.db import IntegrityError

from pages.models import Page


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
