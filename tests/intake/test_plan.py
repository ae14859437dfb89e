import pytest

from intake.plan import Way, discretion, sentences

OPEN = ("(503) 555-0142", "Monday to Friday, 9 to 5")


def read(way):
    return "".join(words for words, _ in sentences(way, *OPEN))


@pytest.mark.parametrize(
    ("way", "words"),
    [
        (
            Way("call", "no", "42", voicemail="none", times=("morning",)),
            "We will call the number ending in 42 in the morning. We will not leave a message.",
        ),
        (
            Way("call", "no", "42", times=("evening", "morning")),
            "We will call the number ending in 42 in the morning or early evening. "
            "We will not leave a message.",
        ),
        (
            Way("call", "no", "42", voicemail="full"),
            "We will call the number ending in 42. If you do not pick up, we will "
            "leave a message that says where we are calling from.",
        ),
        (
            Way("call", "unsure", "42", voicemail="full"),
            "We will call the number ending in 42. If you do not pick up, we will "
            "leave a first name and our number only.",
        ),
        (
            Way("call", "", "42", voicemail="first_name"),
            "We will call the number ending in 42. If you do not pick up, we will "
            "leave a first name and our number only.",
        ),
        (
            Way(
                "text",
                "no",
                "42",
                times=("morning", "midday", "afternoon", "evening"),
            ),
            "We will text the number ending in 42 at any time of day.",
        ),
        (
            Way("text", "no", "42", times=("morning", "midday", "afternoon")),
            "We will text the number ending in 42 in the morning, middle of the day or afternoon.",
        ),
        (
            Way("email", "no", "k…@example.com"),
            "We will write to the address k…@example.com.",
        ),
        (
            Way("own"),
            "You will call us at (503) 555-0142, Monday to Friday, 9 to 5. "
            "We will not contact you first.",
        ),
    ],
)
def test_sentences_say_what_was_chosen(way, words):
    assert read(way) == words


def test_sentences_stress_what_must_be_checked():
    way = Way("call", "no", "42", voicemail="none", times=("morning",))
    stressed = [words for words, strong in sentences(way, *OPEN) if strong]
    assert stressed == ["call the number ending in 42", "morning", "not leave a message"]


@pytest.mark.parametrize(
    ("way", "words"),
    [
        (Way("call", "no"), ""),
        (Way("own", ""), ""),
        (
            Way("call", "yes"),
            "You told us someone else may see or answer. "
            "We will say only a first name, and not why we called.",
        ),
        (
            Way("email", "unsure"),
            "You told us someone else may see or answer. "
            "We will say only a first name, and not why we wrote.",
        ),
        (
            Way("text", ""),
            "You did not say whether someone else may see or answer, so we take care. "
            "We will say only a first name, and not why we wrote.",
        ),
    ],
)
def test_discretion_counts_all_but_a_clear_no_as_shared(way, words):
    assert discretion(way) == words


@pytest.mark.parametrize(
    ("way", "words"),
    [
        (Way("email", "no", "k…@a.org", mail=True), " mail you when something waits for you."),
        (Way("email", "yes", "k…@a.org", mail=True), " send no other mail."),
        (Way("email", "", "k…@a.org", mail=True), " send no other mail."),
        (Way("email", "no", "k…@a.org"), " write to the address k…@a.org."),
        (Way("call", "no", "42", mail=True), " not leave a message."),
    ],
)
def test_mail_by_itself_is_said_to_whoever_asked_for_it(way, words):
    assert "".join(part for part, _ in sentences(way, *OPEN)).endswith(words)
