import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.receipts import ALPHABET
from intake.typed_lines import Mistyped, from_line, to_lines

KEY = bytes(range(32))
LINES = to_lines("A", KEY)


def test_a_key_is_four_lines_of_four_blocks():
    assert list(LINES) == ["A1", "A2", "A3", "A4"]
    assert {tuple(map(len, text.split())) for text in LINES.values()} == {(4, 4, 4, 4)}


@given(st.binary(min_size=1, max_size=80))
def test_what_is_typed_as_printed_is_what_it_was(content):
    lines = to_lines("S", content)
    typed = b"".join(from_line(label, text) for label, text in lines.items())
    assert typed.ljust(len(content), b"\0")[: len(content)] == content
    assert set(typed[len(content) :]) <= {0}


@pytest.mark.parametrize(
    "change",
    [
        str.lower,
        lambda text: text.replace(" ", ""),
        lambda text: text.replace(" ", "-"),
        lambda text: f"  {text} ",
        lambda text: text.replace("0", "o").replace("1", "l"),
        lambda text: f"A2 {text}",
        lambda text: f"a2: {text}",
    ],
)
def test_typing_is_forgiven_what_changes_nothing(change):
    assert from_line("A2", change(LINES["A2"])) == KEY[8:16]


def test_every_wrong_letter_and_every_swap_is_noticed():
    text = LINES["A3"].replace(" ", "")
    others = (a for a in ALPHABET)
    wrong = {text[:n] + other + text[n + 1 :] for other in others for n in range(16)}
    swapped = {text[:n] + text[n + 1] + text[n] + text[n + 2 :] for n in range(15)}
    unnoticed = [each for each in (wrong | swapped) - {text} if _passes("A3", each)]
    assert unnoticed == []


def _passes(label: str, typed: str) -> bool:
    try:
        from_line(label, typed)
    except Mistyped:
        return False
    return True


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (LINES["A1"], "Line A2 is mistyped. Compare it with the paper, block by block."),
        (LINES["A2"][:-1], "Line A2 is mistyped: it has 15 letters, not 16."),
        (LINES["A2"] + "7", "Line A2 is mistyped: it has 17 letters, not 16."),
        ("", "Line A2 is mistyped: it has 0 letters, not 16."),
        (f"U{LINES['A2'][1:]}", "Line A2 is mistyped: no line has the letter U."),
    ],
)
def test_a_line_that_is_wrong_is_named(typed, sentence):
    with pytest.raises(Mistyped) as caught:
        from_line("A2", typed)
    assert str(caught.value) == sentence
