import pytest

from intake.forms import phone


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("(503) 555-0142", "+15035550142"),
        ("503.555.0142", "+15035550142"),
        (" 503 555 0142 ", "+15035550142"),
        ("5035550142", "+15035550142"),
        ("1-503-555-0142", "+15035550142"),
        ("+1 503 555 0142", "+15035550142"),
        ("503\u2013555\u20110142", "+15035550142"),
        ("\uff15\uff10\uff13 \uff15\uff15\uff15 0142", "+15035550142"),
        ("\u0665\u0660\u0663 \u0665\u0665\u0665 \u0660\u0661\u0664\u0662", "+15035550142"),
        ("+44 20 7946 0958", "+442079460958"),
        ("+49 (30) 1234567", "+49301234567"),
    ],
)
def test_parse_reads_what_people_write(typed, stored):
    assert phone.parse(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "555-0142",
        "503 555 014",
        "503 555 01422",
        "203-555-CALL",
        "003 555 0142",
        "+1 503 555 01",
        "+1 044 20 7946 0958",
        "+0 20 7946 0958",
        "+44 20",
        "+4420794609581234567",
        "00 44 20 7946 0958",
        "503 555 0142\x00",
        "1" * 10_000,
    ],
)
def test_parse_refuses_what_is_not_whole(typed):
    with pytest.raises(phone.PhoneError):
        phone.parse(typed)


@pytest.mark.parametrize("typed", ["503-555-0142 x12", "503-555-0142 ext. 12", "5035550142,12"])
def test_parse_says_when_there_is_an_extension(typed):
    with pytest.raises(phone.ExtensionError):
        phone.parse(typed)
