from datetime import timedelta

import pytest
from django.db import IntegrityError

from pages.models import Opening, Therapist


@pytest.fixture
def therapist(db) -> Therapist:
    return Therapist.objects.create(
        slug="mara", name="Mara Quist", role="Therapist", credentials="MA", licence="Example",
        works_with=["Adults", "Couples"], formats=["in_person", "online"], fees="$100",
    )  # fmt: skip


@pytest.fixture
def opening(therapist, practice):
    def make(day_part: str, days_ago: int = 0) -> Opening:
        confirmed = practice.today() - timedelta(days=days_ago)
        return Opening.objects.create(
            therapist=therapist, format="online", day_part=day_part, confirmed_on=confirmed
        )

    return make


@pytest.mark.parametrize("days", [7, 28])
def test_opening_is_true_for_as_long_as_the_practice_says(opening, practice, days):
    practice.openings_fresh_days = days
    kept = opening("morning", days)
    opening("evening", days + 1)
    assert list(Opening.objects.shown(practice)) == [kept]


def test_opening_is_not_shown_where_the_therapist_takes_no_one(therapist, opening, practice):
    opening("morning")
    therapist.accepting = False
    therapist.save()
    assert list(Opening.objects.shown(practice)) == []


@pytest.mark.parametrize("count", [1, 3])
def test_openings_in_full_take_one_query(opening, practice, count, django_assert_num_queries):
    for day_part in ["morning", "midday", "evening"][:count]:
        opening(day_part)
    with django_assert_num_queries(1):
        shown = [f"{each.therapist}, {each}" for each in Opening.objects.shown(practice)]
    assert len(shown) == count
    assert shown[-1] == "Mara Quist, Online, evening"


def test_opening_is_unique(opening):
    opening("morning")
    with pytest.raises(IntegrityError):
        opening("morning")


def test_confirm_makes_an_old_opening_fresh(opening, practice, editor):
    old = opening("morning", 90)
    assert Opening.objects.all().confirm(by=editor, practice=practice) == 1
    old.refresh_from_db()
    assert (old.confirmed_by, old.confirmed_on) == (editor, practice.today())
    assert list(Opening.objects.shown(practice)) == [old]


@pytest.mark.parametrize("count", [1, 3])
def test_therapists_with_openings_take_two_queries(
    opening, practice, count, django_assert_num_queries
):
    for number in range(1, count):
        Therapist.objects.create(slug=f"t{number}", name=f"T {number}")
    free = opening("morning")
    with django_assert_num_queries(2):
        shown = list(Therapist.objects.here().with_current_openings(practice))
    assert shown[0].current_openings == [free]
    assert len(shown) == count


def test_here_leaves_out_who_has_left(therapist, practice):
    therapist.accepting, therapist.retired_on = False, practice.today()
    therapist.save()
    assert list(Therapist.objects.here()) == []


def test_who_has_left_takes_no_new_people(therapist, practice):
    therapist.retired_on = practice.today()
    with pytest.raises(IntegrityError, match="therapist_gone_takes_nobody"):
        therapist.save()


def test_facts_come_in_one_order_without_empty_ones(therapist):
    assert therapist.facts == [
        {"term": "Role", "fact": "Therapist"},
        {"term": "Training", "fact": "MA"},
        {"term": "Works with", "fact": "Adults; Couples"},
        {"term": "Sessions", "fact": "In person or online"},
        {"term": "Fees", "fact": "$100"},
    ]
    assert (therapist.first_name, therapist.initials) == ("Mara", "MQ")
