from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from pages.models import Editing, OldAddress, Page, SiteRevision
from pages.models.page import AddressRefusedError


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


def test_line_ends_of_a_browser_are_no_change(draft, source):
    draft.sections.update(body="Because\n\n[@bowlby].")
    draft.publish(by=None)
    draft.sections.update(body="Because\r\n\r\n[@bowlby].")
    Page.objects.update(summary="In short.")
    assert draft.changed_since_published is False


def test_next_page_that_moved_is_no_change(draft, source, editor):
    draft.next_page = Page.objects.create(slug="next", title="Next", heading="Next")
    draft.save()
    draft.next_page.publish(by=None)
    draft.publish(by=None)
    draft.next_page.move("after", by=editor)
    assert draft.changed_since_published is False
    draft.next_page = Page.objects.create(slug="other", title="Next", heading="Next")
    assert draft.changed_since_published is True


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
def public(draft, source) -> Page:
    draft.publish(by=None)
    return draft


def old_addresses() -> dict[str, str]:
    return {old.slug: old.page.slug for old in OldAddress.objects.select_related("page")}


def test_move_keeps_the_old_address(public, editor):
    revision = SiteRevision.objects.get().number
    public.move("roof", by=editor)
    assert (public.slug, Page.objects.get().slug) == ("roof", "roof")
    assert old_addresses() == {"shelter": "roof"}
    assert SiteRevision.objects.get().number == revision + 1
    line = LogEntry.objects.get()
    assert (line.user, line.change_message) == (editor, "Moved from /shelter/ to /roof/.")


def test_moving_on_and_back_leaves_no_circle(public, editor):
    public.move("roof", by=editor)
    public.move("house", by=editor)
    assert old_addresses() == {"roof": "house", "shelter": "house"}
    public.move("shelter", by=editor)
    assert old_addresses() == {"house": "shelter", "roof": "shelter"}


def test_page_that_nobody_saw_leaves_no_old_address(draft, editor):
    draft.move("roof", by=editor)
    assert (Page.objects.get().slug, old_addresses()) == ("roof", {})


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("shelter", "The page has this address now. Write another one."),
        ("other", "The page “Other” has this address. Write another one."),
        (
            "before",
            "This address leads readers to “Other”, which moved. Write another one.",
        ),
        ("leave", "Another part of the site has this address. Write another one."),
        ("contact", "Another part of the site has this address. Write another one."),
        ("staff", "Another part of the site has this address. Write another one."),
        ("therapists", "Another part of the site has this address. Write another one."),
        *(
            (to, "Use small letters, digits and single dashes, such as getting-here.")
            for to in ("", "Roof", "a roof", "a--b", "-a", "a_b", "a/b", "ä", "a" * 51)
        ),
    ],
)
def test_move_is_refused_with_a_reason(public, editor, to, reason):
    other = Page.objects.create(slug="before", title="Other", heading="Other")
    other.publish(by=None)
    other.move("other", by=editor)
    with pytest.raises(AddressRefusedError) as refused:
        public.move(to, by=editor)
    assert str(refused.value) == reason
    assert (Page.objects.get(pk=public.pk).slug, old_addresses()) == (
        "shelter",
        {"before": "other"},
    )


@pytest.mark.parametrize("kind", sorted(Page.FIXED))
def test_pages_that_others_count_on_do_not_move(practice, editor, kind):
    slug = "" if kind == "home" else kind
    page = Page.objects.create(slug=slug, kind=kind, title="T", heading="H")
    with pytest.raises(AddressRefusedError, match="count on the address of this page"):
        page.move("elsewhere", by=editor)
    assert Page.objects.get().slug == slug


def test_new_page_cannot_take_the_old_address_of_another(public, editor):
    public.move("roof", by=editor)
    with pytest.raises(ValidationError) as refused:
        Page(slug="shelter", title="T", heading="H").full_clean()
    assert refused.value.message_dict == {
        "slug": ["This address leads readers to “Shelter”, which moved. Write another one."]
    }
    public.full_clean()


def test_page_is_known_by_the_addresses_it_had(public, editor):
    public.move("roof", by=editor)
    known = [Page.objects.known_as(slug) for slug in ("roof", "shelter", "house")]
    assert known == [public, public, None]


NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.fixture
def ben(db) -> User:
    return User.objects.create_user("ben")


def others(page: Page, user: User, minutes: float) -> list[tuple[User, datetime]]:
    return [(each.user, each.since) for each in Editing.others(page, user, at(minutes))]


def test_others_see_who_edits_and_since_when(draft, editor, ben):
    Editing.note(draft, editor, at(0))
    Editing.note(draft, editor, at(5))
    Editing.note(draft, ben, at(6))
    assert others(draft, editor, 7) == [(ben, at(6))]
    assert others(draft, ben, 15) == [(editor, at(0))]
    assert others(draft, ben, 15.1) == []


def test_who_was_away_starts_anew(draft, editor, ben):
    Editing.note(draft, editor, at(0))
    Editing.note(draft, editor, at(30))
    assert others(draft, ben, 31) == [(editor, at(30))]
    assert Editing.objects.count() == 1


def test_each_page_has_its_own_editors(draft, editor, ben):
    other = Page.objects.create(slug="other", title="Other", heading="Other")
    Editing.note(other, editor, at(0))
    assert (others(draft, ben, 1), others(other, ben, 1)) == ([], [(editor, at(0))])


def test_who_left_long_ago_is_dropped_by_the_way(draft, editor, ben):
    Editing.note(draft, editor, at(0))
    Editing.note(draft, ben, at(24 * 60 + 1))
    assert [each.user for each in Editing.objects.all()] == [ben]


def test_noting_takes_one_query_while_one_types(draft, editor, django_assert_num_queries):
    Editing.note(draft, editor, at(0))
    with django_assert_num_queries(1):
        Editing.note(draft, editor, at(1))


@pytest.mark.parametrize("count", [1, 3])
def test_others_take_one_query(draft, editor, count, django_assert_num_queries):
    for number in range(count):
        Editing.note(draft, User.objects.create_user(f"u{number}"), at(number))
    with django_assert_num_queries(1):
        seen = [str(each.user) for each in Editing.others(draft, editor, at(4))]
    assert seen == [f"u{number}" for number in range(count)]
