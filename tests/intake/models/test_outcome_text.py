import pytest
from django.core.exceptions import ValidationError

from intake.models import Ending, OutcomeText


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Call {fone}.", "Nothing fills {fone}. These can be filled: {practice}, {phone},"),
        ("Call { phone }.", "Nothing fills { phone }."),
        ("Call {phone.", "A { or } stands alone."),
        ("Call }", "A { or } stands alone."),
    ],
)
def test_a_blank_that_nothing_fills_is_refused(db, text, says):
    with pytest.raises(ValidationError) as error:
        OutcomeText(ending="no_reply", text=text).full_clean()
    assert error.value.message_dict["text"][0].startswith(says)


def test_words_of_falls_back_on_the_first_ones(db):
    before = OutcomeText.objects.words_of(Ending.NO_REPLY)
    assert before.startswith("We {tried} and did not want to crowd you.")
    OutcomeText.objects.create(ending="no_reply", text="Ours.\r\nYes.")
    assert OutcomeText.objects.words_of(Ending.NO_REPLY) == "Ours.\nYes."


@pytest.mark.parametrize(("ending", "words"), [("age", "not_a_fit"), ("spam", "not_inquiry")])
def test_words_of_those_said_in_the_words_of_another(db, ending, words):
    OutcomeText.objects.create(ending=words, text="Ours.")
    assert OutcomeText.objects.words_of(Ending(ending)) == "Ours."
