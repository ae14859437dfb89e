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


@pytest.mark.parametrize(
    ("region", "typed", "stored"),
    [
        ("us", "(503) 555-0142", "+15035550142"),
        ("ca", "416-555-0142", "+14165550142"),
        ("ca", "1 416 555 0142", "+14165550142"),
        ("gb", "07700 900123", "+447700900123"),
        ("gb", "7700 900123", "+447700900123"),
        ("gb", "020 7946 0958", "+442079460958"),
        ("gb", "+44 (0)20 7946 0958", "+442079460958"),
        ("gb", "0044 7700 900123", "+447700900123"),
        ("gb", "44 7700 900123", "+447700900123"),
        ("ie", "087 123 4567", "+353871234567"),
        ("ie", "01 554 3811", "+35315543811"),
        ("ie", "+353 87 123 4567", "+353871234567"),
        ("ie", "00 44 7700 900123", "+447700900123"),
        ("au", "0491 570 156", "+61491570156"),
        ("au", "(02) 5550 1234", "+61255501234"),
        ("au", "0011 44 7700 900123", "+447700900123"),
        ("nz", "021 555 123", "+6421555123"),
        ("nz", "027 555 1234", "+64275551234"),
        ("nz", "(09) 555 1234", "+6495551234"),
        ("fr", "+33 6 12 34 56 78", "+33612345678"),
    ],
)
def test_parse_reads_the_numbers_of_each_region(region, typed, stored):
    assert phone.parse(typed, region) == stored


@pytest.mark.parametrize(
    ("region", "typed"),
    [
        ("us", "07700 900123"),
        ("ca", "555 0142"),
        ("gb", "07700 90012"),
        ("gb", "7946 0958"),
        ("gb", "(503) 555-0142"),
        ("ie", "087 123 456"),
        ("ie", "07700 900123"),
        ("au", "0491 570 15"),
        ("au", "5550 1234"),
        ("nz", "555 123"),
        ("nz", "0277"),
        ("fr", "06 12 34 56 78"),
    ],
)
def test_parse_refuses_what_is_not_whole_in_a_region(region, typed):
    with pytest.raises(phone.PhoneError):
        phone.parse(typed, region)
