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
