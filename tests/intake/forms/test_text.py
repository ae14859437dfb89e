import pytest

from intake.forms.text import code_points, many_lines, one_line


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Kim  ", "Kim"),
        ("Kim\r\nBcc: everyone@example.com", "Kim Bcc: everyone@example.com"),
        ("Kim\u2028Lee\u0085x", "Kim Lee x"),
        ("Kim\x00\x07\x1b", "Kim"),
        ("\u202eKim\u2066", "Kim"),
        ("Jose\u0301", "Jos\u00e9"),
        ("\u05d3\u05e0\u05d4\u200f", "\u05d3\u05e0\u05d4\u200f"),
        ("\U0001f469\u200d\U0001f467", "\U0001f469\u200d\U0001f467"),
        ("\u200b\u2060\ufeff", ""),
        ("\u0301", ""),
    ],
)
def test_one_line_keeps_what_was_meant(typed, stored):
    assert one_line(typed) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("\n\n a \n\n", "a"),
        ("a\x00\x08b\tc", "ab\tc"),
        ("e\u0301", "\u00e9"),
    ],
)
def test_many_lines_keeps_lines(typed, stored):
    assert many_lines(typed) == stored


def test_code_points_counts_a_line_break_once():
    assert code_points("a\r\nb\U0001f469") == 4
