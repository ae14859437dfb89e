"""The page of readiness: who may see it, what it says, and what is recorded in whose name."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from pages.models import Attestation, Page, Practice, Therapist
from tests.signing_in import sign_in

READINESS = "/staff/readiness/"


@pytest.fixture
def legal(practice):
    """A public legal page."""
    page = Page.objects.create(
        slug="privacy", kind="legal", group="legal", label="Privacy", title="Privacy", heading="P"
    )
    page.publish(by=None)
    return page


@pytest.fixture
def reader(practice):
    """Staff who may see the practice, and not change it."""
    user = User.objects.create_user("kim", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_practice"))
    client = Client()
    sign_in(client, user)
    return client


def confirm(staff, page, edition):
    address = reverse("admin:confirm_page", args=[page.pk])
    return staff.post(address, {"edition": edition}, follow=True)


def vouch(staff, subject, how):
    return staff.post(reverse("admin:vouch", args=[subject]), {f"{subject}-how": how}, follow=True)


def test_address_has_its_name():
    assert reverse("admin:readiness") == READINESS


def test_only_who_may_change_the_practice_sees_it(client, reader, staff, legal):
    assert client.get(READINESS).status_code == 302
    assert (reader.get(READINESS).status_code, staff.get(READINESS).status_code) == (403, 200)
    for client_ in (client, reader):
        client_.post(reverse("admin:confirm_page", args=[legal.pk]), {"edition": 1})
        client_.post(reverse("admin:vouch", args=["backups"]), {"backups-how": "Nightly."})
    assert Attestation.objects.count() == 0
    assert Page.objects.get(pk=legal.pk).confirmed_on is None


def test_each_finding_stands_with_why_and_the_way(staff, practice):
    page = staff.get(READINESS).text
    assert "Mend before going live" in page
    assert "The box “this is the example practice” is still ticked." in page
    assert "While the box is ticked, an upgrade may write" in page
    assert 'href="/staff/pages/practice/1/change/"' in page
    fine = page[page.index("What is fine") :]
    assert "<li>You can reach people</li>" in fine


def test_two_stages_stand_apart(staff, practice):
    practice.region.crisis_lines.update(checked_on="2020-01-01")
    page = staff.get(READINESS).text
    assert page.index("Mend before going live") < page.index("Look at again")
    again = page[page.index("Look at again") :]
    assert "911 was last checked on January 1, 2020." in again


def test_completed_site_has_nothing_on_it(completed):
    staff = Client()
    sign_in(staff, User.objects.get(is_superuser=True))
    page = staff.get(READINESS).text
    assert "Mend before going live" not in page
    assert "Look at again" not in page
    assert "By the proxy in front, each night." in page


def test_a_rule_that_breaks_leaves_the_page_whole(staff, legal, monkeypatch):
    broken = property(lambda page: 1 / 0)
    monkeypatch.setattr(Page, "needs_confirming", broken)
    page = staff.get(READINESS)
    assert page.status_code == 200
    assert "This could not be looked at (ZeroDivisionError), so nobody knows." in page.text
    assert "The box “this is the example practice” is still ticked." in page.text


def test_confirming_is_recorded_with_who_and_when(staff, editor, legal):
    page = confirm(staff, legal, 1)
    legal.refresh_from_db()
    assert (legal.confirmed_by, legal.confirmed_on) == (editor, Practice.current().today())
    assert legal.needs_confirming is False
    assert "Recorded, in your name: “Privacy” is checked." in page.text
    assert "I have had “Privacy” checked" not in page.text
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (editor, str(legal.pk))
    assert entry.change_message == "Confirmed edition 1."


def test_page_that_changed_meanwhile_is_not_confirmed(staff, legal):
    legal.publish(by=None)
    page = confirm(staff, legal, 1)
    assert "“Privacy” changed while you had this page open" in page.text
    assert Page.objects.get(pk=legal.pk).needs_confirming is True


def test_page_that_is_off_the_site_is_not_confirmed(staff, legal):
    legal.unpublish(by=None)
    confirm(staff, legal, 1)
    assert Page.objects.get(pk=legal.pk).confirmed_on is None


def test_only_legal_pages_are_confirmed(staff, draft, source):
    draft.publish(by=None)
    assert confirm(staff, draft, 1).status_code == 404


def test_vouching_is_recorded_with_who_when_and_how(staff, editor, practice):
    page = vouch(staff, "backups", "Each night to a disk in the safe.")
    said = Attestation.objects.get()
    assert (said.subject, said.by, said.on) == ("backups", editor, Practice.current().today())
    assert said.how == "Each night to a disk in the safe."
    assert "Each night to a disk in the safe." in page.text
    vouch(staff, "backups", "Each hour.")
    assert Attestation.objects.get().how == "Each hour."
    messages = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    assert list(messages) == ["Vouched: Each night to a disk in the safe.", "Vouched: Each hour."]


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ("", "Say in a sentence how it is done"),
        ("x" * 201, "The sentence must be 200 characters or less"),
    ],
)
def test_what_was_typed_stays_and_is_answered(staff, practice, how, error):
    response = vouch(staff, "backups", how)
    assert response.status_code == 422
    page = response.text
    assert "<title>Error: Readiness" in page
    assert f'<a href="#id_backups-how">{error}</a>' in page
    assert re.search(rf'<textarea[^>]*name="backups-how"[^>]*>\s*{how}</textarea>', page)
    assert Attestation.objects.count() == 0


def test_nobody_vouches_for_something_else(staff, practice):
    assert vouch(staff, "the-weather", "I looked.").status_code == 404


def test_front_page_counts_for_owners_only(staff, reader, practice):
    Practice.objects.update(is_example=False)
    shown = re.search(r"(\d+) things to mend before going live", staff.get("/staff/").text)
    listed = re.search(
        r'Mend before going live <span class="ready-count">(\d+)<', staff.get(READINESS).text
    )
    assert shown
    assert listed
    assert shown[1] == listed[1] != "0"
    assert "to mend" not in reader.get("/staff/").text


def test_unconfirmed_page_says_so_where_it_is_edited(staff, legal):
    address = reverse("admin:pages_page_change", args=[legal.pk])
    words = "This page is a draft to be checked by the practice’s own adviser."
    assert words in staff.get(address).text
    confirm(staff, legal, 1)
    assert words not in staff.get(address).text


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_for_one_and_three(
    staff, practice, count, django_assert_num_queries
):
    for number in range(count):
        Page.objects.create(
            slug=f"p{number}", kind="legal", title=f"P{number}", heading="P"
        ).publish(by=None)
        Therapist.objects.create(slug=f"t{number}", name=f"T {number}")
    staff.get(READINESS)
    with django_assert_num_queries(43):
        staff.get(READINESS)
