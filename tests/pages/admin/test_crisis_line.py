import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from pages.models import CrisisLine, Practice, Region, SiteRevision
from tests.pages.admin.forms import answers
from tests.pages.conftest import line

LIST = reverse("admin:pages_crisisline_changelist")


def change(row):
    return reverse("admin:pages_crisisline_change", args=[row.pk])


@pytest.fixture
def elsewhere(practice) -> Region:
    region = Region.objects.create(code="nz", name="New Zealand")
    line(region, "talk", "1737", call="1737", text_number="1737")
    return region


def shown(response):
    return [each.name for each in response.context["cl"].result_list]


def test_list_begins_with_the_practices_region(staff, practice, elsewhere):
    assert shown(staff.get(LIST)) == ["911", "988 Lifeline", "Hotline"]
    assert shown(staff.get(LIST, {"region": "nz"})) == ["1737"]
    assert len(shown(staff.get(LIST, {"region": "all"}))) == 4
    assert "United States (yours)" in staff.get(LIST).text


def test_list_nags_about_lines_to_look_at(staff, practice):
    today = practice.today()
    CrisisLine.objects.update(checked_on=today - timedelta(days=90))
    assert "Crisis lines to look at" not in staff.get(LIST).text
    CrisisLine.objects.filter(name="Hotline").update(checked_on=None)
    CrisisLine.objects.filter(name="911").update(checked_on=today - timedelta(days=91))
    page = staff.get(LIST)
    assert [each.name for each in page.context["to_look_at"]] == ["911", "Hotline"]
    assert ("Never: look at their site" in page.text, ": look again" in page.text) == (True, True)
    assert page.text.count('<a href="https://line.example" rel="noreferrer">Their site') == 2
    late = [str(each.pk) for each in page.context["to_look_at"]]
    looked = staff.post(reverse("admin:pages_crisisline_looked"), {"line": late, "from": "list"})
    assert looked.headers["Location"] == LIST
    assert list(CrisisLine.objects.to_look_at(today)) == []


def test_looked_at_today_says_who_and_raises_the_revision(staff, practice, editor):
    before = SiteRevision.current()
    chosen = list(CrisisLine.objects.values_list("pk", flat=True))
    staff.post(LIST, {"action": "looked_today", "_selected_action": chosen})
    assert set(CrisisLine.objects.values_list("checked_on", flat=True)) == {practice.today()}
    assert SiteRevision.current() == before + 1
    entry = LogEntry.objects.latest("pk")
    assert (entry.user, entry.change_message) == (editor, "Looked at the line's own site.")


@pytest.mark.parametrize("more", [1, 3])
def test_list_takes_as_many_queries_for_three_lines_as_for_one(
    staff, practice, more, django_assert_num_queries
):
    CrisisLine.objects.exclude(name="911").delete()
    for number in range(more - 1):
        line(practice.region, "more", f"Line {number}", call="1737")
    staff.get(LIST)
    with django_assert_num_queries(10):
        staff.get(LIST)


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        (
            {"call": "", "text_number": "", "text_word": ""},
            "call",
            "Enter a number to call, or one to text below.",
        ),
        ({"text_number": ""}, "text_number", "Enter the number to which the word is sent."),
        (
            {"call": "1-800-799"},
            "call",
            "Use digits, with spaces as the line itself writes them, and no dashes.",
        ),
    ],
)
def test_numbers_that_cannot_be_are_told(staff, practice, typed, field, sentence):
    hotline = CrisisLine.objects.get(name="Hotline")
    response = staff.post(change(hotline), answers(staff, change(hotline), **typed))
    found = response.context["adminform"].form.errors
    assert found[field] == [sentence]


def test_last_number_that_every_page_names_stays(staff, practice, elsewhere):
    last = CrisisLine.objects.get(name="988 Lifeline")
    for typed in ({"call": ""}, {"group": "more"}, {"region": str(elsewhere.pk)}):
        response = staff.post(change(last), answers(staff, change(last), **typed))
        assert response.context["adminform"].form.non_field_errors() == [
            "Every page names this number, and there is no other to call in its place. Add another "
            "line of the same kind first."
        ]
    staff.post(reverse("admin:pages_crisisline_delete", args=[last.pk]), {"post": "yes"})
    several = {"action": "delete_selected", "_selected_action": [last.pk], "post": "yes"}
    staff.post(LIST, several)
    assert set(Practice.current().crisis) == {"danger", "talk", "home", "text"}


def test_number_may_go_once_there_is_another(staff, practice):
    last = CrisisLine.objects.get(name="988 Lifeline")
    line(practice.region, "talk", "Another", call="18005550100")
    staff.post(reverse("admin:pages_crisisline_delete", args=[last.pk]), {"post": "yes"})
    assert Practice.current().crisis["talk"].name == "Another"


def test_line_of_another_region_may_go(staff, practice, elsewhere):
    theirs = CrisisLine.objects.get(name="1737")
    staff.post(reverse("admin:pages_crisisline_delete", args=[theirs.pk]), {"post": "yes"})
    assert not CrisisLine.objects.filter(pk=theirs.pk).exists()


def test_buttons_say_what_saving_does(staff, practice):
    hotline = CrisisLine.objects.get(name="Hotline")
    assert re.findall(r'type="submit" value="([^"]+)"', staff.get(change(hotline)).text) == [
        "Save and show now",
        "Save, show now and add another",
        "Save, show now and stay here",
    ]
