"""All openings on one screen."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import NoReverseMatch, reverse

from pages.models import Opening, SiteRevision, Therapist
from tests.signing_in import sign_in

TABLE = "/staff/pages/opening/"


class TableReader(HTMLParser):
    """What a browser would send back, which boxes there are, and the heads of the table."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.typed: dict[str, list[str]] = {"free": [], "seen": []}
        self.boxes: list[str] = []
        self.heads: list[tuple[str, str]] = []
        self._scope = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        name, value = facts.get("name"), facts.get("value", "")
        if name == "free":
            self.boxes.append(value)
        if name == "seen" or (name == "free" and "checked" in facts):
            self.typed[name].append(value)
        self._scope = facts.get("scope", "") if tag == "th" else self._scope

    def handle_data(self, data):
        if self._scope and data.strip():
            self.heads.append((self._scope, data.strip()))
            self._scope = ""


@pytest.fixture
def people(practice) -> list[Therapist]:
    ana = Therapist.objects.create(slug="ana", name="Ana Reyes", fees="$1", position=1)
    bo = Therapist.objects.create(slug="bo", name="Bo Lind", fees="$1", position=2)
    off = Therapist.objects.create(
        slug="off", name="Oda Fern", fees="$1", position=3, accepting=False
    )
    for therapist, format_, part, ago in (
        (ana, "online", "morning", 3),
        (ana, "in_person", "evening", 40),
        (bo, "online", "midday", 5),
        (off, "online", "midday", 5),
    ):
        day = practice.today() - timedelta(days=ago)
        therapist.openings.create(format=format_, day_part=part, confirmed_on=day)
    return [ana, bo, off]


def look(staff) -> TableReader:
    return TableReader(staff.get(TABLE).text)


def words(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def stored() -> dict[str, int]:
    """Each opening and how many days ago it was confirmed."""
    rows = Opening.objects.select_related("therapist")
    return {f"{each.therapist.slug}-{each.format}-{each.day_part}": each for each in rows}


def days_ago(practice) -> dict[str, int]:
    today = practice.today()
    return {name: (today - each.confirmed_on).days for name, each in stored().items()}


BEFORE = {
    "ana-online-morning": 3,
    "ana-in_person-evening": 40,
    "bo-online-midday": 5,
    "off-online-midday": 5,
}


def test_table_has_therapists_down_and_formats_and_parts_across(staff, people):
    table = look(staff)
    parts = [("col", part) for part in ("Morning", "Midday", "Afternoon", "Evening")]
    assert table.heads == [
        ("col", "Therapist"), ("colgroup", "In person"), ("colgroup", "Online"),
        ("col", "As they stand"), *parts, *parts,
        ("row", "Ana Reyes"), ("row", "Bo Lind"), ("row", "Oda Fern"),
    ]  # fmt: skip
    ana, bo, _ = (each.pk for each in people)
    assert len(table.boxes) == 16
    assert table.typed["free"] == [
        f"{ana}-in_person-evening", f"{ana}-online-morning", f"{bo}-online-midday",
    ]  # fmt: skip


def test_each_box_says_whose_it_is_and_when_it_was_confirmed(staff, people, practice):
    html = " ".join(re.sub(r"<[^>]+>", " ", staff.get(TABLE).text).split())
    days = {name: each.confirmed_on for name, each in stored().items()}
    fresh, stale = days["ana-online-morning"], days["ana-in_person-evening"]
    assert f"Ana Reyes, Online, morning {fresh:%b} {fresh.day}" in html
    assert f"Ana Reyes, In person, evening ask us, {stale:%b} {stale.day}" in html
    assert html.count("ask us, ") == 1


def test_who_takes_nobody_has_a_line_and_the_way_to_their_screen(staff, people):
    html = staff.get(TABLE).text
    screen = reverse("admin:pages_therapist_change", args=[people[2].pk])
    assert f'<a href="{screen}">Oda Fern</a>' in html
    assert "Takes no new people, so nothing of theirs is shown." in html
    Therapist.objects.filter(pk=people[2].pk).update(retired_on="2026-11-01", accepting=False)
    assert "Oda Fern" not in staff.get(TABLE).text


def test_save_adds_and_drops(staff, editor, people, practice):
    typed, before = look(staff).typed, SiteRevision.current()
    ana, bo, _ = (each.pk for each in people)
    typed["free"] = [f"{ana}-online-morning", f"{ana}-in_person-evening", f"{bo}-in_person-morning"]
    response = staff.post(TABLE, {**typed, "save": ""}, follow=True)
    assert words(response) == ["Saved. The public sees what is ticked below."]
    wanted = {**BEFORE, "bo-in_person-morning": 0}
    del wanted["bo-online-midday"]
    assert days_ago(practice) == wanted
    assert stored()["bo-in_person-morning"].confirmed_by == editor
    assert SiteRevision.current() == before + 1
    assert LogEntry.objects.get().change_message == (
        "Added: Bo Lind, in person, morning. Removed: Bo Lind, online, midday"
    )


def test_all_still_true_confirms_all_on_offer(staff, editor, people, practice):
    response = staff.post(TABLE, {**look(staff).typed, "still": "all"}, follow=True)
    assert words(response) == ["Saved. The public sees what is ticked below. Confirmed today: 3."]
    assert days_ago(practice) == {**dict.fromkeys(BEFORE, 0), "off-online-midday": 5}
    confirmed = [each.confirmed_by for name, each in stored().items() if "off" not in name]
    assert confirmed == [editor] * 3


def test_one_therapist_still_true_confirms_that_one(staff, people, practice):
    staff.post(TABLE, {**look(staff).typed, "still": str(people[0].pk)})
    wanted = {**BEFORE, "ana-online-morning": 0, "ana-in_person-evening": 0}
    assert days_ago(practice) == wanted


def test_all_still_true_saves_ticks_too(staff, people, practice):
    typed = look(staff).typed
    typed["free"] = [value for value in typed["free"] if "midday" not in value]
    staff.post(TABLE, {**typed, "still": "all"})
    assert "bo-online-midday" not in days_ago(practice)


def test_two_people_at_once_keep_both_changes(staff, people, practice):
    mine, theirs = look(staff).typed, look(staff).typed
    ana, bo, _ = (each.pk for each in people)
    staff.post(TABLE, {**theirs, "free": [*theirs["free"], f"{bo}-online-evening"]})
    staff.post(TABLE, {**mine, "free": [*mine["free"], f"{ana}-online-evening"]})
    assert days_ago(practice) == {**BEFORE, "bo-online-evening": 0, "ana-online-evening": 0}


def test_place_confirmed_meanwhile_stays_and_is_told(staff, people, practice):
    mine = look(staff).typed
    staff.post(TABLE, {**look(staff).typed, "still": str(people[1].pk)})
    mine["free"] = [value for value in mine["free"] if "midday" not in value]
    response = staff.post(TABLE, mine, follow=True)
    assert words(response)[-1] == (
        "Bo Lind, online, midday: someone confirmed it while you had this open, so it stays. "
        "Untick it once more if it is gone."
    )
    assert days_ago(practice) == {**BEFORE, "bo-online-midday": 0}


def test_tick_for_who_takes_nobody_now_is_told(staff, people, practice):
    typed = look(staff).typed
    Therapist.objects.filter(slug="bo").update(accepting=False)
    typed["free"].append(f"{people[1].pk}-online-evening")
    response = staff.post(TABLE, typed, follow=True)
    assert "takes no new people now" in words(response)[-1]
    assert days_ago(practice) == BEFORE


@pytest.mark.parametrize(
    "odd",
    [
        "",
        "x",
        "1",
        "-online-morning",
        "1-online-night",
        "9" * 40 + "-online-morning",
        "1--",
        "٣-online-morning",
    ],
)
def test_odd_answers_change_nothing(staff, people, practice, odd):
    typed = look(staff).typed
    response = staff.post(
        TABLE, {"free": [*typed["free"], odd], "seen": [*typed["seen"], odd, f"{odd}=x"]}
    )
    assert (response.status_code, days_ago(practice)) == (302, BEFORE)


def test_who_may_only_look_cannot_save(people, practice):
    reader = User.objects.create_user("kit", password="a long password 42", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_opening"))
    client = Client()
    sign_in(client, reader)
    html = client.get(TABLE).text
    assert ("Save and show now" in html, html.count("disabled")) == (False, 16)
    assert client.post(TABLE, {"free": []}).status_code == 403
    assert days_ago(practice) == BEFORE
    reader.user_permissions.clear()
    sign_in(client, User.objects.get(pk=reader.pk))
    assert client.get(TABLE).status_code == 403


def test_there_is_no_form_of_a_single_opening(staff, people):
    for name in ("add", "change", "delete"):
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:pages_opening_{name}", args=[] if name == "add" else [1])
    assert staff.get("/staff/pages/opening/add/").status_code == 404


def test_practice_without_therapists_is_led_on(staff, practice):
    html = staff.get(TABLE).text
    assert "No one works here yet." in html
    assert "All still true" not in html


@pytest.mark.parametrize("count", [1, 3])
def test_table_takes_the_same_queries(staff, people, count, django_assert_num_queries):
    Therapist.objects.exclude(pk__in=[each.pk for each in people[:count]]).update(
        accepting=False, retired_on="2026-01-01"
    )
    with django_assert_num_queries(6):  # session, user, practice and hours, therapists, openings
        assert len(staff.get(TABLE).context["rows"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_save_takes_the_same_queries(staff, people, count, django_assert_num_queries):
    staff.post(TABLE, look(staff).typed)  # the first save of all makes the revision's row
    typed = look(staff).typed
    parts = ["afternoon", "evening", "morning"][:count]
    typed["free"] += [f"{people[1].pk}-in_person-{part}" for part in parts]
    with django_assert_num_queries(25):
        staff.post(TABLE, {**typed, "still": "all"})
