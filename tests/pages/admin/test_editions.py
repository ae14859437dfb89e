import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pages.models import Edition, OldAddress, Page
from tests.signing_in import sign_in


@pytest.fixture
def published(draft, source, editor):
    draft.publish(by=editor)
    return draft


def url(name: str, page: Page, *more: int) -> str:
    return reverse(f"admin:pages_page_{name}", args=[page.pk, *more])


def told(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def in_the_list(staff, page) -> list[tuple[int, str]]:
    lines = staff.get(url("editions", page)).context["lines"]
    return [(line.edition.number, line.state) for line in lines]


# On every staff page.
OF_THE_SESSION = {"Sign out", "Log out", "Stay signed in", "Go on with your passkey"}


def buttons(text: str) -> list[str]:
    found = re.findall(r"<button[^>]*>(.*?)</button>", text, re.DOTALL)
    shown = [re.sub(r"<[^>]*>", "", label).strip() for label in found]
    return [label for label in shown if label not in OF_THE_SESSION]


def tomorrow() -> datetime:
    return timezone.now() + timedelta(days=1)


def test_unpublish_takes_the_page_off(staff, client, published, editor):
    assert client.get("/shelter/").status_code == 200
    staff.post(url("unpublish", published))
    assert client.get("/shelter/").status_code == 404
    assert Edition.objects.get(number=2).by == editor
    staff.post(url("unpublish", published))
    assert Edition.objects.count() == 2


def test_unpublish_names_the_pages_that_still_link_there(staff, published):
    OldAddress.objects.create(slug="hut", page=published)
    links = {"roof": "/shelter/#why", "wall": "/hut", "door": "/roof/", "draft": "/shelter/"}
    for slug, link in links.items():
        page = Page.objects.create(slug=slug, title=slug.title(), heading="H")
        page.sections.create(body=f"[x]({link})")
        if slug != "draft":
            page.publish(by=None)
    response = staff.post(url("unpublish", published), follow=True)
    assert told(response) == [
        "The page is off the site. Its draft and editions are kept.",
        "Links that lead nowhere now are on “Roof” and “Wall”. Take them out there.",
    ]


def test_unpublish_takes_back_what_is_to_come(staff, draft, source):
    draft.publish(by=None, at=tomorrow())
    response = staff.post(url("unpublish", draft), follow=True)
    assert told(response) == [
        "The page is off the site. Its draft and editions are kept. "
        "Edition 1, planned for later, will not be shown: this is newer."
    ]
    assert draft.scheduled is None


def test_publish_again_shows_an_older_edition(staff, client, published, editor):
    Page.objects.update(heading="Second")
    published.publish(by=editor)
    staff.post(url("publish_again", published, 1))
    assert client.get("/shelter/").context["page"].heading == "A roof, and Lantern Street Therapy"
    assert Page.objects.get().heading == "Second"
    assert LogEntry.objects.latest("pk").change_message == (
        "The public now sees edition 1 again, as edition 3."
    )


def test_publish_again_says_what_is_gone(staff, published):
    other = Page.objects.create(slug="other", title="Other", heading="Other")
    other.publish(by=None)
    published.sections.update(body="[x](/other/)")
    published.publish(by=None)
    published.unpublish(by=None)
    other.unpublish(by=None)
    response = staff.post(url("publish_again", published, 2), follow=True)
    assert told(response) == [
        "Edition 2 is not shown: something it needs is gone. Under “Why”: the link /other/ leads "
        "to “Other”, which is not public. Show that page first."
    ]
    assert Edition.objects.filter(page=published).count() == 3


def test_editions_are_listed_with_their_buttons(staff, published, editor):
    published.publish(by=None)
    published.unpublish(by=editor)
    response = staff.get(url("editions", published))
    assert buttons(response.text) == ["Show edition 2 again", "Show edition 1 again"]
    assert "The public does not see this page now." in response.text


def test_list_says_what_each_edition_is(staff, published, editor):
    published.publish(by=None)
    published.publish(by=editor, at=tomorrow())
    assert in_the_list(staff, published) == [(3, "planned"), (2, "public"), (1, "before")]
    text = staff.get(url("editions", published)).text
    assert buttons(text) == [
        "Take the page off the site",
        "Do not show it: edition 3",
        "Show edition 1 again",
    ]
    published.unpublish(by=None)
    assert in_the_list(staff, published) == [
        (4, "before"), (3, "taken_back"), (2, "before"), (1, "before"),
    ]  # fmt: skip


def test_do_not_show_it_takes_a_planned_edition_back(staff, published, editor):
    published.publish(by=editor, at=tomorrow())
    response = staff.post(url("cancel", published, 2), follow=True)
    assert told(response) == ["Edition 2 will not be shown. Its words are kept."]
    assert in_the_list(staff, published) == [(2, "taken_back"), (1, "public")]
    assert buttons(response.text) == ["Take the page off the site", "Show edition 2 again"]
    assert LogEntry.objects.get().change_message == "Edition 2 was taken back before its time."


def test_do_not_show_it_comes_too_late(staff, published):
    response = staff.post(url("cancel", published, 1), follow=True)
    assert told(response) == [
        "Edition 1 is not to come any more. To take it off, show an older edition again."
    ]
    assert Edition.objects.get().cancelled_at is None


def test_editions_show_the_time_at_the_practice(staff, draft):
    at = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
    Edition.objects.create(page=draft, number=1, content=draft.draft(), live_at=at)
    assert "November 19, 2026, 5:30 p.m." in staff.get(url("editions", draft)).text


@pytest.mark.parametrize(
    ("name", "more"), [("unpublish", []), ("publish_again", [1]), ("cancel", [1])]
)
def test_changes_come_by_post_only(staff, published, name, more):
    assert staff.get(url(name, published, *more)).status_code == 405


def test_withdrawing_edition_cannot_be_shown_again(staff, published):
    published.unpublish(by=None)
    assert staff.post(url("publish_again", published, 2)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries(staff, published, count, django_assert_num_queries):
    for _ in range(1, count):
        published.publish(by=None)
    # session, user, page, public, planned, editions; links at the top; practice with hours
    with django_assert_num_queries(8):
        response = staff.get(url("editions", published))
    assert len(response.context["lines"]) == count


# Comparing


def differences(staff, page, **chosen):
    response = staff.get(url("compare", page), chosen)
    return [
        (each.where, each.what, [(run.fate, run.text) for run in each.runs])
        for each in response.context["differences"]
    ]


def test_compare_begins_with_what_is_public_and_the_draft(staff, published):
    published.sections.update(body="Because it rains [@bowlby].")
    assert differences(staff, published) == [
        (
            "Section “Why”",
            "",
            [("", "Because"), ("added", " it rains"), ("", " [@bowlby].")],
        )
    ]


def test_compare_any_two(staff, published):
    Page.objects.update(kind="practice", heading="Second")
    published.publish(by=None)
    Page.objects.update(heading="Third")
    assert differences(staff, published, before="2", after="1") == [
        ("Heading", "", [("removed", "Second"), ("added", "A roof, and {practice}")]),
        ("Kind of page", "", [("removed", "About the practice"), ("added", "Topic")]),
    ]
    assert differences(staff, published, before="2", after="2") == []


def test_compare_says_it_in_words_too(staff, published):
    published.sections.update(body="Why [@bowlby]. <b>")
    text = staff.get(url("compare", published)).text
    before = '<span class="visually-hidden">[{}: </span>'
    after = '<span class="visually-hidden">] </span>'
    assert re.findall(r"<(ins|del)>(.*?)</\1>", text)[2:] == [
        ("del", f"{before.format('removed')}Because{after}"),
        ("ins", f"{before.format('added')}Why{after}"),
        ("ins", f"{before.format('added')} &lt;b&gt;{after}"),
    ]


def test_compare_without_a_difference_says_so(staff, published):
    text = staff.get(url("compare", published)).text
    assert "There is no difference between the two." in text


def test_compare_leaves_out_what_took_the_page_off(staff, published):
    published.unpublish(by=None)
    form = staff.get(url("compare", published)).context["form"]
    assert [name for name, _ in form.fields["before"].choices] == ["draft", "1"]


@pytest.mark.parametrize("chosen", ["9", "x", ""])
def test_compare_asks_anew_for_what_is_not_there(staff, published, chosen):
    response = staff.get(url("compare", published), {"before": chosen})
    assert response.status_code == 200
    assert "differences" not in response.context
    assert len(response.context["form"].errors["before"]) == 1


def test_draft_that_was_never_public_can_be_looked_at(staff, draft):
    assert differences(staff, draft) == []


# The address


def moved(staff, page, to):
    return staff.post(url("move", page), {"to": to}, follow=True)


@pytest.mark.parametrize(
    "typed", ["roof", " /roof/ ", "Roof", "http://localhost:8000/roof/", "localhost:8000/roof"]
)
def test_move_takes_what_people_paste(staff, client, published, typed, settings):
    settings.SITE_URL = "http://localhost:8000"
    assert told(moved(staff, published, typed)) == ["The page is at /roof/ now."]
    assert client.get("/shelter/").headers["Location"] == "/roof/"
    assert LogEntry.objects.get().change_message == "Moved from /shelter/ to /roof/."


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", "Write the new address, such as getting-here."),
        ("a b", "Use small letters, digits and single dashes, such as getting-here."),
        ("contact", "Another part of the site has this address. Write another one."),
        ("<script>", "Use small letters, digits and single dashes, such as getting-here."),
    ],
)
def test_move_says_why_not_and_keeps_what_was_typed(staff, published, typed, error):
    response = moved(staff, published, typed)
    assert response.context["form"].errors == {"to": [error]}
    assert response.context["form"]["to"].value() == typed
    assert "<script>" not in response.text.replace("<script type", "").replace("<script src", "")
    assert (Page.objects.get().slug, OldAddress.objects.count()) == ("shelter", 0)


def test_move_screen_says_what_happens(staff, published, editor):
    published.move("roof", by=editor)
    text = staff.get(url("move", published)).text
    assert "is led to the new one for good" in text
    assert "These lead to it too: /shelter/." in text
    assert buttons(text) == ["Move the page now"]


def test_page_that_stays_says_why(staff, starter):
    response = staff.get(url("move", Page.objects.get(kind="home")))
    assert buttons(response.text) == []
    assert "this page stays where it is" in response.text


# Who may


@pytest.mark.parametrize(
    ("permission", "statuses"),
    [
        ("view_page", [200, 200, 403, 403, 403, 403, 403]),
        ("view_source", [403, 403, 403, 403, 403, 403, 403]),
    ],
)
def test_own_addresses_ask_for_permission(published, permission, statuses):
    user = User.objects.create_user("ben", password="x" * 20, is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename=permission))
    client = Client()
    sign_in(client, user)
    seen = [
        client.get(url("editions", published)),
        client.get(url("compare", published)),
        client.get(url("move", published)),
        client.post(url("move", published), {"to": "roof"}),
        client.post(url("unpublish", published)),
        client.post(url("publish_again", published, 1)),
        client.post(url("cancel", published, 1)),
    ]
    assert [response.status_code for response in seen] == statuses
    assert (Page.objects.get().slug, Edition.objects.count()) == ("shelter", 1)


def test_whoever_may_only_look_has_no_buttons(published):
    user = User.objects.create_user("ben", password="x" * 20, is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_page"))
    client = Client()
    sign_in(client, user)
    published.publish(by=None)
    text = client.get(url("editions", published)).text
    assert buttons(text) == []
    assert "Change the address" not in text


@pytest.mark.parametrize("name", ["editions", "compare", "move"])
def test_screens_hold_nothing_inline(staff, published, name):
    published.sections.update(body="Why.")
    text = staff.get(url(name, published)).text
    assert re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>", text) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=", text) == []
