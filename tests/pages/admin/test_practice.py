import pytest
from django.urls import reverse

from pages.models import Practice, SiteRevision
from tests.pages.admin.forms import answers

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
