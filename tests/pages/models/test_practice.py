from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import RequestFactory

from pages.models import Practice
from pages.models.practice import DEFAULT_EXIT


def test_current_reads_the_row_with_its_hours(practice, django_assert_num_queries):
    with django_assert_num_queries(2):
        current = Practice.current()
        assert (current.name, current.hours_in_words) == (
            "Lantern Street Therapy",
            "Monday to Friday, 9 to 5",
        )


def test_current_says_so_where_there_is_none(db):
    with pytest.raises(Practice.DoesNotExist):
        Practice.current()


def test_of_reads_once_a_request(practice, django_assert_num_queries):
    request = RequestFactory().get("/")
    with django_assert_num_queries(1):
        assert Practice.of(request) is Practice.of(request)
    with django_assert_num_queries(1):
        assert Practice.of(request).hours_in_words == Practice.of(request).hours_in_words


def test_there_is_one_row(practice):
    practice.pk = 2
    with pytest.raises(IntegrityError, match="practice_one_row"):
        practice.save(force_insert=True)


@pytest.mark.parametrize("days", [0, 11])
def test_promise_is_between_one_and_ten_days(practice, days):
    practice.promise_working_days = days
    with pytest.raises(IntegrityError, match="practice_promise_within_ten_days"):
        practice.save()


def test_time_zone_must_be_known(practice):
    practice.time_zone = "Mars/Olympus"
    with pytest.raises(ValidationError) as refused:
        practice.full_clean()
    assert list(refused.value.message_dict) == ["time_zone"]


def test_exit_leads_to_a_secure_address(practice):
    practice.exit_url = "http://weather.example"
    with pytest.raises(ValidationError) as refused:
        practice.full_clean()
    assert list(refused.value.message_dict) == ["exit_url"]


def test_facts_that_texts_may_use(practice):
    assert practice.facts() == {
        "practice": "Lantern Street Therapy",
        "phone": "(503) 555-0101",
        "first_reader": "Ines",
        "exit": "a weather page",
        "hours": "Monday to Friday, 9 to 5",
        "state": "Oregon",
        "states": "Oregon and Washington",
        "town": "Brookmere",
        "address": "1 Lantern Street, Brookmere, Oregon 97000",
        "fee": "$100 to $120",
        "insurers": "Brookmere Mutual",
        "first_call_minutes": "15",
        "danger_call": "911",
        "danger_name": "911",
        "crisis_call": "988",
        "crisis_name": "988 Lifeline",
        "home_call": "1-800-799-7233",
        "home_name": "Hotline",
        "words_kept": "30 days",
        "identity_kept": "90 days",
        "backups_kept": "35 days",
    }


def test_numbers_among_the_facts_are_links(practice):
    links = {name: fact.link for name, fact in practice.facts().items() if hasattr(fact, "link")}
    assert links == {
        "phone": "+15035550101",
        "danger_call": "911",
        "crisis_call": "988",
        "home_call": "+18007997233",
    }


def test_links_and_zone(practice):
    assert practice.phone_link == "+15035550101"
    assert practice.text_link == "+15035550102"
    assert practice.tz == ZoneInfo("America/Los_Angeles")


def test_today_is_the_day_at_the_practice(practice):
    assert practice.today(datetime(2026, 11, 24, 5, tzinfo=UTC)) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("now", "turn"),
    [
        ("2026-11-24 08:00", "2026-11-24 09:00"),  # Tuesday, before opening
        ("2026-11-24 09:00", "2026-11-24 17:00"),
        ("2026-11-24 17:30", "2026-11-25 00:00"),
        ("2026-11-28 12:00", "2026-11-29 00:00"),  # Saturday, closed all day
    ],
)
def test_next_turn_of_the_clock(practice, now, turn):
    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=practice.tz)

    assert practice.next_turn(at(now)) == at(turn)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (DEFAULT_EXIT, "a weather page"),
        ("https://www.bbc.co.uk/news", "bbc.co.uk"),
        ("https://en.wikipedia.org", "en.wikipedia.org"),
    ],
)
def test_exit_is_named_in_a_sentence(practice, address, words):
    practice.exit_url = address
    assert practice.exit_name == words
    assert practice.facts()["exit"] == words
