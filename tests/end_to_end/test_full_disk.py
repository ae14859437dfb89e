"""A full disk: nothing is acknowledged, words come back, and the database is whole afterwards."""

import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing, contextmanager

import pytest

from tests.end_to_end.editing import Editor, counts
from tests.site import RunningSite
from tests.visitor import HiddenFields, Visitor

pytestmark = pytest.mark.own_database

SIZE = 24 * 1024 * 1024
WORDS = {"message": "word " * 250, "contact_note": "Ask for “Kim”"}
READ = (
    "import json; from intake.models import ContactRequest as R;"
    "rows = R.objects.order_by('received_at');"
    "print(json.dumps([[r.preferred_name, r.message, r.contact_note] for r in rows]))"
)


@contextmanager
def small_disk(folder):
    """A file system of its own, in memory."""
    folder.mkdir()
    options = f"size={SIZE},mode=700"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "secure-base-tests", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"run as root where mounting is allowed: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture
def site(tmp_path, prepared):
    if os.geteuid():
        pytest.skip("a small disk is mounted: run as root")
    site = RunningSite(tmp_path, INTAKE_MIN_FILL_SECONDS="0")
    with small_disk(site.data_dir):
        shutil.copytree(prepared, site.data_dir, dirs_exist_ok=True)
        yield site
        site.__exit__()


@contextmanager
def full(disk):
    """Not a byte left, as a log or a backup that ran wild would do it."""
    filler = disk / "filler"
    try:
        with filler.open("wb", buffering=0) as file:
            while file.write(b"\0" * 4096):
                pass
    except OSError:
        pass
    assert shutil.disk_usage(disk).free == 0
    try:
        yield
    finally:
        filler.unlink()


def requests(site):
    with closing(sqlite3.connect(site.data_dir / "site.sqlite3")) as database:
        whole = database.execute("PRAGMA integrity_check").fetchall()
        (count,) = database.execute("SELECT count(*) FROM intake_contactrequest").fetchone()
    return whole, count


def as_staff_read_them(site) -> list[list[str]]:
    return json.loads(site.manage("shell", "-v", "0", "-c", READ).stdout)


def test_send_on_a_full_disk_is_given_back_and_taken_later(site):
    visitor = Visitor(site.start().url)
    early = [visitor.send(preferred_name=f"Early {n}", **WORDS) for n in range(2)]
    hidden = HiddenFields(visitor.check(**WORDS).text).fields
    assert visitor.get("/fees/").status == 200
    with full(site.data_dir):
        answers = [visitor.post("/contact/", {**hidden, "step": "send"}) for _ in range(3)]
        assert [answer.status for answer in answers] == [503] * 3
        assert {"(503) 555-0142" in answer.text for answer in answers} == {True}
        assert visitor.get("/fees/").status == 200
        # Reading takes a little room for SQLite's own files beside the database.
        assert {visitor.get(path).status for path in ("/attachment/", "/contact/")} <= {200, 503}
        assert [HiddenFields(answer.text).fields for answer in answers] == [hidden] * 3
    assert requests(site) == ([("ok",)], 2)
    assert visitor.post("/contact/", {**hidden, "step": "send"}).status == 303
    assert visitor.get("/healthz").status == 200
    assert site.stop() == 0
    assert requests(site) == ([("ok",)], 3)
    names = ("Early 0", "Early 1", "Kim")
    said = [WORDS["message"].strip(), WORDS["contact_note"]]
    assert as_staff_read_them(site) == [[name, *said] for name in names]
    site.start()  # the database opens anew, and each code still opens its request
    opened = [visitor.post("/request/", {"code": sent.code}) for sent in early]
    assert [(answer.status, "<title>My request" in answer.text) for answer in opened] == [
        (200, True)
    ] * 2


def test_publishing_on_a_full_disk_shows_nothing_half(site):
    editor = Editor(site.start())
    change, move = f"{editor.page}/change/", f"{editor.page}/move/"
    words = "A word of it. [@who-ptsd] " * 700
    typed = editor.form(change, **{"sections-0-body": words, "_publish": "1"})
    token = {"csrfmiddlewaretoken": typed["csrfmiddlewaretoken"]}
    steps = {
        change: typed,
        f"{editor.page}/editions/1/publish-again/": token,
        f"{editor.page}/unpublish/": token,
        move: {**token, "to": "what-it-costs"},
    }
    before, seen = counts(site), editor.get("/fees/").text
    with full(site.data_dir):
        answers = [editor.post(path, fields) for path, fields in steps.items()]
        assert [answer.status for answer in answers] == [503] * 4
        assert editor.get("/fees/").text == seen
    assert requests(site)[0] == [("ok",)]
    assert counts(site) == before
    assert [editor.post(path, fields).status for path, fields in steps.items()] == [302] * 4
    slug, editions, _, _, moved, draft, _ = counts(site)
    assert (slug, editions, moved, draft) == ("what-it-costs", "4", "1", str(len(words.strip())))
    assert requests(site)[0] == [("ok",)]


def test_prepare_on_a_full_disk_says_so(site):
    (site.data_dir / "site.sqlite3").unlink()
    with full(site.data_dir):
        said = site.manage("prepare", check=False)
    assert said.returncode == 1
    assert said.stderr.startswith("CommandError: The database cannot be reached or written (")
