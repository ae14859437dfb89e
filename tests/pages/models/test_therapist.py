from datetime import timedelta

import pytest
from django.db import IntegrityError

from pages import portraits
from pages.models import Opening, Rendition, Therapist
from pages.models.opening import Place
from tests.pages.uploads import photo


@pytest.fixture
def therapist(db) -> Therapist:
    return Therapist.objects.create(
        slug="mara", name="Mara Quist", role="Therapist", credentials="MA", licence="Example",
        works_with=["Adults", "Couples"], formats=["in_person", "online"], fees="$100",
    )  # fmt: skip


@pytest.fixture
def opening(therapist, practice):
    def make(day_part: str, days_ago: int = 0, **facts) -> Opening:
        confirmed = practice.today() - timedelta(days=days_ago)
        usual = {"therapist": therapist, "format": "online", "confirmed_on": confirmed}
        return Opening.objects.create(day_part=day_part, **{**usual, **facts})

    return make


def by_freshness(practice):
    return [(each.day_part, each.fresh) for each in Opening.objects.listed(practice)]


@pytest.mark.parametrize("days", [7, 28])
def test_opening_is_true_for_as_long_as_the_practice_says(opening, practice, days):
    practice.openings_fresh_days = days
    opening("morning", days)
    opening("evening", days + 1)
    assert by_freshness(practice) == [("morning", True), ("evening", False)]


def test_opening_is_not_shown_where_the_therapist_takes_no_one(therapist, opening, practice):
    opening("morning")
    therapist.accepting = False
    therapist.save()
    assert by_freshness(practice) == []


@pytest.mark.parametrize("count", [1, 3])
def test_openings_in_full_take_one_query(opening, practice, count, django_assert_num_queries):
    for day_part in ["morning", "midday", "evening"][:count]:
        opening(day_part)
    with django_assert_num_queries(1):
        shown = [f"{each.therapist}, {each}" for each in Opening.objects.listed(practice)]
    names = ["Mara Quist, Online, morning", "Mara Quist, Online, midday"]
    assert shown == [*names, "Mara Quist, Online, evening"][:count]


def test_old_opening_is_listed_to_be_asked_about(opening, practice):
    opening("morning", 29)
    opening("evening", 28)
    assert by_freshness(practice) == [("evening", True), ("morning", False)]


def test_openings_stand_in_the_order_of_the_day(opening, practice):
    for part in ("evening", "afternoon", "morning", "midday"):
        opening(part)
    opening("evening", format="in_person")
    wanted = [
        ("in_person", "evening"),
        *(("online", part) for part in ("morning", "midday", "afternoon", "evening")),
    ]
    listed = Opening.objects.listed(practice)
    assert [(each.format, each.day_part) for each in listed] == wanted


def test_therapists_with_something_fresh_are_listed_first(opening, practice):
    bea = Therapist.objects.create(slug="bea", name="Bea Lund", position=20)
    opening("morning", 60)
    opening("evening", 60, therapist=bea)
    opening("morning", therapist=bea)
    listed = [(each.therapist.slug, each.day_part) for each in Opening.objects.listed(practice)]
    assert listed == [("bea", "morning"), ("bea", "evening"), ("mara", "morning")]


def test_practice_is_full_where_nothing_is_on_offer(therapist, opening):
    assert not Opening.objects.on_offer().exists()
    opening("morning", 300)
    assert Opening.objects.on_offer().exists()
    Therapist.objects.update(accepting=False)
    assert not Opening.objects.on_offer().exists()


def test_opening_is_unique(opening):
    opening("morning")
    with pytest.raises(IntegrityError):
        opening("morning")


def test_confirm_makes_an_old_opening_fresh(opening, practice, editor):
    old = opening("morning", 90)
    assert Opening.objects.all().confirm(by=editor, practice=practice) == 1
    old.refresh_from_db()
    assert (old.confirmed_by, old.confirmed_on) == (editor, practice.today())
    assert by_freshness(practice) == [("morning", True)]


def seen(*openings: Opening) -> dict:
    return {each.place: each.confirmed_on for each in openings}


def test_table_adds_and_drops_what_one_person_changed(therapist, opening, practice, editor):
    stays, goes = opening("morning", 9), opening("evening", 9)
    new = Place(therapist.pk, "in_person", "midday")
    changed = Opening.objects.set_free(
        {stays.place, new}, seen(stays, goes), by=editor, practice=practice
    )
    now = {each.place: each for each in Opening.objects.all()}
    assert set(now) == {stays.place, new}
    assert (now[new].confirmed_on, now[new].confirmed_by) == (practice.today(), editor)
    assert now[stays.place].confirmed_on == stays.confirmed_on
    told = [[each.place for each in group] for group in (changed.added, changed.dropped)]
    assert (told, changed.kept, changed.refused) == ([[new], [goes.place]], [], [])


def test_table_keeps_what_someone_else_added_meanwhile(opening, practice, editor):
    mine = opening("morning")
    what_i_saw = seen(mine)
    theirs = opening("evening")
    Opening.objects.set_free({mine.place}, what_i_saw, by=editor, practice=practice)
    assert set(Opening.objects.all()) == {mine, theirs}


def test_table_does_not_bring_back_what_someone_else_dropped(opening, practice, editor):
    gone = opening("morning")
    what_i_saw = seen(gone)
    Opening.objects.all().delete()
    Opening.objects.set_free({gone.place}, what_i_saw, by=editor, practice=practice)
    assert list(Opening.objects.all()) == []


def test_table_keeps_and_tells_what_someone_else_confirmed_meanwhile(opening, practice, editor):
    old = opening("morning", 60)
    what_i_saw = seen(old)
    Opening.objects.all().confirm(by=editor, practice=practice)
    changed = Opening.objects.set_free(set(), what_i_saw, by=editor, practice=practice)
    assert (changed.kept, list(Opening.objects.all())) == ([old], [old])


def test_table_refuses_places_with_who_takes_nobody(therapist, practice, editor):
    Therapist.objects.update(accepting=False)
    place, nobody = Place(therapist.pk, "online", "midday"), Place(10**15, "online", "midday")
    changed = Opening.objects.set_free({place, nobody}, {}, by=editor, practice=practice)
    assert (set(changed.refused), Opening.objects.count()) == ({place, nobody}, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_table_takes_few_queries(therapist, practice, editor, count, django_assert_num_queries):
    parts = ["morning", "midday", "evening"][:count]
    places = {Place(therapist.pk, "online", part) for part in parts}
    with django_assert_num_queries(5):  # two of them around the transaction
        Opening.objects.set_free(places, {}, by=editor, practice=practice)
    assert Opening.objects.count() == count


@pytest.fixture
def portrait(therapist) -> list[portraits.Made]:
    made = portraits.renditions(photo())
    therapist.show_portrait(made)
    return made


def test_portrait_takes_the_place_of_the_one_before(therapist, portrait):
    other = portraits.renditions(photo(480, 600, color="#a55"))
    therapist.show_portrait(other)
    stored = {each.sha256: bytes(each.bytes) for each in Rendition.objects.all()}
    assert stored == {each.sha256: each.bytes for each in other}
    therapist.show_portrait([])
    assert Rendition.objects.count() == 0
    assert Therapist.objects.get().portrait is None


def test_portrait_names_its_renditions(therapist, portrait):
    shown = Therapist.objects.get().portrait
    at = {(each.format, each.width): f"/portraits/{each.sha256}" for each in portrait}
    assert shown.avif == ", ".join(f"{at['avif', w]}.avif {w}w" for w in (320, 480, 800))
    assert shown.jpeg == ", ".join(f"{at['jpeg', w]}.jpg {w}w" for w in (320, 480, 800))
    largest = shown.largest
    assert (largest.get_absolute_url(), largest.width, largest.height) == (
        f"{at['jpeg', 800]}.jpg", 800, 1000,
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_all_to_show_takes_three_queries_and_no_bytes(
    therapist, portrait, opening, practice, count, django_assert_num_queries
):
    for number in range(1, count):
        other = Therapist.objects.create(slug=f"t{number}", name=f"T {number}")
        Rendition.objects.create(
            therapist=other, sha256=str(number) * 64, width=1, height=1, format="jpeg", bytes=b"x"
        )
    opening("morning")
    with django_assert_num_queries(3) as queries:
        shown = list(Therapist.objects.here().with_all_to_show(practice))
        assert [bool(each.portrait.avif or each.portrait.jpeg) for each in shown] == [True] * count
    assert [line["sql"] for line in queries if '"bytes"' in line["sql"]] == []
    assert [each.has_room for each in shown] == [True, False, False][:count]


def test_who_leaves_takes_nobody_and_shows_nothing(therapist, opening, practice):
    opening("morning")
    Therapist.objects.update(retired_on=practice.today(), accepting=False)
    assert list(Therapist.objects.here()) == []
    assert (list(Opening.objects.listed(practice)), Opening.objects.count()) == ([], 1)


def test_description_is_short_and_plain(therapist):
    assert therapist.description == (
        "Mara Quist: Therapist. Whom they work with, languages, fees and open places."
    )
    therapist.role = "Therapist " * 8
    therapist.name = "M" * 80
    assert len(therapist.description) == 150


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
