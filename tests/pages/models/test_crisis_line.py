from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from pages.models import CrisisLine
from pages.models.crisis_line import first_of
from tests.pages.conftest import line


def test_in_groups_has_every_group_in_its_order(practice):
    later = line(practice.region, "talk", "Another", call="18005550100")
    CrisisLine.objects.filter(name="988 Lifeline").update(position=1)
    groups = CrisisLine.objects.in_groups(practice)
    assert {group: [each.name for each in lines] for group, lines in groups.items()} == {
        "danger": ["911"],
        "talk": ["988 Lifeline", later.name],
        "home": ["Hotline"],
        "child": [],
        "more": [],
    }


def test_in_groups_leaves_out_other_regions(practice, django_assert_num_queries):
    elsewhere = type(practice.region).objects.create(code="fr", name="France")
    line(elsewhere, "more", "3114", call="3114")
    with django_assert_num_queries(1):
        assert CrisisLine.objects.in_groups(practice)["more"] == []


def test_numbers_as_links_and_words(practice):
    hotline = CrisisLine.objects.get(name="Hotline")
    assert (hotline.call_link, hotline.call_shown) == ("+18007997233", "1-800-799-7233")
    assert (hotline.text_link, hotline.text_shown) == ("88788", "88788")


def test_line_has_a_number(practice):
    with pytest.raises(IntegrityError, match="crisis_line_has_number"):
        line(practice.region, "more", "Silent")


def test_word_needs_a_number(practice):
    with pytest.raises(IntegrityError, match="crisis_line_word_has_number"):
        line(practice.region, "more", "Wordy", call="988", text_word="HOME")


def test_first_of_names_lines_that_can_be_called_and_one_that_can_be_written_to(practice):
    region = practice.region
    CrisisLine.objects.filter(group="talk").delete()
    line(region, "talk", "Only texts", text_number="85258", text_word="SHOUT")
    CrisisLine.objects.filter(name="Only texts").update(position=1)
    line(region, "talk", "Calls", call="116 123")
    named = first_of(CrisisLine.objects.in_groups(practice))
    assert {kind: each.name for kind, each in named.items()} == {
        "danger": "911",
        "talk": "Calls",
        "home": "Hotline",
        "text": "Only texts",
    }


def test_number_keeps_the_groups_in_which_the_line_says_it(practice):
    practice.region.code = "gb"
    helpline = line(practice.region, "home", "Helpline", call="0808 801 0327")
    helpline.full_clean()
    assert (helpline.call_link, helpline.call_shown) == ("08088010327", "0808 801 0327")


@pytest.mark.parametrize("number", ["1-800", "+44 20", "call us", " 988"])
def test_number_is_digits_and_spaces(practice, number):
    wrong = CrisisLine.objects.get(name="Hotline")
    wrong.call = number
    with pytest.raises(ValidationError) as refused:
        wrong.full_clean()
    assert list(refused.value.message_dict) == ["call"]


def test_one_number_for_calls_and_texts_is_said_once(practice):
    same = {each.name: each.same_number for each in CrisisLine.objects.all()}
    assert same == {"911": False, "988 Lifeline": True, "Hotline": False}


def test_line_is_to_be_looked_at_again_after_ninety_days(practice):
    today = date(2026, 11, 24)
    days = {"911": 90, "988 Lifeline": 91, "Hotline": None}
    for name, ago in days.items():
        looked = None if ago is None else today - timedelta(days=ago)
        CrisisLine.objects.filter(name=name).update(checked_on=looked)
    late = CrisisLine.objects.to_look_at(today)
    assert sorted(each.name for each in late) == ["988 Lifeline", "Hotline"]
    marked = CrisisLine.objects.with_late(today)
    assert {each for each in marked if each.late} == set(late)
