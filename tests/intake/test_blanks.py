import pytest

from intake.blanks import fill, in_text, unknown

FACTS = {"phone": "(503) 555-0142", "fee": "", "referrals": "\n– one\n– two"}


def test_in_text_names_the_blanks_in_their_order():
    assert in_text("Call {phone}. A session costs {fee}. {phone}") == ["phone", "fee", "phone"]


def test_unknown_names_what_nothing_fills():
    assert unknown("Call {phone} or {fax} or { fee }.") == ["fax", " fee "]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Call {phone}.", "Call (503) 555-0142."),
        ("One. It costs {fee}. Two.", "One. Two."),
        ("It costs {fee}.", ""),
        ("One.\n\nIt costs {fee}.\n\nTwo.", "One.\n\nTwo."),
        ("One.\nTwo, in a new line.", "One.\nTwo, in a new line."),
        ("These people: {referrals}", "These people:\n– one\n– two"),
        ("No such {fact}. One.", "One."),
        ("Is it {fee}? It is.", "It is."),
        ("", ""),
    ],
)
def test_fill_leaves_out_a_sentence_whose_blank_stays_empty(text, expected):
    assert fill(text, FACTS) == expected
