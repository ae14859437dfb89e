from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pages import fit
from pages.fit import Opening, Service, Therapist

ALONE = Service(10, "Individual therapy", "individual")
COUPLES = Service(20, "Couples counseling", "couples")
EMDR = Service(30, "EMDR", "emdr")
NOVEMBER_21, NOVEMBER_14 = date(2026, 11, 21), date(2026, 11, 14)

ANA = Therapist(
    slug="ana",
    name="Ana Reyes",
    services=(ALONE, COUPLES),
    formats=("in_person", "online"),
    languages=("English", "Spanish"),
    insurers=("Larkwater Mutual",),
    openings=(Opening("online", "evening", NOVEMBER_21),),
)
BO = Therapist(
    slug="bo",
    name="Bo Lind",
    services=(ALONE, EMDR),
    formats=("online",),
    languages=("English",),
    insurers=("Ferry Health",),
    openings=(Opening("online", "evening", NOVEMBER_14, fresh=False),),
)
CY = Therapist(slug="cy", name="Cy Oda", services=(COUPLES,), formats=("in_person",))


def answer(therapists, **posted):
    return fit.answer(therapists, fit.choosing(fit.questions(therapists), posted))


def sides(therapist, **posted):
    """What fits and what does not, beside Ana and Bo, whose facts make the questions."""
    asked = fit.choosing(fit.questions([ANA, BO]), posted)
    (match,) = fit.answer([therapist], asked).matches
    return match.fits, match.misses


def order(found):
    return [match.therapist.slug for match in found.matches]


# What is asked


def test_questions_ask_what_therapists_answer():
    asked = {q.name: [(o.value, o.words) for o in q.options] for q in fit.questions([BO, ANA])}
    assert asked == {
        "service": [
            ("individual", "Individual therapy"),
            ("couples", "Couples counseling"),
            ("emdr", "EMDR"),
        ],
        "format": [("", "Either is fine"), ("in_person", "In person"), ("online", "Online")],
        "time": [
            ("morning", "In the morning"),
            ("midday", "In the middle of the day"),
            ("afternoon", "In the afternoon"),
            ("evening", "In the evening"),
        ],
        "language": [("", "Any is fine"), ("English", "English"), ("Spanish", "Spanish")],
        "payment": [
            ("", "Not sure yet"),
            ("plan Ferry Health", "Ferry Health"),
            ("plan Larkwater Mutual", "Larkwater Mutual"),
            ("self", "I would pay myself"),
        ],
    }


def test_a_question_with_one_answer_is_not_asked():
    assert [q.name for q in fit.questions([CY])] == ["format", "time"]


def test_many_answers_make_a_list_to_open():
    many = replace(ANA, languages=tuple(f"Language {n}" for n in range(8)))
    assert [q.name for q in fit.questions([ANA]) if q.is_long] == []
    assert [q.name for q in fit.questions([many]) if q.is_long] == ["language"]


@pytest.mark.parametrize(
    ("posted", "chosen"),
    [
        ({}, ()),
        ({"service": ["couples", "individual", "couples"]},
         ("Individual therapy", "Couples counseling")),
        ({"format": ["online", "in_person"]}, ("In person",)),
        ({"format": ["online", ""]}, ()),
        ({"format": ["", "online", "on the moon"]}, ("Online",)),
        ({"language": ["x" * 100_000, "\x00", "spanish"], "planet": ["Mars"]}, ()),
        ({"payment": ["Larkwater Mutual"]}, ()),
        ({"payment": ["plan Larkwater Mutual"]}, ("Larkwater Mutual",)),
        ({"time": ["evening", "midnight", "morning"]}, ("In the morning", "In the evening")),
    ],
)  # fmt: skip
def test_only_what_can_be_chosen_counts(posted, chosen):
    assert answer([ANA, BO], **posted).chosen == chosen


def test_either_is_fine_is_shown_again_and_asks_nothing():
    (asked,) = [
        q for q in fit.choosing(fit.questions([ANA, BO]), {"format": [""]}) if q.name == "format"
    ]
    assert [option.words for option in asked.options if option.chosen] == ["Either is fine"]
    assert asked.answers == ()


# What is said of each


@pytest.mark.parametrize(
    ("therapist", "posted", "fits", "misses"),
    [
        (ANA, {"service": ["couples"]}, ["Offers couples counseling"], []),
        (ANA, {"service": ["individual", "couples", "emdr"]},
         ["Offers individual therapy and couples counseling"], []),
        (BO, {"service": ["couples"]}, [], ["Does not offer couples counseling"]),
        (CY, {"service": ["individual", "emdr"]}, [],
         ["Does not offer individual therapy or EMDR"]),
        (ANA, {"format": ["in_person"]}, ["Meets in person"], []),
        (BO, {"format": ["in_person"]}, [], ["Does not meet in person"]),
        (ANA, {"language": ["Spanish"]}, ["Speaks Spanish"], []),
        (BO, {"language": ["Spanish"]}, [], ["Does not speak Spanish"]),
        (ANA, {"payment": ["plan Larkwater Mutual"]}, ["Takes Larkwater Mutual"], []),
        (BO, {"payment": ["plan Larkwater Mutual"]}, [], ["Does not take Larkwater Mutual"]),
        (BO, {"payment": ["self"]}, ["You can pay yourself"], []),
        (ANA, {"time": ["evening"]}, ["Has room online in the evening, confirmed Nov 21"], []),
        (ANA, {"time": ["morning"]}, [], ["No opening in the morning"]),
        (ANA, {"time": ["morning", "midday", "afternoon"]}, [],
         ["No opening in the morning, in the middle of the day or in the afternoon"]),
        (ANA, {"time": ["evening"], "format": ["in_person"]}, ["Meets in person"],
         ["No opening in person in the evening"]),
        (BO, {"time": ["evening"]}, [],
         ["May have room online in the evening, but no one confirmed it lately. Ask us"]),
        (replace(ANA, accepting=False), {"time": ["evening"]}, [],
         ["No opening in the evening", "Takes no new people now"]),
        (replace(ANA, accepting=False), {}, [], ["Takes no new people now"]),
    ],
)  # fmt: skip
def test_each_answer_is_said_in_words_on_its_side(therapist, posted, fits, misses):
    assert sides(therapist, **posted) == (fits, misses)


def test_places_are_said_in_the_order_of_the_day_with_the_day_of_each():
    busy = replace(
        ANA,
        openings=(
            Opening("online", "evening", NOVEMBER_14),
            Opening("in_person", "afternoon", NOVEMBER_21),
            Opening("online", "morning", NOVEMBER_21),
            Opening("in_person", "morning", NOVEMBER_14, fresh=False),
        ),
    )
    assert sides(busy, time=["morning", "afternoon", "evening"]) == (
        [
            "Has room online in the morning and in person in the afternoon, confirmed Nov 21; "
            "online in the evening, confirmed Nov 14"
        ],
        [],
    )


# Who stands where


def test_closest_stands_first_and_the_practice_settles_the_rest():
    couples = answer([BO, ANA, CY], service=["couples"])
    assert order(couples) == ["ana", "cy", "bo"]
    assert couples.is_found


def test_nothing_asked_keeps_the_practices_order():
    full = replace(BO, accepting=False)
    found = answer([full, ANA], format=[""])
    assert (order(found), found.chosen) == (["bo", "ana"], ())


def test_ask_us_stands_between_yes_and_no():
    assert order(answer([CY, BO, ANA], time=["evening"])) == ["ana", "bo", "cy"]


def test_someone_who_takes_no_one_is_one_step_further():
    full = replace(ANA, slug="full", accepting=False)
    assert order(answer([full, ANA, BO], language=["Spanish"])) == ["ana", "full", "bo"]


def test_nobody_fits_all_and_who_comes_closest():
    wanted = {"service": ["emdr"], "language": ["Spanish"]}
    one = answer([CY, ANA], language=["Spanish"], payment=["plan Larkwater Mutual"])
    assert (one.is_found, one.closest) == (True, "Ana Reyes comes closest.")
    both = answer([ANA, BO], **wanted)
    assert (both.is_found, both.closest) == (False, "Ana Reyes and Bo Lind come equally close.")
    many = [replace(BO, slug=f"bo-{n}") for n in range(4)]
    assert answer([*many, replace(ANA, accepting=False)], **wanted).closest == (
        "4 people come equally close."
    )


def test_full_means_that_no_one_takes_new_people():
    full = replace(ANA, accepting=False)
    assert [answer(those).is_full for those in ([full], [full, BO])] == [True, False]


# Whatever is asked of whomever

SERVICES = [ALONE, COUPLES, EMDR]
LANGUAGES = ["English", "Spanish", "Japanese"]
INSURERS = ["Larkwater Mutual", "Ferry Health"]
OPENINGS = st.builds(
    Opening,
    st.sampled_from(list(fit.FORMATS)),
    st.sampled_from(list(fit.DAY_PARTS)),
    st.dates(date(2026, 10, 1), date(2026, 11, 24)),
    st.booleans(),
)


def some(values):
    return st.lists(st.sampled_from(values), unique=True).map(tuple)


THERAPISTS = st.builds(
    Therapist,
    slug=st.just(""),
    name=st.just("Ana Reyes"),
    services=some(SERVICES),
    formats=some(list(fit.FORMATS)),
    languages=some(LANGUAGES),
    insurers=some(INSURERS),
    openings=st.lists(OPENINGS, max_size=4).map(tuple),
    accepting=st.booleans(),
)
PEOPLE = st.lists(THERAPISTS, min_size=1, max_size=6).map(
    lambda those: [replace(person, slug=f"person-{n}") for n, person in enumerate(those)]
)
EVERYONE = replace(
    ANA, services=tuple(SERVICES), languages=tuple(LANGUAGES), insurers=tuple(INSURERS)
)
ASKED = fit.questions([EVERYONE])
POSTED = st.fixed_dictionaries(
    {
        question.name: st.lists(st.sampled_from([o.value for o in question.options]) | st.text())
        for question in ASKED
    }
)


def ranked(people, posted):
    return fit.answer(people, fit.choosing(ASKED, posted))


@given(PEOPLE, POSTED)
@settings(deadline=None)
def test_everyone_is_ranked_once_by_what_does_not_match(people, posted):
    found = ranked(people, posted)
    assert sorted(order(found)) == sorted(person.slug for person in people)
    if found.chosen:
        missing = [len(match.misses) for match in found.matches]
        assert missing == sorted(missing)
    else:
        assert order(found) == [person.slug for person in people]


@given(PEOPLE, POSTED)
@settings(deadline=None)
def test_who_is_equally_close_keeps_the_practices_order(people, posted):
    matches = ranked(people, posted).matches
    for before, after in pairwise(matches):
        if before.distance == after.distance:
            assert before.therapist.slug < after.therapist.slug
    assert ranked([match.therapist for match in matches], posted).matches == matches


@given(THERAPISTS, POSTED)
@settings(deadline=None)
def test_each_question_that_was_answered_stands_on_exactly_one_side(person, posted):
    asked = fit.choosing(ASKED, posted)
    (match,) = fit.answer([person], asked).matches
    answered = [question for question in asked if question.answers]
    assert len(match.fits) + len(match.misses) == len(answered) + (not person.accepting)
    alone = [fit.answer([person], [question]).matches[0] for question in answered]
    assert sum(len(each.fits) + len(each.misses) for each in alone) == len(answered) * (
        1 if person.accepting else 2
    )


@given(PEOPLE, POSTED, st.data())
@settings(deadline=None)
def test_a_matching_fact_more_never_lowers_a_therapist(people, posted, data):
    place = data.draw(st.integers(0, len(people) - 1))
    person = people[place]
    facts = {
        "services": tuple(SERVICES),
        "formats": tuple(fit.FORMATS),
        "languages": tuple(LANGUAGES),
        "insurers": tuple(INSURERS),
        "openings": (*person.openings, data.draw(OPENINGS)),
        "accepting": True,
    }
    more = data.draw(st.sampled_from(list(facts)))
    better = replace(person, **{more: facts[more]})
    others = [better if each is person else each for each in people]
    before, after = order(ranked(people, posted)), order(ranked(others, posted))
    if ranked(people, posted).chosen:
        assert after.index(person.slug) <= before.index(person.slug)
