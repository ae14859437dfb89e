import pytest
from django.core.exceptions import ValidationError

from intake.models import ContactRequest, Phrase, Terms
from pages.models import SiteRevision
from tests.intake.conftest import make_answers, make_token, sent_request


@pytest.fixture
def phrases(practice):
    Phrase.objects.all().delete()
    Phrase.objects.bulk_create([Phrase(text="don't feel Safe"), Phrase(text="straße")])
    return Terms.of(practice)


@pytest.mark.parametrize(
    "text",
    [
        "I DON’T\nfeel   safe.",
        "don't feel safe",
        "I don't (feel) safe",
        "don't fe\u00adel sa\u200bfe",
        "ｄｏｎ't feel safe",
        "in der STRASSE",
    ],
)
def test_it_is_found_however_it_is_written(phrases, text):
    assert phrases.found_urgent(text)


@pytest.mark.parametrize(
    "texts",
    [
        (),
        ("",),
        ("I don't feel safely held",),
        ("I do feel safe",),
        ("I don't feel", "safe"),  # two answers are not one sentence
    ],
)
def test_anything_else_is_not(phrases, texts):
    assert not phrases.found_urgent(*texts)


def test_a_phrase_has_a_word(db):
    with pytest.raises(ValidationError) as refusal:
        Phrase(text=" ?! ").full_clean()
    assert refusal.value.message_dict == {"text": ["Write at least one word"]}


@pytest.mark.parametrize("column", ["message", "needs"])
def test_a_request_with_one_is_urgent(practice, phrases, column):
    sent = ContactRequest.objects.send(make_answers(**{column: "Don't feel safe."}), make_token())
    request = sent_request(sent.reference)
    assert (request.urgent, request.held_reason) == (True, "")
    assert request.due_at < request.promised_at


def test_a_change_counts_from_the_next_request_on(phrases):
    """What a request is taken under is kept for as long as the site revision stands."""
    before = SiteRevision.last_number()
    phrase = Phrase.objects.create(text="a new one")
    phrase.delete()
    Phrase.objects.all().delete()
    assert SiteRevision.last_number() == before + 3
