"""What staff type into the search box lies nowhere: in no database, no log and no address."""

from tests.end_to_end.editing import Editor
from tests.end_to_end.search import found

INBOX = "/staff/intake/contactrequest/"
TYPED = {
    "words": "Absquatulate thrice",
    "name": "Quizzaciously",
    "phone": "(503) 555-0186",
    "email": "kim@ultracrepidarian.example",
    "miss": "Floccinaucinihilipilification",
}
SENT = {
    "preferred_name": "Quizzaciously",
    "message": "To absquatulate, thrice.",
    "phone": "5035550186",
}
PLAIN = "Pneumonoultramicroscopic"


def search(editor, words):
    return editor.post(f"{INBOX}search/", editor.form(INBOX, sought=words))


def test_what_was_typed_is_found_nowhere(site, visitor):
    code = visitor.send(**SENT).code
    site.manage("work", "--once")
    editor = Editor(site)
    reference = f"{code[:4]}-{code[4:8]}"
    hits = {name: reference in search(editor, words).text for name, words in TYPED.items()}
    assert hits == {"words": True, "name": True, "phone": True, "email": False, "miss": False}
    assert reference in search(editor, code).text  # the whole private code, by mistake
    editor.get(f"{INBOX}?view={PLAIN}")  # what an address holds is not logged either
    store = f"from intake.models import Phrase; Phrase.objects.create(text='{PLAIN}')"
    site.manage("shell", "-c", store)
    where = (site.data_dir, site.log, site.variables.get("DATABASE_URL", ""))

    assert found(PLAIN, *where) != []
    for word in [*TYPED.values(), "Absquatulate", "ultracrepidarian", "5550186", code, code[8:]]:
        assert found(word, *where) == [], word
