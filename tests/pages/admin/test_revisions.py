"""Earlier versions: who saved what when, and bringing one back."""

import json

import pytest
import reversion
from django.contrib.auth.models import Permission, User
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from reversion.models import Revision, Version

from pages.models import (
    CrisisLine,
    Holiday,
    OpeningHours,
    Practice,
    Region,
    Rendition,
    Service,
    SiteRevision,
    Source,
    Therapist,
)
from tests.pages.admin.forms import answers
from tests.signing_in import sign_in

PRACTICE = "/staff/pages/practice/1/change/"
HISTORY = "/staff/pages/practice/1/history/"


def save(staff, **changes):
    response = staff.post(PRACTICE, answers(staff, PRACTICE, **changes))
    assert response.status_code == 302, response.context["errors"]


def version_of(row, words):
    """The address of the newest version of a row whose comment has these words."""
    found = Version.objects.get_for_object(row).filter(revision__comment__contains=words).first()
    return reverse(f"admin:pages_{row._meta.model_name}_revision", args=[found.object_id, found.pk])


def first_version(row):
    return version_of(row, "before the first change")


def bring_back(staff, address, **changes):
    return staff.post(address, answers(staff, address, **changes))


def test_exactly_these_nouns_are_kept():
    assert set(reversion.get_registered_models()) == {
        CrisisLine, Holiday, OpeningHours, Practice, Region, Service, Source, Therapist,
    }  # fmt: skip


def test_history_says_who_and_when_and_what(staff, practice, editor):
    save(staff, fee="$1")
    page = staff.get(HISTORY)
    said = [
        (str(action["revision"].user or ""), action["revision"].get_comment())
        for action in page.context["action_list"]
    ]
    assert said == [
        ("ana", "Changed Fee."),
        ("", "As it was before the first change that was kept."),
    ]
    assert version_of(practice, "Fee") in page.text


def test_history_before_any_change_says_so(staff, practice):
    assert "Nobody has changed this here yet." in staff.get(HISTORY).text


def test_older_version_shows_only_what_is_different(staff, practice):
    save(staff, fee="$1", **{"opening_hours-4-closes": "12:00"})
    changes = staff.get(first_version(practice)).context["changes"]
    assert [(each.label, each.then, each.now) for each in changes] == [
        ("Fee", "$100 to $120", "$1"),
        (
            "Opening hours",
            "Monday, 9 to 5\nTuesday, 9 to 5\nWednesday, 9 to 5\nThursday, 9 to 5\nFriday, 9 to 5",
            "Monday, 9 to 5\nTuesday, 9 to 5\nWednesday, 9 to 5\nThursday, 9 to 5\nFriday, 9 to 12",
        ),
    ]


def test_looking_at_an_older_version_changes_nothing(staff, practice):
    save(staff, fee="$1")
    before = (SiteRevision.current(), Version.objects.count(), Practice.current().version)
    assert staff.get(first_version(practice)).status_code == 200
    after = (SiteRevision.current(), Version.objects.count(), Practice.current().version)
    assert (after, Practice.current().fee) == (before, "$1")


def test_bringing_back_is_live_with_hours_and_holidays(staff, practice, editor):
    save(
        staff,
        fee="$1",
        **{
            "opening_hours-4-DELETE": "on", "opening_hours-0-opens": "10:00",
            "holidays-1-date": "2026-12-31", "holidays-1-name": "New Year's Eve",
        },
    )  # fmt: skip
    assert Practice.current().hours_in_words == "Monday, 10 to 5 and Tuesday to Thursday, 9 to 5"
    before, version = SiteRevision.current(), Practice.current().version
    response = bring_back(staff, first_version(practice))
    assert (response.status_code, response.headers["Location"]) == (302, PRACTICE)
    back = Practice.current()
    assert (back.fee, back.hours_in_words) == ("$100 to $120", "Monday to Friday, 9 to 5")
    assert [str(day) for day in back.holidays.all()] == ["Christmas Day, December 25, 2026"]
    assert (SiteRevision.current(), back.version) == (before + 1, version + 1)
    newest = Revision.objects.first()
    assert (newest.user, newest.comment[:12]) == (editor, "Brought back")


def test_what_was_brought_back_can_be_undone(staff, practice):
    save(staff, fee="$1", **{"opening_hours-4-closes": "12:00"})
    bring_back(staff, first_version(practice))
    bring_back(staff, version_of(practice, "Fee"))
    assert Practice.current().fee == "$1"
    assert Practice.current().hours_in_words.endswith("Friday, 9 to 12")


def test_rows_that_changed_places_come_back(staff, practice):
    save(staff, **{"opening_hours-0-weekday": "6"})
    save(staff, **{"opening_hours-4-weekday": "0"})
    bring_back(staff, first_version(practice))
    assert Practice.current().hours_in_words == "Monday to Friday, 9 to 5"


def test_bringing_back_over_someone_elses_save_is_refused(staff, practice):
    save(staff, fee="$1")
    address = first_version(practice)
    seen = answers(staff, address)
    save(staff, fee="$2")
    response = staff.post(address, seen, follow=True)
    assert [str(said) for said in response.context["messages"]][-1] == (
        "Someone changed this while you looked. Here is how it stands now: look once more."
    )
    assert Practice.current().fee == "$2"


def test_form_that_was_open_meanwhile_is_told(staff, practice):
    save(staff, fee="$1")
    mine = answers(staff, PRACTICE, fee="$3")
    bring_back(staff, first_version(practice))
    assert staff.post(PRACTICE, mine).status_code == 200
    assert Practice.current().fee == "$100 to $120"


def test_version_that_names_something_gone_is_refused_whole(staff, practice):
    other = Region.objects.create(code="nl", name="Netherlands")
    Practice.objects.update(region=other)
    save(staff, fee="$1", region=str(practice.region_id))
    Region.objects.filter(pk=other.pk).delete()
    response = staff.post(
        first_version(practice), answers(staff, first_version(practice)), follow=True
    )
    (said,) = response.context["messages"]
    assert str(said).startswith("This version cannot be brought back")
    assert (Practice.current().fee, Practice.current().opening_hours.count()) == ("$1", 5)


def test_nothing_is_half_brought_back_while_the_disk_is_full(staff, practice, monkeypatch):
    save(staff, fee="$1", **{"opening_hours-4-closes": "12:00"})
    address = first_version(practice)
    typed = answers(staff, address)

    def full(*_):
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(SiteRevision, "raise_", full)
    staff.raise_request_exception = False
    staff.post(address, typed)
    assert Practice.current().fee == "$1"
    assert Practice.current().hours_in_words.endswith("Friday, 9 to 12")


def test_deleted_row_can_be_brought_back(staff, starter):
    before = SiteRevision.current()
    line = CrisisLine.objects.get(name="RAINN, National Sexual Assault Hotline")
    staff.post(reverse("admin:pages_crisisline_delete", args=[line.pk]), {"post": "yes"})
    deleted = staff.get(reverse("admin:pages_crisisline_recoverlist")).context["deleted"]
    assert [version.object_repr for version in deleted] == [line.name]
    address = reverse("admin:pages_crisisline_recover", args=[deleted[0].pk])
    assert line.how in staff.get(address).text.replace("&#x27;", "'")
    staff.post(address, answers(staff, address))
    assert CrisisLine.objects.get(pk=line.pk).how == line.how
    assert SiteRevision.current() == before + 2


def test_rows_deleted_in_the_list_can_be_brought_back(staff, starter):
    chosen = list(
        CrisisLine.objects.filter(region__code="us", group="more").values_list("pk", flat=True)
    )
    typed = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    staff.post(reverse("admin:pages_crisisline_changelist"), typed)
    deleted = staff.get(reverse("admin:pages_crisisline_recoverlist")).context["deleted"]
    assert sorted(int(version.object_id) for version in deleted) == sorted(chosen)


def test_one_line_of_several_saved_together_comes_back_alone(staff, starter):
    """All lines looked at on one day are one revision; bringing one back leaves the others."""
    lines = CrisisLine.objects.filter(region__code="us", group="home")
    CrisisLine.objects.filter(region__code="us", group="more").update(checked_on=None)
    chosen = CrisisLine.objects.filter(region__code="us", group="more")
    typed = {"action": "looked_today", "_selected_action": [line.pk for line in chosen]}
    staff.post(reverse("admin:pages_crisisline_changelist"), typed)
    one, other, *_ = chosen
    for line in (one, other):
        address = reverse("admin:pages_crisisline_change", args=[line.pk])
        staff.post(address, answers(staff, address, what="Other words."))
    bring_back(staff, version_of(one, "Looked at"))
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.what != "Other words.", other.what) == (True, "Other words.")
    assert lines.exists()


def test_therapist_comes_back_with_services_and_keeps_the_portrait(staff, starter):
    jonah = Therapist.objects.get(slug="jonah-pellwick")
    Rendition.objects.create(
        therapist=jonah, sha256="0" * 64, width=320, height=400, format="jpeg",
        bytes=b"portrait-bytes",
    )  # fmt: skip
    address = reverse("admin:pages_therapist_change", args=[jonah.pk])
    couples = Service.objects.get(slug="couples-counseling")
    staff.post(address, answers(staff, address, fees="$1", services=[str(couples.pk)]))
    changes = {each.label: each for each in staff.get(first_version(jonah)).context["changes"]}
    assert (changes["Services"].then, changes["Services"].now) == (
        "Individual therapy", "Couples counseling",
    )  # fmt: skip
    bring_back(staff, first_version(jonah))
    jonah.refresh_from_db()
    assert (jonah.fees, [each.slug for each in jonah.services.all()]) == (
        "$140 for 50 minutes", ["individual-therapy"],
    )  # fmt: skip
    assert bytes(jonah.renditions.get().bytes) == b"portrait-bytes"
    kept = " ".join(Version.objects.values_list("serialized_data", flat=True))
    assert ("Jonah" in kept, "cG9ydHJhaXQt" in kept, "portrait-bytes" in kept) == (
        True,
        False,
        False,
    )


def test_version_of_another_row_has_no_address_here(staff, starter):
    one, other = Source.objects.all()[:2]
    address = reverse("admin:pages_source_change", args=[one.pk])
    staff.post(address, answers(staff, address, title="Other"))
    found = Version.objects.get_for_object(one).first()
    assert (
        staff.get(reverse("admin:pages_source_revision", args=[other.pk, found.pk])).status_code
        == 404
    )


@pytest.fixture
def viewer(db):
    user = User.objects.create_user("vic", password="a long enough pass phrase", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_practice"))
    client = Client()
    sign_in(client, user)
    return client


def test_who_may_only_look_brings_nothing_back(staff, viewer, practice):
    save(staff, fee="$1")
    address = first_version(practice)
    page = viewer.get(address)
    assert (page.status_code, page.context["may_bring_back"]) == (200, False)
    assert viewer.post(address, {"seen_version": "1"}).status_code == 403
    assert Practice.current().fee == "$1"


def test_strangers_see_no_history(client, practice):
    assert client.get(HISTORY).status_code == 302


def test_kept_words_are_json_of_the_row_alone(staff, practice):
    save(staff, fee="$1")
    newest = Version.objects.get_for_object(practice).first()
    (row,) = json.loads(newest.serialized_data)
    assert (row["model"], row["fields"]["fee"]) == ("pages.practice", "$1")
