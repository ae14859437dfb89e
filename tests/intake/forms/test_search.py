"""The search box understands by itself what was typed."""

import pytest

from intake.forms.search import EMPTY, LONGEST, TOO_LITTLE, TOO_LONG, SearchForm, understood
from intake.models import Sought
from intake.receipts import in_blocks, new_code


def facts(sought):
    return {name: value for name, value in vars(sought).items() if value}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("7QK4M2XD", {"code": "7QK4M2XD"}),
        ("7qk4-m2xd", {"code": "7QK4M2XD"}),
        (" 7QK4 M2XD ", {"code": "7QK4M2XD"}),
        ("Catherne", {"code": "CATHERNE", "words": ("catherne",)}),
        ("55501870", {"code": "55501870", "digits": "55501870"}),
        ("m2xd", {"code": "M2XD", "words": ("m2xd",)}),
        ("oil4", {"code": "0114", "words": ("oil4",)}),
        ("0187", {"code": "0187", "digits": "0187"}),
        ("555-0187", {"code": "5550187", "digits": "5550187"}),
        ("(503) 555-0187", {"phones": ("+15035550187", "5035550187")}),
        ("+1 503 555 0187", {"phones": ("+15035550187", "15035550187")}),
        ("503.555.0187", {"phones": ("+15035550187", "5035550187")}),
        ("５０３-555-0187", {"phones": ("+15035550187", "5035550187")}),
        ("+44 20 7946 0018", {"phones": ("+442079460018", "442079460018")}),
        ("Kim@Example.org", {"email": "Kim@Example.org"}),
        ("Kim <kim@example.org>", {"email": "kim@example.org"}),
        ("Quill", {"words": ("quill",)}),
        ("José, O'Brien!", {"words": ("jose", "o", "brien")}),
        ("not slept not", {"words": ("not", "slept")}),
        ("K", {}),
        ("12", {}),
        ("...", {}),
        ("@", {}),
    ],
)
def test_what_was_typed_is_understood(typed, meant):
    assert facts(understood(typed, "us")) == meant


def test_a_number_is_read_as_the_region_dials_it():
    assert facts(understood("01 234 5678", "ie")) == {"phones": ("+35312345678", "012345678")}


def test_of_a_whole_code_the_reference_alone_is_used():
    code = new_code()
    for typed in (str(code), in_blocks(str(code)), in_blocks(str(code).lower(), "-")):
        assert facts(understood(typed, "us")) == {"code": code.reference}, typed
        shown = SearchForm({"sought": typed}, region="us").shown
        assert shown == in_blocks(code.reference, "-")


def test_a_sentence_of_24_letters_is_no_code():
    typed = "my sister had a broken nest"
    assert len(typed.replace(" ", "")) == 22
    typed += " ee"
    assert facts(understood(typed, "us")) == {
        "words": ("my", "sister", "had", "a", "broken", "nest", "ee")
    }


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", EMPTY),
        ("   ", EMPTY),
        ("x", TOO_LITTLE),
        ("123", TOO_LITTLE),
        ("x" * (LONGEST + 1), TOO_LONG),
        ("x" * LONGEST, None),
    ],
)
def test_too_little_and_too_much_are_refused(typed, error):
    form = SearchForm({"sought": typed}, region="us")
    assert form.errors.get("sought", [None]) == [error]


def test_the_box_keeps_what_was_typed():
    assert SearchForm({"sought": " Robin? "}, region="us").shown == " Robin? "


def test_what_was_sought_never_shows_itself():
    assert "Quizzaciously" not in repr(Sought(words=("quizzaciously",)))
