"""What staff are told to keep to: every combination, by the most careful reading of a blank."""

from itertools import product

import pytest

from intake.admin.safe_contact import reach, script, wishes
from intake.models import ContactRequest
from pages.models import Practice

METHODS = ("call", "text", "email", "own")
PRIVATE = ("", "no", "yes", "unsure")
VOICEMAIL = ("", "none", "first_name", "full")
ALL = list(product(METHODS, PRIVATE, VOICEMAIL))
SHARED = {
    "call": "someone else may answer: first name only",
    "text": "someone else may see messages: first name only",
    "email": "someone else may read this email: first name only",
}
REACH = {
    "call": "Call",
    "text": "Text",
    "email": "Email",
    "own": "Do not contact: they will call",
}
PARTS = {
    "call": [
        "They answer", "They say yes", "Someone else answers", "They ask who or what about",
        "Nobody answers",
    ],
    "text": ["Your text", "They ask who you are"],
    "email": ["Subject", "Your mail", "They ask who you are"],
    "own": [],
}  # fmt: skip
# What a voicemail may say, by whether someone else may hear it and by what they allowed.
LEFT = {
    (False, "full"): "full",
    (False, "first_name"): "first_name",
    (True, "full"): "first_name",
    (True, "first_name"): "first_name",
}
BANNER = {
    "": "NO voicemail",
    "first_name": "voicemail: first name and number only",
    "full": "voicemail: may say where you call from",
}
SAID = {"": "Hang up before the tone.", "first_name": "Hi, this is Dana.", "full": "Hi Robin, "}


@pytest.fixture
def said(practice):
    """said(method, private, voicemail) -> the script, part by part."""

    def lines(*way):
        found = script(made(*way), "Robin", "Dana", Practice.current())
        return {line.when: line.say for line in found}

    return lines


def made(method, private, voicemail):
    return ContactRequest(
        contact_method=method, contact_private=private, voicemail=voicemail, status="new"
    )


@pytest.mark.parametrize("way", ALL)
def test_banner_keeps_to_their_answers(way):
    method, private, voicemail = way
    shared, left = private != "no", LEFT.get((private != "no", voicemail), "")
    expected = [BANNER[left]] if method == "call" else []
    expected += [SHARED[method]] if shared and method != "own" else []
    assert reach(made(*way)) == REACH[method]
    assert [str(wish) for wish in wishes(made(*way))] == expected


@pytest.mark.parametrize("way", ALL)
def test_script_keeps_to_their_answers(said, way):
    method, private, voicemail = way
    lines, left = said(*way), LEFT.get((private != "no", voicemail), "")
    assert list(lines) == PARTS[method]
    if method == "call":
        assert lines["Nobody answers"].startswith(SAID[left])
    if private != "no":
        assert [say for say in lines.values() if "Juniper" in say] == []
    if method in ("text", "email"):
        assert "Robin" not in lines.get("Your text", "") + lines.get("Subject", "")
    if method == "email":
        assert lines["Subject"] == "Your message"
        assert ("Robin" in lines["Your mail"]) == (private == "no")
        assert ("503" in lines["Your mail"]) == (private == "no")


@pytest.mark.parametrize("outcome", ["withdrew", "erased"])
@pytest.mark.parametrize("method", METHODS)
def test_nobody_reaches_someone_who_took_it_back(practice, outcome, method):
    request = made(method, "no", "full")
    request.outcome = outcome
    assert reach(request).startswith("Do not contact: they ")
    assert wishes(request) == []
    assert script(request, "Robin", "Dana", practice) == []
