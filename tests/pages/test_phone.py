import pytest

from pages import phone


@pytest.mark.parametrize(
    ("number", "link"),
    [
        ("(503) 555-0142", "+15035550142"),
        ("18007997233", "+18007997233"),
        ("988", "988"),
        ("88788", "88788"),
        ("+44 20 7946 0000", "+442079460000"),
        ("", ""),
    ],
)
def test_link_of_a_number(number, link):
    assert phone.link(number) == link


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        ("18007997233", "1-800-799-7233"),
        ("5035550142", "503-555-0142"),
        ("988", "988"),
        ("741741", "741741"),
        ("", ""),
    ],
)
def test_shown_as_people_say_it(digits, words):
    assert phone.shown(digits) == words


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("+15035550142", "(503) 555-0142"),
        ("+442079460123", "+442079460123"),
        ("kim@example.com", "kim@example.com"),
        ("", ""),
    ],
)
def test_spoken(number, said):
    assert phone.spoken(number) == said


@pytest.mark.parametrize(
    ("region", "number", "link", "shown"),
    [
        ("us", "18007997233", "+18007997233", "1-800-799-7233"),
        ("ca", "18006686868", "+18006686868", "1-800-668-6868"),
        ("gb", "08082000247", "08082000247", "0808 2000 247"),
        ("gb", "08001111", "08001111", "0800 1111"),
        ("gb", "02079460958", "+442079460958", "020 7946 0958"),
        ("gb", "07700900123", "+447700900123", "07700 900123"),
        ("gb", "116123", "116123", "116 123"),
        ("ie", "1800341900", "1800341900", "1800 341 900"),
        ("ie", "015543811", "+35315543811", "01 554 3811"),
        ("ie", "0871234567", "+353871234567", "087 123 4567"),
        ("ie", "50808", "50808", "50808"),
        ("au", "1800737732", "1800737732", "1800 737 732"),
        ("au", "131114", "131114", "13 11 14"),
        ("au", "0477131114", "+61477131114", "0477 131 114"),
        ("au", "0477 13 11 14", "+61477131114", "0477 13 11 14"),
        ("au", "000", "000", "000"),
        ("nz", "0800733843", "0800733843", "0800 733 843"),
        ("nz", "08009428787", "08009428787", "0800 942 8787"),
        ("nz", "021555123", "+6421555123", "021 555 123"),
        ("nz", "1737", "1737", "1737"),
        ("fr", "3114", "3114", "3114"),
    ],
)
def test_numbers_of_each_region(region, number, link, shown):
    assert (phone.link(number, region), phone.shown(number, region)) == (link, shown)


def test_link_leaves_out_what_is_dialled_only_at_home():
    assert phone.link("+44 (0)20 7946 0958", "gb") == "+442079460958"
    assert phone.link("(02) 5550 1234", "au") == "+61255501234"


@pytest.mark.parametrize(
    ("region", "number", "said"),
    [
        ("gb", "+447700900123", "07700 900123"),
        ("ie", "+353871234567", "087 123 4567"),
        ("au", "+61491570156", "0491 570 156"),
        ("nz", "+64215551234", "021 555 1234"),
        ("gb", "+33123456789", "+33123456789"),
        ("us", "+447700900123", "+447700900123"),
    ],
)
def test_spoken_at_home_in_each_region(region, number, said):
    assert phone.spoken(number, region) == said
