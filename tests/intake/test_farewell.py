import pytest
from django.utils import timezone

from intake import farewell
from intake.models import Ending, OutcomeText, Referral
from intake.models.ending import ONE_STEP
from pages.models import Therapist


@pytest.fixture
def referral(db):
    return Referral.objects.create(
        name="River Street", what_for="Couples therapy.", phone="(503) 555-0143", cost="$50"
    )


def words(ending, request, practice, **facts):
    return farewell.words(Ending(ending), request, practice, timezone.now(), **facts)


LINE = (
    "– River Street. Couples therapy. $50. Call (503) 555-0143. "
    "We have not checked this ourselves yet."
)


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("no_place", "We have no open spot. You did nothing wrong by asking."),
        (
            "payer",
            "We cannot bill your insurance. If you would rather pay us yourself, a session costs "
            "$150.",
        ),
        ("referred", "We think someone else may fit you better."),
        (
            "became_client",
            "You have a place here. We are glad. Your next step is with your therapist.",
        ),
        (
            "age",
            "We are not the right people for this one. That says nothing about you, or about "
            "whether help works.",
        ),
        (
            "spam",
            "This one is closed. If you wrote to us for help, we made a mistake. Call (503) "
            "555-0142 and we will put it right.",
        ),
    ],
)
def test_words_without_anything_to_add(practice, make_request, ending, expected):
    practice.fee = "$150"
    assert words(ending, make_request(), practice) == expected


def test_words_with_referrals(practice, make_request, referral):
    assert words("no_place", make_request(), practice, referrals=[referral]) == (
        "We have no open spot. You did nothing wrong by asking.\n\n"
        f"These people may have room now:\n{LINE}"
    )


@pytest.mark.parametrize(
    ("tries", "tried"), [(0, "We tried and"), (1, "We tried and"), (3, "We tried three times and")]
)
def test_words_say_how_often_we_tried(practice, make_request, tries, tried):
    assert words("no_reply", make_request(), practice, tries=tries).startswith(tried)


def test_words_name_the_therapist_they_asked_for(practice, make_request):
    request = make_request()
    request.therapist = Therapist(name="Ada Ellery")
    assert words("already_client", request, practice).startswith(
        "You are already with us, so this went to Ada."
    )


def test_words_name_their_insurance_where_it_is_known(practice, make_request):
    said = words("payer", make_request(), practice, insurer="Acme Health")
    assert said == "We cannot bill Acme Health."  # no fee is known either


def test_words_say_no_promise_that_has_passed(practice, make_request):
    request = make_request()
    assert "You will have it by" in words("duplicate", request, practice)
    request.promised_at = timezone.now()
    assert words("duplicate", request, practice).endswith("You will get one answer.")


def test_a_couple_reads_the_same_whatever_the_reason(practice, make_request):
    """Nothing of either request stands in them."""
    one, two = make_request(seeking_for="couple"), make_request(insurer="Acme", needs="a lift")
    assert words("couple", one, practice, tries=3) == words("couple", two, practice, insurer="Acme")


@pytest.mark.parametrize("ending", Ending)
def test_no_words_are_left_empty_or_unfilled(practice, make_request, ending):
    said = words(ending, make_request(), practice)
    assert (said != "", "{" in said) == (True, False)


def test_nobody_is_told_that_they_look_like_spam(practice, make_request):
    assert {words(each, make_request(), practice) for each in ONE_STEP[1:]} == {
        words("not_inquiry", make_request(), practice)
    }


def test_staff_words_come_before_the_first_ones(practice, make_request):
    OutcomeText.objects.create(ending="not_a_fit", text="Not us. {phone}")
    assert words("schedule", make_request(), practice) == "Not us. (503) 555-0142"


def shown(text):
    return [
        ([(piece.text, piece.link) for piece in block.pieces], block.is_item)
        for block in farewell.blocks(text, "us")
    ]


def test_blocks_tell_lines_of_a_list_from_paragraphs():
    assert shown("One.\n\nTwo:\n– three\n– four") == [
        ([("One.", "")], False),
        ([("Two:", "")], False),
        ([("three", "")], True),
        ([("four", "")], True),
    ]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Call 1-800-662-4357.", {"1-800-662-4357": "tel:+18006624357"}),
        ("Call (503) 555-0143, or", {"(503) 555-0143": "tel:+15035550143"}),
        ("Call 211, or see https://www.211.org.", {
            "211": "tel:211", "https://www.211.org": "https://www.211.org",
        }),
        ("Keep this number close: 988, any hour", {"988": "tel:988"}),
        ("Write to kim@example.org.", {"kim@example.org": "mailto:kim@example.org"}),
        ("It costs $140 to 211 dollars on 2026-11-29", {}),
        ("http://plain.example javascript:alert(1)", {}),
    ],
)  # fmt: skip
def test_pieces_link_what_one_can_follow(text, links):
    pieces = farewell.pieces(text, "us")
    assert "".join(piece.text for piece in pieces) == text
    assert {piece.text: piece.link for piece in pieces if piece.link} == links
