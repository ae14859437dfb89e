"""What a person typed lies nowhere but in ciphertext."""

from tests.end_to_end.search import forms_of, found
from tests.visitor import ANSWERS

WORDS = {
    "preferred_name": "Quizzaciously",
    "message": "Absquatulate thrice over the tmesis\nof Brobdingnag é",
    "contact_note": "Ultracrepidarian on weekdays",
    "phone": "(503) 555-0186",
    "needs": "Floccinaucinihilipilification room",
    "insurer": "Honorificabilitudinitatibus Mutual",
}
PLAIN = "Pneumonoultramicroscopic"
STORE_PLAIN = (
    "from pages.models import Holiday, Practice;"
    f"Holiday.objects.create(practice=Practice.current(), date='2030-01-01', name='{PLAIN}')"
)


def test_search_knows_every_form():
    text = forms_of("Quizzaciously")
    assert text["hex"] == b"5175697a7a6163696f75736c79"
    assert text["base64 at 0"] in b"UXVpenphY2lvdXNseQ=="
    assert text["base64 at 1"] in b"YVF1aXp6YWNpb3VzbHk="  # "aQuizzaciously"
    assert text["base64 at 2"] in b"YWFRdWl6emFjaW91c2x5"  # "aaQuizzaciously"


def test_words_typed_are_found_nowhere(site, visitor):
    sent = visitor.send(payment="insurance", **WORDS)
    assert len(sent.code) == 24
    site.manage("work", "--once")
    site.manage("shell", "-c", STORE_PLAIN)
    where = (site.data_dir, site.log, site.variables.get("DATABASE_URL", ""))

    assert found(PLAIN, *where) != []
    for word in [*WORDS.values(), "5035550186", "555-0186", "Brobdingnag", sent.code]:
        assert found(word, *where) == [], word


def test_refused_words_are_in_no_log(site, visitor):
    visitor.check(**{**WORDS, "phone": "12"})
    visitor.post("/contact/", {**ANSWERS, **WORDS}, Origin="https://evil.example")
    visitor.ask("POST", "/contact/", b"message=Absquatulate%ff", {"Content-Type": "text/plain"})
    visitor.get("/contact/?message=Absquatulate")
    assert found("Absquatulate", site.data_dir, site.log) == []
