from datetime import date, timedelta

import pytest
from django.db import IntegrityError

from pages.models import Opening, Service, Therapist

TODAY = date(2026, 11, 24)


@pytest.fixture
def therapist(db) -> Therapist:
    return Therapist.objects.create(
        slug="mara", name="Mara Quist", role="Therapist", credentials="MA", licence="Example",
        works_with=["Adults", "Couples"], formats=["in_person", "online"], fees="$100",
    )  # fmt: skip


def opening(therapist: Therapist, day_part: str, confirmed_on: date = TODAY) -> Opening:
    service, _ = Service.objects.get_or_create(slug="single", name="Individual therapy")
    return Opening.objects.create(
        therapist=therapist, service=service, format="online", day_part=day_part,
        confirmed_on=confirmed_on,
    )  # fmt: skip


def test_opening_is_shown_for_four_weeks(therapist):
    kept = opening(therapist, "morning", TODAY - timedelta(days=28))
    opening(therapist, "evening", TODAY - timedelta(days=29))
    assert list(Opening.objects.shown(TODAY)) == [kept]


def test_opening_is_not_shown_where_the_therapist_takes_no_one(therapist):
    opening(therapist, "morning")
    therapist.accepting = False
    therapist.save()
    assert list(Opening.objects.shown(TODAY)) == []


@pytest.mark.parametrize("count", [1, 3])
def test_openings_in_full_take_one_query(therapist, count, django_assert_num_queries):
    for day_part in ["morning", "midday", "evening"][:count]:
        opening(therapist, day_part)
    with django_assert_num_queries(1):
        shown = [f"{each.therapist}, {each.service}" for each in Opening.objects.shown(TODAY)]
        assert shown == ["Mara Quist, Individual therapy"] * count


def test_opening_is_unique(therapist):
    opening(therapist, "morning")
    with pytest.raises(IntegrityError):
        opening(therapist, "morning")


def test_confirm_makes_an_old_opening_fresh(therapist, editor):
    old = opening(therapist, "morning", TODAY - timedelta(days=90))
    assert Opening.objects.all().confirm(by=editor) == 1
    old.refresh_from_db()
    assert old.confirmed_by == editor
    assert list(Opening.objects.shown(old.confirmed_on)) == [old]


@pytest.mark.parametrize("count", [1, 3])
def test_therapists_with_openings_take_two_queries(therapist, count, django_assert_num_queries):
    for number in range(1, count):
        Therapist.objects.create(slug=f"t{number}", name=f"T {number}")
    free = opening(therapist, "morning")
    with django_assert_num_queries(2):
        shown = list(Therapist.objects.here().with_current_openings(TODAY))
    assert shown[0].current_openings == [free]
    assert len(shown) == count


def test_here_leaves_out_who_has_left(therapist):
    therapist.accepting, therapist.retired_on = False, TODAY
    therapist.save()
    assert list(Therapist.objects.here()) == []


def test_who_has_left_takes_no_new_people(therapist):
    therapist.retired_on = TODAY
    with pytest.raises(IntegrityError, match="therapist_gone_takes_nobody"):
        therapist.save()


def test_facts_come_in_one_order_without_empty_ones(therapist):
    assert therapist.facts == [
        {"term": "Role", "fact": "Therapist"},
        {"term": "Training", "fact": "MA"},
        {"term": "License", "fact": "Example"},
        {"term": "Works with", "fact": "Adults; Couples"},
        {"term": "Sessions", "fact": "In person or online"},
        {"term": "Fees", "fact": "$100"},
    ]
    assert (therapist.first_name, therapist.initials) == ("Mara", "MQ")
