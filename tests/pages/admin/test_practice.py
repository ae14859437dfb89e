import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.models import CrisisLine, Practice, Region, SiteRevision
from tests.pages.admin.forms import FormReader, answers
from tests.pages.conftest import line

CHANGE = "/staff/pages/practice/1/change/"


def test_list_goes_straight_to_the_one_row(staff, practice):
    response = staff.get(reverse("admin:pages_practice_changelist"))
    assert (response.status_code, response.headers["Location"]) == (302, CHANGE)


def test_save_is_live_and_raises_the_revision(staff, practice):
    before = SiteRevision.raise_()
    typed = answers(staff, CHANGE, phone="(503) 555-0199", service_states="Oregon\n\n Idaho \n")
    response = staff.post(CHANGE, typed)
    assert (response.status_code, response.headers["Location"]) == (302, CHANGE)
    practice = Practice.current()
    assert (practice.phone, practice.service_states) == ("(503) 555-0199", ["Oregon", "Idaho"])
    assert practice.channels == ["call", "text", "email", "own"]
    assert (SiteRevision.current(), practice.version) == (before + 1, 1)


def test_hours_stand_on_the_same_screen(staff, practice):
    staff.post(CHANGE, answers(staff, CHANGE, **{"opening_hours-4-closes": "12:00"}))
    assert Practice.current().hours_in_words == (
        "Monday to Thursday, 9 to 5 and Friday, 9 to 12"
    )  # fmt: skip


def test_later_save_over_someone_elses_is_refused(staff, practice):
    mine, theirs = answers(staff, CHANGE, fee="$1"), answers(staff, CHANGE, fee="$2")
    staff.post(CHANGE, theirs)
    assert staff.post(CHANGE, mine).status_code == 200
    assert Practice.current().fee == "$2"


def test_secure_address_is_assumed(staff, practice):
    staff.post(CHANGE, answers(staff, CHANGE, exit_url="news.example"))
    assert Practice.current().exit_url == "https://news.example"


@pytest.mark.parametrize("address", ["add/", "1/delete/"])
def test_row_is_neither_added_nor_deleted(staff, practice, address):
    assert staff.get(f"/staff/pages/practice/{address}").status_code == 403


def errors(staff, **changes) -> dict[str, list[str]]:
    """What the screen answers, with everything that was typed still in it."""
    response = staff.post(CHANGE, answers(staff, CHANGE, **changes))
    assert response.status_code == 200
    kept = FormReader(response.text).answers
    assert {name: kept.get(name, []) for name in changes} == changes
    return dict(response.context["adminform"].form.errors)


@pytest.fixture
def tuesday(monkeypatch):
    now = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("America/Los_Angeles"))
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        (
            {"paused_until": "2026-11-24"},
            "paused_until",
            "Today is Tuesday, November 24. Enter a later day, or leave it empty if you are here.",
        ),
        (
            {"paused_until": "2062-12-07"},
            "paused_until",
            "That is more than a year away. Enter a nearer day; you can move it later.",
        ),
        (
            {"paused_until": "next week"},
            "paused_until",
            "Enter a date such as 2026-12-07, or leave it empty.",
        ),
        (
            {"exit_url": "http://weather.example"},
            "exit_url",
            "Enter an address that begins with https://, such as a weather page.",
        ),
        (
            {"exit_url": "javascript:alert(1)"},
            "exit_url",
            "Enter an address that begins with https://, such as a weather page.",
        ),
        (
            {"exit_url": "https://localhost/"},
            "exit_url",
            "This is your own site. Choose one that has no tie to you.",
        ),
        (
            {"text_number": ""},
            "text_number",
            "Enter the number that your texts come from, or untick “Text message”.",
        ),
        (
            {"phone": "call us"},
            "phone",
            "Enter the whole number, as you would print it on a card.",
        ),
        (
            {"neutral_sender": "Lantern Street Therapy front desk"},
            "neutral_sender",
            "This names the practice, and someone else may see the inbox. Enter a first name.",
        ),
        ({"promise_working_days": "11"}, "promise_working_days", "Choose 1 to 10 working days."),
        ({"openings_fresh_days": "0"}, "openings_fresh_days", "Choose 1 to 365 days."),
        ({"words_kept_days": "0"}, "words_kept_days", "Choose 1 to 365 days."),
        ({"backups_kept_days": "6"}, "backups_kept_days", "Choose 7 to 90 days."),
        ({"backups_kept_days": "91"}, "backups_kept_days", "Choose 7 to 90 days."),
        (
            {"words_kept_days": "40", "identity_kept_days": "39"},
            "identity_kept_days",
            "Words are erased first, name and number later or on the same day. Enter as many days "
            "as for the words, or more.",
        ),
        ({"waiting_list_weeks": "27"}, "waiting_list_weeks", "Choose 1 to 26 weeks."),
        (
            {"time_zone": "Mars/Olympus"},
            "time_zone",
            'Name a time zone such as "America/Los_Angeles".',
        ),
        (
            {"security_contact": "the office"},
            "security_contact",
            "Enter an address that begins with https://, mailto: or tel:.",
        ),
        ({"channels": []}, "channels", "Choose at least one way in which you reach people."),
    ],
)  # fmt: skip
def test_bad_input_gets_a_sentence_and_stays(staff, practice, tuesday, typed, field, sentence):
    assert errors(staff, **typed) == {field: [sentence]}
    assert Practice.current().version == 0


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            {"opening_hours-1-weekday": "0", "opening_hours-1-opens": "16:00:00"},
            "Monday: 9 to 5 and 4 to 5 overlap. Make them one row, or change one of them.",
        ),
        (
            {"opening_hours-1-weekday": "0"},
            "Monday: 9 to 5 and 9 to 5 overlap. Make them one row, or change one of them.",
        ),
        ({"opening_hours-0-closes": "08:00:00"}, "Enter a time after the one at which you open."),
        ({"opening_hours-0-closes": "late"}, "Enter a valid time."),
    ],
)
def test_hours_that_cannot_be_are_told(staff, practice, rows, sentence):
    response = staff.post(CHANGE, answers(staff, CHANGE, **rows))
    formset = response.context["inline_admin_formsets"][0].formset
    said = [*formset.non_form_errors(), *(e for row in formset.errors for e in row.values())]
    flat = [words for each in said for words in ([each] if isinstance(each, str) else each)]
    assert flat == [sentence]
    assert Practice.current().hours_in_words == "Monday to Friday, 9 to 5"


def test_hours_with_a_break_between_are_fine(staff, practice):
    typed = answers(
        staff, CHANGE,
        **{
            "opening_hours-0-closes": "12:00", "opening_hours-5-weekday": "0",
            "opening_hours-5-opens": "12:00", "opening_hours-5-closes": "16:00",
        },
    )  # fmt: skip
    assert staff.post(CHANGE, typed).status_code == 302
    assert Practice.current().hours_in_words.startswith("Monday, 9 to 12 and 12 to 4 and Tuesday")


def test_same_holiday_twice_is_told(staff, practice):
    typed = {"holidays-1-date": "2026-12-25", "holidays-1-name": "Again"}
    response = staff.post(CHANGE, answers(staff, CHANGE, **typed))
    formset = response.context["inline_admin_formsets"][1].formset
    assert formset.errors == [{}, {"date": ["This day is on the list already."]}]


def test_same_new_holiday_twice_is_told(staff, practice):
    typed = {"holidays-TOTAL_FORMS": "3"}
    for row in (1, 2):
        typed |= {f"holidays-{row}-date": "2026-12-31", f"holidays-{row}-name": "Old year"}
        typed |= {f"holidays-{row}-practice": "1", f"holidays-{row}-id": ""}
    response = staff.post(CHANGE, answers(staff, CHANGE, **typed))
    formset = response.context["inline_admin_formsets"][1].formset
    assert formset.non_form_errors() == ["The same day stands here twice. Keep one row of it."]


def test_region_without_lines_is_refused(staff, practice):
    bare = Region.objects.create(code="fr", name="France")
    assert errors(staff, region=str(bare.pk)) == {
        "region": [
            "Every page names a number to call in danger and one to talk to someone. France has "
            "none yet: add them under Crisis lines first."
        ]
    }


def test_pause_that_is_over_is_no_longer_shown_and_goes_with_the_next_save(
    staff, practice, tuesday
):
    Practice.objects.update(paused_until=date(2026, 11, 24))
    typed = answers(staff, CHANGE, fee="$1")
    assert typed["paused_until"] == ""
    assert staff.post(CHANGE, typed).status_code == 302
    assert Practice.current().paused_until is None


def test_pause_is_said_on_the_screen_as_the_site_says_it(staff, practice, tuesday):
    typed = answers(staff, CHANGE, paused_until="2026-12-07", pause_sentence="We are resting")
    staff.post(CHANGE, typed)
    page = " ".join(staff.get(CHANGE).text.split())
    assert (
        "The site says: “We are away until Monday, December 7. We are resting. You can still write "
        "to us. You will hear from us by Tuesday, December 8, 5 pm.”" in page
    )
    assert "This ends by itself when Monday, December 7 begins." in page


def test_security_contact_may_be_a_mail_address(staff, practice):
    staff.post(CHANGE, answers(staff, CHANGE, security_contact="us@practice.example"))
    assert Practice.current().security_contact == "mailto:us@practice.example"


def test_button_says_what_saving_does(staff, practice):
    assert re.findall(r'type="submit" value="([^"]+)"', staff.get(CHANGE).text) == [
        "Save and show now"
    ]


def test_lines_nobody_looked_at_nag_until_someone_did(staff, practice, tuesday):
    CrisisLine.objects.update(checked_on="2026-11-20")
    assert "Crisis lines to look at" not in staff.get(CHANGE).text
    old = CrisisLine.objects.get(name="Hotline")
    CrisisLine.objects.filter(pk=old.pk).update(checked_on="2026-08-01")
    elsewhere = Region.objects.create(code="nz", name="New Zealand")
    line(elsewhere, "more", "Theirs", call="1737")
    CrisisLine.objects.filter(name="Theirs").update(checked_on=None)
    page = staff.get(CHANGE)
    assert [each.name for each in page.context["to_look_at"]] == ["Hotline"]
    assert '<a href="https://line.example" rel="noreferrer">Their site' in page.text
    before = SiteRevision.current()
    looked = reverse("admin:pages_crisisline_looked")
    back = staff.post(looked, {"line": [str(old.pk)]}).headers["Location"]
    assert back == reverse("admin:pages_practice_changelist")
    old.refresh_from_db()
    assert (old.checked_on, SiteRevision.current()) == (date(2026, 11, 24), before + 1)
    assert "Crisis lines to look at" not in staff.get(CHANGE).text


def test_looking_needs_a_tick(staff, practice):
    response = staff.post(reverse("admin:pages_crisisline_looked"), {"line": "x"}, follow=True)
    assert [str(said) for said in response.context["messages"]] == [
        "Tick the lines whose sites you looked at."
    ]
    assert staff.get(reverse("admin:pages_crisisline_looked")).status_code == 405
