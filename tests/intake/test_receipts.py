import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import receipts
from intake.receipts import ALPHABET, Code, in_blocks, new_code, parse_code, parse_reference

codes = st.text(ALPHABET, min_size=24, max_size=24)
CONFUSED = {"0": "Oo0", "1": "IiLl1"}


@st.composite
def typed(draw):
    """A code, and one of the ways a person may type it."""
    code = draw(codes)
    letters = [draw(st.sampled_from(CONFUSED.get(c, c + c.lower()))) for c in code]
    gaps = draw(st.lists(st.sampled_from(["", " ", "-", "–", " · ", "\u00a0", "\n"]), min_size=24))
    return code, "".join(letter + gap for letter, gap in zip(letters, gaps, strict=False))


@given(typed())
def test_parse_code_forgives_how_it_is_typed(pair):
    code, text = pair
    assert str(parse_code(text)) == code


@given(codes)
def test_parse_code_reads_what_in_blocks_shows(code):
    assert parse_code(in_blocks(code)) == Code(code[:8], code[8:])


@given(st.text())
def test_parse_code_gives_a_code_or_none_for_any_text(text):
    code = parse_code(text)
    assert code is None or (len(str(code)) == 24 and set(str(code)) <= set(ALPHABET))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7QK4 M2XD",
        "7QK4 M2XD 9F3C TB7W 5HNE K0P",
        "7QK4 M2XD 9F3C TB7W 5HNE K0PAA",
        "7QK4 M2XD 9F3C TB7W 5HNE K0PU",
        "7QK4 M2XD 9F3C TB7W 5HNE K0Pé",
    ],
)
def test_parse_code_refuses_what_is_no_code(text):
    assert parse_code(text) is None


def test_parse_reference_reads_eight_characters():
    assert parse_reference("7qk4-m2xd") == "7QK4M2XD"
    assert parse_reference("7qk4-m2x") is None


def test_in_blocks_is_fours():
    assert in_blocks("7QK4M2XD") == "7QK4 M2XD"
    assert in_blocks("7QK4M2XD", "-") == "7QK4-M2XD"
    assert in_blocks(str(new_code())).count(" ") == 5


def test_new_code_is_forty_and_eighty_bits_of_the_alphabet():
    code = new_code()
    assert (len(code.reference), len(code.secret), len(ALPHABET)) == (8, 16, 32)
    assert set(str(code)) <= set(ALPHABET)


def test_new_code_uses_every_letter_and_never_repeats():
    made = [new_code() for _ in range(500)]
    assert len({code.reference for code in made}) == len({code.secret for code in made}) == 500
    assert set("".join(map(str, made))) == set(ALPHABET)


def test_alphabet_has_no_letter_that_reads_as_another():
    assert sorted(set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") - set(receipts.ALPHABET)) == [
        "I",
        "L",
        "O",
        "U",
    ]
