import re

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from pages.models import Edition, Page
from tests.pages.admin.forms import answers
from tests.signing_in import sign_in


def change_url(draft: Page) -> str:
    return reverse("admin:pages_page_change", args=[draft.pk])


@pytest.fixture
def published(draft, source, editor):
    draft.publish(by=editor)
    return draft


def test_save_draft_leaves_the_public_page_alone(staff, client, published):
    response = staff.post(
        change_url(published), answers(staff, change_url(published), heading="New")
    )
    assert (response.status_code, response.headers["Location"]) == (302, change_url(published))
    published.refresh_from_db()
    assert (published.heading, published.version) == ("New", 1)
    assert Edition.objects.count() == 1
    assert client.get("/shelter/").context["page"].heading == "A roof, and Lantern Street Therapy"


def test_save_and_show_now_publishes_what_was_typed(staff, client, draft, source, editor):
    typed = answers(staff, change_url(draft), heading="New", **{"sections-0-body": "Fresh."})
    staff.post(change_url(draft), {**typed, "_publish": "1"})
    seen = client.get("/shelter/").context["page"]
    assert (seen.heading, seen.sections[0].html) == ("New", "<p>Fresh.</p>\n")
    assert Edition.objects.get().by == editor
    assert "The public now sees this, as edition 1." in staff.get(change_url(draft)).text


def test_new_page_can_be_shown_at_once(staff, client, practice):
    empty = staff.get(reverse("admin:pages_page_add"))
    assert re.findall(r">(Save[^<]*)</button>", empty.text) == [
        "Save draft", "Save and show now", "Save and show at",
    ]  # fmt: skip
    typed = {
        "title": "Roof", "slug": "roof", "heading": "A roof", "kind": "practice", "position": "10",
        "seen_version": "0", "sections-TOTAL_FORMS": "1", "sections-INITIAL_FORMS": "0",
        "sections-0-position": "10", "sections-0-style": "prose", "sections-0-body": "Dry.",
    }  # fmt: skip
    staff.post(reverse("admin:pages_page_add"), {**typed, "_publish": "1"})
    assert client.get("/roof/").context["page"].sections[0].html == "<p>Dry.</p>\n"


def test_what_is_not_ready_is_told_and_nothing_is_shown(staff, client, draft):
    typed = answers(staff, change_url(draft), heading="New")
    response = staff.post(change_url(draft), {**typed, "_publish": "1"}, follow=True)
    words = [str(message) for message in response.context["messages"]]
    assert words == [
        "The draft is saved, and not shown yet. Under “Why”: no source is on file for [@bowlby]. "
        "Add it under Sources, or take [@bowlby] out."
    ]
    assert Page.objects.get().heading == "New"
    assert client.get("/shelter/").status_code == 404


def test_later_save_over_someone_elses_is_refused(staff, published):
    mine = answers(staff, change_url(published), heading="Mine")
    theirs = answers(staff, change_url(published), heading="Theirs")
    assert staff.post(change_url(published), theirs).status_code == 302
    response = staff.post(change_url(published), mine)
    assert response.status_code == 200
    assert [error[:41] for error in response.context["errors"][0]] == [
        "Someone else saved this while you had it "
    ]
    assert 'value="Mine"' in response.text
    assert Page.objects.get().heading == "Theirs"


def test_saves_one_after_the_other_are_fine(staff, published):
    for heading in ("One", "Two"):
        staff.post(change_url(published), answers(staff, change_url(published), heading=heading))
    published.refresh_from_db()
    assert (published.heading, published.version) == ("Two", 2)


@pytest.mark.parametrize("slug", ["leave", "staff", "contact"])
def test_address_of_another_part_is_refused(staff, draft, slug):
    if slug == "contact" and not has_contact_page():
        pytest.skip("the intake has no address yet")
    response = staff.post(change_url(draft), answers(staff, change_url(draft), slug=slug))
    assert response.context["adminform"].form.errors["slug"] == [
        "Another part of the site has this address."
    ]


def has_contact_page() -> bool:
    from django.urls import resolve

    return resolve("/contact/").url_name != "page"


def test_address_is_fixed_once_it_was_public(staff, published):
    published.unpublish(by=None)
    staff.post(
        change_url(published), {**answers(staff, change_url(published)), "slug": "elsewhere"}
    )
    published.refresh_from_db()
    assert (published.slug, published.version) == ("shelter", 1)


def test_page_that_was_public_cannot_be_deleted(staff, published):
    delete = reverse("admin:pages_page_delete", args=[published.pk])
    assert staff.get(delete).status_code == 403
    draft = Page.objects.create(slug="draft", title="T", heading="H")
    assert staff.get(reverse("admin:pages_page_delete", args=[draft.pk])).status_code == 200


def test_preview_shows_the_draft_to_staff_only(staff, client, published):
    preview = reverse("admin:pages_page_preview", args=[published.pk])
    Page.objects.update(heading="Only a draft")
    response = staff.get(preview)
    assert response.context["page"].heading == "Only a draft"
    assert "This is a preview of the saved draft." in response.text
    assert "Only a draft" in response.text
    assert client.get(preview).status_code == 302
    assert "Only a draft" not in client.get("/shelter/").text


def test_preview_goes_the_way_of_the_public_page(staff, client, published):
    preview = staff.get(reverse("admin:pages_page_preview", args=[published.pk]))
    public = client.get("/shelter/")
    assert preview.context["page"] == public.context["page"]
    assert {"pages/topic.html", "base.html"} <= {each.name for each in preview.templates}


def test_preview_headers(staff, published):
    response = staff.get(reverse("admin:pages_page_preview", args=[published.pk]))
    policy = dict(
        part.strip().split(" ", 1)
        for part in response.headers["Content-Security-Policy"].split(";")
    )
    assert policy == {name: " ".join(value) for name, value in settings.CSP_PREVIEW.items()}
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in response.headers["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in response.text


def test_preview_tells_what_is_missing(staff, draft):
    response = staff.get(reverse("admin:pages_page_preview", args=[draft.pk]))
    (problem,) = response.context["problems"]
    assert (problem.where, problem.control) == ("Under “Why”", "id_sections-0-body")
    assert problem.words.startswith("no source is on file for [@bowlby].")
    assert problem.words in response.text


@pytest.mark.parametrize(("permission", "status"), [("view_page", 200), ("view_source", 403)])
def test_preview_asks_for_permission(published, permission, status):
    user = User.objects.create_user("ben", password="x" * 20, is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename=permission))
    client = Client()
    sign_in(client, user)
    preview = reverse("admin:pages_page_preview", args=[published.pk])
    assert client.get(preview).status_code == status


def test_page_can_be_read_by_who_may_only_view(published):
    user = User.objects.create_user("ben", password="x" * 20, is_staff=True)
    may_view = Permission.objects.filter(codename__in=["view_page", "view_section"])
    user.user_permissions.set(may_view)
    client = Client()
    sign_in(client, user)
    text = client.get(change_url(published)).text
    assert "Because [@bowlby]." in text
    assert re.findall(r"(Save[^<]*)</button>|value=.(Save)", text) == []


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_pages_takes_the_same_queries(staff, published, count, django_assert_num_queries):
    for number in range(1, count):
        Page.objects.create(slug=f"p{number}", title="T", heading="H").publish(by=None)
    # session, user, two counts, pages, their sections, public and planned editions,
    # practice with hours and crisis lines
    with django_assert_num_queries(11):
        response = staff.get(reverse("admin:pages_page_changelist"))
    assert response.text.count("Public, edition 1.") == count


def test_staff_pages_hold_nothing_inline(staff, published):
    addresses = [
        reverse("admin:pages_page_changelist"),
        change_url(published),
        reverse("admin:pages_page_preview", args=[published.pk]),
    ]
    for address in addresses:
        text = staff.get(address).text
        assert re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>", text) == []
        assert re.findall(r"<style|\sstyle=|\son[a-z]+=", text) == []
