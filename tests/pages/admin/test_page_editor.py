import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pages.models import Edition, Page, Section
from pages.models.page import Drawing, Editing
from tests.pages.admin.forms import FormReader, answers
from tests.signing_in import sign_in

ZONE = ZoneInfo("America/Los_Angeles")
ADD = "/staff/pages/page/add/"


@pytest.fixture
def shelter(draft, source) -> Page:
    """Three sections: Why, How and When."""
    Section.objects.create(page=draft, position=20, heading="How", body="Like so.")
    Section.objects.create(page=draft, position=30, heading="When", body="Soon.")
    return draft


@pytest.fixture
def ben(db) -> Client:
    user = User.objects.create_superuser("ben", password="a long enough pass phrase")
    client = Client()
    sign_in(client, user)
    return client


def change_url(page: Page) -> str:
    return reverse("admin:pages_page_change", args=[page.pk])


def preview_url(page: Page) -> str:
    return reverse("admin:pages_page_preview", args=[page.pk])


def order(page: Page) -> list[str]:
    return list(page.sections.values_list("heading", flat=True))


# The order of sections.


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        (["1", "2", "3"], ["Why", "How", "When"]),
        (["3", "2", "1"], ["When", "How", "Why"]),
        (["1", "2", "1"], ["When", "Why", "How"]),  # moved up, before who stands there
        (["3", "2", "3"], ["How", "When", "Why"]),  # moved down, after who stands there
        (["2", "2", "3"], ["How", "Why", "When"]),
        (["", "1", ""], ["How", "Why", "When"]),  # no number: where it was
        (["9", "2", "3"], ["How", "When", "Why"]),
    ],
)
def test_number_puts_a_section_in_its_place(staff, shelter, places, expected):
    typed = {f"sections-{n}-position": place for n, place in enumerate(places)}
    staff.post(change_url(shelter), answers(staff, change_url(shelter), **typed))
    assert order(shelter) == expected
    assert list(shelter.sections.values_list("position", flat=True)) == [1, 2, 3]


def test_place_that_is_no_number_keeps_every_word(staff, shelter):
    typed = {"sections-1-position": "-4", "sections-1-body": "Fresh."}
    response = staff.post(change_url(shelter), answers(staff, change_url(shelter), **typed))
    assert response.status_code == 200
    assert "Fresh." in response.text
    assert '<a href="#id_sections-1-position">Section 2, Place</a>' in response.text


def test_blank_section_is_not_stored(staff, shelter):
    typed = answers(staff, change_url(shelter))
    assert typed["sections-TOTAL_FORMS"] == "4"
    staff.post(change_url(shelter), {**typed, "sections-3-position": "1"})
    assert order(shelter) == ["Why", "How", "When"]


def test_new_section_stands_where_its_number_says(staff, shelter):
    typed = {"sections-3-position": "2", "sections-3-heading": "Who", "sections-3-body": "Us."}
    staff.post(change_url(shelter), answers(staff, change_url(shelter), **typed))
    assert order(shelter) == ["Why", "Who", "How", "When"]


def test_section_can_be_removed(staff, shelter):
    staff.post(
        change_url(shelter), answers(staff, change_url(shelter), **{"sections-1-DELETE": "on"})
    )
    assert order(shelter) == ["Why", "When"]


def test_style_is_chosen_by_how_it_looks(staff, shelter):
    text = staff.get(change_url(shelter)).text
    assert text.count('<option value="cards">Cards: side by side in frames.') == 5
    staff.post(
        change_url(shelter), answers(staff, change_url(shelter), **{"sections-0-style": "quote"})
    )
    assert shelter.sections.get(heading="Why").style == "quote"


def test_drawing_is_picked_by_its_picture(staff, shelter):
    text = staff.get(change_url(shelter)).text
    for drawing in Drawing:
        assert text.count(f'<g id="art-{drawing.value}"><svg class="art"') == 1
        assert text.count(f'<use href="#art-{drawing.value}" />') == 6
    changes = {"sections-1-drawing": "path", "illustration": "pair"}
    staff.post(change_url(shelter), answers(staff, change_url(shelter), **changes))
    shelter.refresh_from_db()
    assert (shelter.illustration, shelter.sections.get(heading="How").drawing) == ("pair", "path")


# The address.


def test_address_is_written_while_nothing_was_public(staff, shelter):
    text = staff.get(change_url(shelter)).text
    assert re.findall(r'<input type="text" name="slug" value="(\w+)"', text) == ["shelter"]


def test_address_that_was_public_has_a_way_to_move(staff, shelter, editor):
    shelter.publish(by=editor)
    text = staff.get(change_url(shelter)).text
    assert 'name="slug"' not in text
    assert f'<a class="editor-move" href="/staff/pages/page/{shelter.pk}/move/">' in text
    Page.objects.update(kind="sources")
    assert "editor-move" not in staff.get(change_url(shelter)).text


# The preview of what was typed.


def test_preview_shows_what_is_not_saved(staff, client, shelter, editor):
    shelter.publish(by=editor)
    typed = answers(staff, change_url(shelter), heading="Typed, {practice}")
    typed |= {"sections-0-body": "Also *typed*.", "sections-2-position": "1"}
    response = staff.post(preview_url(shelter), typed)
    seen = response.context["page"]
    assert seen.heading == "Typed, Lantern Street Therapy"
    assert [section.heading for section in seen.sections] == ["When", "Why", "How"]
    assert seen.sections[1].html == "<p>Also <em>typed</em>.</p>\n"
    assert "It is not saved yet." in response.text
    shelter.refresh_from_db()
    assert (shelter.heading, shelter.version, order(shelter)) == (
        "A roof, and {practice}", 0, ["Why", "How", "When"],
    )  # fmt: skip
    assert "yped" not in client.get("/shelter/").text


def test_preview_of_nothing_typed_is_the_public_page(staff, client, shelter, editor):
    shelter.publish(by=editor)
    preview = staff.post(preview_url(shelter), answers(staff, change_url(shelter)))
    public = client.get("/shelter/")
    assert preview.context["page"] == public.context["page"]
    assert {"pages/topic.html", "base.html"} <= {each.name for each in preview.templates}


def test_preview_has_the_sheets_of_the_public_page_and_no_script(staff, client, shelter, editor):
    shelter.publish(by=editor)
    preview = staff.post(preview_url(shelter), answers(staff, change_url(shelter)))
    public = client.get("/shelter/")
    sheets = re.compile(r'<link rel="stylesheet"[^>]*>')
    assert sheets.findall(preview.text) == sheets.findall(public.text)
    assert ("<script" in preview.text, "<script" in public.text) == (False, True)


def test_preview_shows_what_can_be_shown(staff, shelter):
    wrong = {
        "title": "T" * 81, "heading": "", "slug": "no such/address", "kind": "nonsense",
        "reviewed_on": "soon", "next_page": "9999", "illustration": "dragon",
        "sections-0-body": "b\0" + "x" * 25_000, "sections-0-style": "sideways",
        "sections-1-heading": "H" * 121, "sections-1-drawing": "dragon",
    }  # fmt: skip
    response = staff.post(preview_url(shelter), answers(staff, change_url(shelter), **wrong))
    seen = response.context["page"]
    assert (response.status_code, seen.title, seen.heading) == (200, "T" * 81, "")
    assert (seen.kind, seen.url) == ("topic", "/shelter/")
    assert seen.sections[0].html == f"<p>b{'x' * 19_998}</p>\n"
    assert (seen.sections[0].style, seen.sections[1].heading) == ("prose", "H" * 121)


@pytest.mark.parametrize("data", [{}, {"sections-TOTAL_FORMS": "x"}, {"heading": ["a", "b"]}])
def test_preview_of_an_odd_form_is_a_page(staff, shelter, data):
    assert staff.post(preview_url(shelter), data).status_code == 200


@pytest.mark.parametrize("kind", [kind for kind in Page.Kind if kind != "home"])
def test_new_page_of_each_kind_has_a_preview(staff, practice, kind):
    typed = answers(staff, ADD, title="Roof", heading="A roof", kind=kind.value, slug="roof")
    response = staff.post(reverse("admin:pages_page_preview_new"), typed)
    assert (response.status_code, response.context["page"].heading) == (200, "A roof")
    assert Page.objects.count() == 0


def test_frame_of_a_new_page_is_not_empty_of_all(staff, practice):
    assert staff.get(reverse("admin:pages_page_preview_new")).status_code == 200


def test_posted_preview_has_its_own_policy(staff, shelter):
    response = staff.post(preview_url(shelter), answers(staff, change_url(shelter)))
    policy = dict(
        part.strip().split(" ", 1)
        for part in response.headers["Content-Security-Policy"].split(";")
    )
    assert policy == {name: " ".join(value) for name, value in settings.CSP_PREVIEW.items()}
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in response.headers["Cache-Control"]


def test_preview_of_scripts_and_odd_links_is_harmless(staff, shelter):
    body = "<script>alert(1)</script> [a](javascript:alert(1)) <img src=x onerror=alert(1)>"
    changes = {"sections-0-body": body, "sections-0-heading": "<b>", "summary": body}
    text = staff.post(preview_url(shelter), answers(staff, change_url(shelter), **changes)).text
    assert re.findall(r"<script|<img|<b>|href=.javascript|<[^>]* on\w+=", text) == []
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize(("permission", "status"), [("change_page", 200), ("view_page", 403)])
def test_posted_preview_asks_for_permission(shelter, permission, status):
    user = User.objects.create_user("cy", password="x" * 20, is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename=permission))
    client = Client()
    sign_in(client, user)
    assert client.post(preview_url(shelter), {}).status_code == status
    assert client.post(reverse("admin:pages_page_preview_new"), {}).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_preview_takes_the_same_queries(staff, draft, source, count, django_assert_num_queries):
    for number in range(1, count):
        Section.objects.create(page=draft, position=number, heading=f"S{number}", body="[@bowlby]")
    typed = answers(staff, change_url(draft))
    # session, user, page, was it public, did another have its address, may it (3); practice with
    # hours, lines and holidays; directory, numbers of sources, those on file; open here, and there
    with django_assert_num_queries(20):
        assert staff.post(preview_url(draft), typed).status_code == 200


# Advice, and what blocks.


def test_what_blocks_stands_first_and_apart(staff, shelter):
    changes = {"sections-1-body": "Just so [@nobody].", "description": ""}
    response = staff.post(preview_url(shelter), answers(staff, change_url(shelter), **changes))
    (problem,) = response.context["problems"]
    assert (problem.where, problem.control) == ("Under “How”", "id_sections-1-body")
    assert [(each.where, each.control) for each in response.context["advice"]] == [
        ("Description", "id_description"),
        ("“How”", "id_sections-1-body"),
    ]
    assert (
        response.context["count"] == "1 thing keeps the page from being shown. 2 pieces of advice."
    )
    text = response.text
    assert text.index("Before the public can see it") < text.index(">Advice<")


def test_advice_leads_to_the_form_that_was_moved(staff, shelter):
    changes = {
        "sections-2-position": "1",
        "sections-2-body": "Just now.",
        "sections-0-DELETE": "on",
    }
    response = staff.post(preview_url(shelter), answers(staff, change_url(shelter), **changes))
    assert [each.control for each in response.context["advice"]] == ["id_sections-2-body"]


def test_saved_draft_is_looked_through_beside_its_form(staff, shelter):
    Section.objects.filter(heading="How").update(body="Just so.")
    text = staff.get(change_url(shelter)).text
    assert '<a class="advice-where" href="#id_sections-1-body">“How”</a>' in text


def test_advice_never_keeps_a_draft_from_being_shown(staff, client, shelter):
    typed = answers(staff, change_url(shelter), description="", **{"sections-1-body": "Just 40%!"})
    staff.post(change_url(shelter), {**typed, "_publish": "1"})
    assert client.get("/shelter/").status_code == 200


# Saving.


def test_save_and_show_at_plans_an_edition(staff, client, shelter, editor):
    at = (timezone.now() + timedelta(days=30)).replace(hour=20, minute=0, second=0, microsecond=0)
    there = at.astimezone(ZONE)
    typed = answers(staff, change_url(shelter), heading="Later", show_at=f"{there:%Y-%m-%dT%H:%M}")
    response = staff.post(change_url(shelter), {**typed, "_publish_at": "1"}, follow=True)
    edition = Edition.objects.get()
    assert (edition.live_at, edition.by) == (at, editor)
    assert edition.content["heading"] == "Later"
    assert client.get("/shelter/").status_code == 404
    (message,) = (str(each) for each in response.context["messages"])
    moment = f"{there:%b} {there.day}"
    assert message.startswith(f"The draft is saved. The public sees it from {moment}")
    assert message.endswith("(America/Los_Angeles), as edition 1.")


def test_time_that_has_passed_loses_nothing(staff, shelter):
    typed = answers(staff, change_url(shelter), heading="Kept", show_at="2020-01-01T09:00")
    response = staff.post(change_url(shelter), {**typed, "_publish_at": "1"})
    assert response.status_code == 200
    assert 'value="Kept"' in response.text
    assert response.text.count("That time has passed") == 2  # at the top and at its field
    assert 'value="2020-01-01T09:00"' in response.text
    assert (Edition.objects.count(), Page.objects.get().version) == (0, 0)


@pytest.mark.parametrize("button", ["_continue", "_publish"])
def test_time_is_read_by_its_own_button_only(staff, shelter, button):
    typed = answers(staff, change_url(shelter), show_at="2020-01-01T09:00")
    assert staff.post(change_url(shelter), {**typed, button: "1"}).status_code == 302


def test_zone_of_the_practice_stands_at_the_time(staff, shelter):
    assert "The practice’s own clock: America/Los_Angeles." in staff.get(change_url(shelter)).text


def test_draft_that_is_not_ready_is_saved_and_its_problems_listed(staff, client, shelter):
    changes = {"heading": "New", "sections-1-body": "[@nobody] [a](/nowhere/)"}
    typed = answers(staff, change_url(shelter), show_at="2030-01-01T09:00", **changes)
    response = staff.post(change_url(shelter), {**typed, "_publish_at": "1"}, follow=True)
    (message,) = (str(each) for each in response.context["messages"])
    assert message.startswith("The draft is saved, and not shown yet. Under “How”: ")
    assert [each.control for each in response.context["problems"]] == ["id_sections-1-body"] * 2
    assert (Page.objects.get().heading, Edition.objects.count()) == ("New", 0)


# Two people.


def test_who_else_has_the_page_open_is_said(staff, ben, shelter):
    ben.get(change_url(shelter))
    assert "ben has this page open too, since" in staff.get(change_url(shelter)).text
    preview = ben.post(preview_url(shelter), answers(ben, change_url(shelter)))
    assert [str(user) for user, _ in preview.context["others"]] == ["ana"]
    Editing.objects.update(seen_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert "has this page open too" not in staff.get(change_url(shelter)).text


def test_later_save_keeps_both_peoples_words(staff, ben, shelter):
    mine = answers(staff, change_url(shelter), summary="Mine.", **{"sections-0-body": "Mine too."})
    theirs = answers(
        ben, change_url(shelter), heading="Theirs", **{"sections-1-body": "Theirs too."}
    )
    ben.post(change_url(shelter), theirs)
    refused = staff.post(change_url(shelter), mine)
    assert (refused.status_code, Page.objects.get().summary) == (200, "In short.")
    assert "What ben changed" in refused.text
    differences = refused.context["meanwhile"].differences
    assert [each.where for each in differences] == ["Heading", "Section “How”"]
    together = answers_in(refused)
    assert (together["heading"], together["summary"]) == ("Theirs", "Mine.")
    assert staff.post(change_url(shelter), together).status_code == 302
    shelter.refresh_from_db()
    assert (shelter.heading, shelter.summary) == ("Theirs", "Mine.")
    bodies = list(shelter.sections.values_list("body", flat=True))
    assert bodies == ["Mine too.", "Theirs too.", "Soon."]


def test_words_of_both_on_one_place_are_shown_and_mine_stand(staff, ben, shelter):
    mine = answers(staff, change_url(shelter), heading="Mine")
    ben.post(change_url(shelter), answers(ben, change_url(shelter), heading="Theirs"))
    refused = staff.post(change_url(shelter), mine)
    assert answers_in(refused)["heading"] == "Mine"
    assert re.search(r"<ins>.*Theirs", refused.text)
    assert staff.post(change_url(shelter), answers_in(refused)).status_code == 302
    assert Page.objects.get().heading == "Mine"


def test_third_save_in_between_is_told_again(staff, ben, shelter):
    mine = answers(staff, change_url(shelter), summary="Mine.")
    ben.post(change_url(shelter), answers(ben, change_url(shelter), heading="One"))
    together = answers_in(staff.post(change_url(shelter), mine))
    ben.post(change_url(shelter), answers(ben, change_url(shelter), heading="Two"))
    refused = staff.post(change_url(shelter), together)
    assert (refused.status_code, answers_in(refused)["heading"]) == (200, "Two")


def test_sections_that_someone_removed_or_added(staff, ben, shelter):
    mine = answers(staff, change_url(shelter), **{"sections-0-body": "Mine."})
    changes = {"sections-0-DELETE": "on", "sections-1-DELETE": "on"}
    changes |= {"sections-3-heading": "Theirs", "sections-3-body": "New."}
    ben.post(change_url(shelter), answers(ben, change_url(shelter), **changes))
    refused = staff.post(change_url(shelter), mine)
    together = answers_in(refused)
    assert together["sections-1-DELETE"] == ["on"]  # nothing of mine was in it
    assert staff.post(change_url(shelter), together).status_code == 302
    kept = set(shelter.sections.values_list("heading", "body"))
    assert kept == {("Why", "Mine."), ("When", "Soon."), ("Theirs", "New.")}


@pytest.mark.parametrize(
    "seen", ["", "{", "[]", "{}", '{"draft": 1, "next_page": 1, "sections": 1}']
)
def test_later_save_without_what_was_seen_is_refused_as_it_is(staff, ben, shelter, seen):
    mine = answers(staff, change_url(shelter), heading="Mine", seen_draft=seen)
    ben.post(change_url(shelter), answers(ben, change_url(shelter), heading="Theirs"))
    response = staff.post(change_url(shelter), mine)
    assert (response.status_code, answers_in(response)["heading"]) == (200, "Mine")
    assert answers_in(response)["seen_version"] == mine["seen_version"]
    assert Page.objects.get().heading == "Theirs"


def answers_in(response):
    return FormReader(response.text).answers


# The list.


def test_list_says_what_is_public_changed_and_coming(staff, shelter, editor):
    shelter.publish(by=editor)
    Page.objects.update(heading="Changed")
    shelter.publish(by=editor, at=datetime(2031, 11, 25, 17, tzinfo=UTC))
    Page.objects.create(slug="dark", title="Dark", heading="H")
    text = staff.get(reverse("admin:pages_page_changelist")).text
    assert re.findall(r'<td class="field-state">(.*?)</td>', text) == [
        "Not public.",
        "Public, edition 1. Changed since published. Edition 2 shows on Nov 25, 2031, 9:00 a.m.",
    ]
    assert len(re.findall(r'<td class="field-grade">[\d.-]+</td>', text)) == 2


@pytest.mark.parametrize(
    ("state", "titles"),
    [
        ("public", ["Changed", "Same"]),
        ("changed", ["Changed"]),
        ("coming", ["Coming"]),
        ("hidden", ["Coming", "Hidden"]),
        ("nonsense", ["Changed", "Coming", "Hidden", "Same"]),
    ],
)
def test_list_is_narrowed_by_what_the_public_sees(staff, practice, state, titles):
    for title in ("Changed", "Coming", "Hidden", "Same"):
        made = Page.objects.create(slug=title.lower(), title=title, heading="H")
        if title in {"Changed", "Same"}:
            made.publish(by=None)
        if title == "Coming":
            made.publish(by=None, at=timezone.now() + timedelta(days=1))
    Page.objects.filter(title="Changed").update(heading="Other")
    response = staff.get(reverse("admin:pages_page_changelist"), {"state": state})
    assert sorted(str(each) for each in response.context["cl"].result_list) == titles


@pytest.mark.parametrize("count", [1, 3])
def test_narrowed_list_takes_the_same_queries(staff, practice, count, django_assert_num_queries):
    for number in range(count):
        Page.objects.create(slug=f"p{number}", title="T", heading="H").publish(by=None)
    Page.objects.update(heading="Other")
    # as without the filter, and the pages with sections and editions once more to compare them
    with django_assert_num_queries(14):
        response = staff.get(reverse("admin:pages_page_changelist"), {"state": "changed"})
    assert len(response.context["cl"].result_list) == count


@pytest.mark.parametrize("count", [1, 3])
def test_editor_takes_the_same_queries(staff, draft, source, count, django_assert_num_queries):
    for number in range(1, count):
        Section.objects.create(page=draft, position=number, heading=f"S{number}", body="Dry.")
    staff.get(change_url(draft))
    # as the preview, and once more for the admin's own form
    with django_assert_num_queries(25):
        staff.get(change_url(draft))
