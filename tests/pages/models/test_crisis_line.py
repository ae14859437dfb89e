import pytest
from django.db import IntegrityError

from pages.models import CrisisLine
from tests.pages.conftest import line


def test_in_groups_has_every_group_in_its_order(practice):
    later = line(practice.region, "talk", "Another", call="18005550100")
    CrisisLine.objects.filter(name="988 Lifeline").update(position=1)
    groups = CrisisLine.objects.in_groups(practice)
    assert {group: [each.name for each in lines] for group, lines in groups.items()} == {
        "danger": ["911"],
        "talk": ["988 Lifeline", later.name],
        "home": ["Hotline"],
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
