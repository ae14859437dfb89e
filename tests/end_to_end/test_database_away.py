"""With the database away nothing is lost or acknowledged, and the site comes back by itself."""

import json
import shutil
import sqlite3
import time
from contextlib import closing

import pytest

from tests.end_to_end.editing import Editor, counts
from tests.postgres import cluster
from tests.site import RunningSite, eventually
from tests.visitor import ANSWERS, HiddenFields, Visitor

pytestmark = pytest.mark.own_database

PHONE = "(503) 555-0142"
WORDS = {"message": "First line\nsecond é <b>", "contact_note": "Ask for “Kim”"}
REQUESTS = (
    "from intake.models import ContactRequest as R;"
    "print([(r.preferred_name, r.message, r.contact_note) for r in R.objects.all()])"
)
CUT_OFF = """
from django.db import connection
from pages.models import Page, SiteRevision
raise_ = SiteRevision.raise_
def cut_off():
    raise_()
    connection.cursor().execute("SELECT pg_terminate_backend(pg_backend_pid())")
SiteRevision.raise_ = cut_off
Page.objects.get(slug="fees").publish(by=None)
"""
PUBLISH = """
from pages.models import Page, Section
page = Page.objects.get(slug="fees")
Section.objects.filter(page=page).update(body="Fees as of the way back.")
page.publish(by=None)
"""
IN_MEMORY, NOT_IN_MEMORY = "/fees/", "/attachment/"


@pytest.fixture(scope="module")
def server():
    with cluster() as server:
        yield server


@pytest.fixture(scope="module")
def site(server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    variables = {"DATABASE_URL": server.url, "INTAKE_MIN_FILL_SECONDS": "0"}
    with RunningSite(folder, **variables) as site:
        yield site


@pytest.fixture
def visitor(site):
    return Visitor(site.url)


@pytest.fixture
def halted(server):
    """Halts the server when called. It runs again after the test, whatever happened."""
    down = []

    def halt():
        server.halt()
        down.append(True)

    def boot():
        if down:
            server.boot()
            down.clear()

    halt.boot = boot
    yield halt
    boot()


def stored(site):
    return site.manage("shell", "-v", "0", "-c", REQUESTS).stdout.strip()


def given_back(answer) -> dict[str, str]:
    """The form of an answer, as a browser would send it again with its one button."""
    assert 'name="step" value="send"' in answer.text
    return {**HiddenFields(answer.text).fields, "step": "send"}


def health(visitor):
    answer = visitor.get("/healthz")
    return answer.status, json.loads(answer.text)["database"]


@pytest.mark.postgres
def test_pages_in_memory_go_on(visitor, halted):
    before = visitor.get(IN_MEMORY)
    assert health(visitor) == (200, "ok")
    halted()
    time.sleep(1)  # the next look at the revision finds nobody
    after = visitor.get(IN_MEMORY)
    assert (after.status, after.text) == (200, before.text)
    assert health(visitor) == (503, "OperationalError")


@pytest.mark.postgres
@pytest.mark.parametrize("path", [NOT_IN_MEMORY, "/contact/", "/sitemap.xml"])
def test_other_pages_say_so_with_the_phone(visitor, halted, path):
    halted()
    answer = visitor.get(path)
    assert (answer.status, "Back in a few minutes" in answer.text) == (503, True)
    assert (PHONE in answer.text, "988" in answer.text) == (True, True)
    assert (answer.headers["cache-control"], answer.headers["retry-after"]) == ("no-store", "60")
    halted.boot()
    assert visitor.get(path).status == 200


@pytest.mark.postgres
def test_leaving_works(visitor, halted):
    before = visitor.get("/leave/")
    halted()
    answer = visitor.get("/leave/")
    assert (answer.status, answer.headers["location"]) == (303, before.headers["location"])


@pytest.mark.postgres
@pytest.mark.parametrize("step", ["check", "change"])
def test_words_of_the_form_come_back(visitor, halted, step):
    token = HiddenFields(visitor.get("/contact/").text).fields
    typed = {**token, **ANSWERS, **WORDS}
    halted()
    answer = visitor.post("/contact/", {**typed, "step": step})
    assert (answer.status, PHONE in answer.text) == (503, True)
    assert HiddenFields(answer.text).fields == typed
    halted.boot()
    checked = visitor.post("/contact/", {**HiddenFields(answer.text).fields, "step": "check"})
    assert (checked.status, "One last look" in checked.text) == (200, True)


@pytest.mark.postgres
def test_send_is_given_back_and_stored_once_later(site, visitor, halted):
    hidden = HiddenFields(visitor.check(**WORDS).text).fields
    assert stored(site) == "[]"
    halted()
    answer = visitor.post("/contact/", {**hidden, "step": "send"})
    assert (answer.status, answer.headers["cache-control"]) == (503, "no-store")
    assert ("It was not sent." in answer.text, PHONE in answer.text) == (True, True)
    assert ("Request sent" in answer.text, "location" in answer.headers) == (False, False)
    again = given_back(answer)
    assert again == {**hidden, "step": "send"}

    assert visitor.post("/contact/", again).status == 503
    halted.boot()
    first, second = visitor.post("/contact/", again), visitor.post("/contact/", again)
    assert (first.status, second.headers["location"]) == (303, first.headers["location"])
    assert stored(site) == str([("Kim", WORDS["message"], WORDS["contact_note"])])
    assert eventually(lambda: list((site.data_dir / "mail").glob("*")))  # the worker came back too


@pytest.mark.postgres
def test_publishing_without_the_database_shows_nothing_half(site, halted):
    editor = Editor(site)
    typed = editor.form(f"{editor.page}/change/", _publish="1", heading="Another heading")
    before, seen = counts(site), editor.get(IN_MEMORY).text
    halted()
    answer = editor.post(f"{editor.page}/change/", typed)
    assert (answer.status, editor.get(IN_MEMORY).text) == (503, seen)
    halted.boot()
    assert counts(site) == before
    assert editor.post(f"{editor.page}/change/", typed).status == 302
    assert eventually(lambda: "Another heading" in editor.get(IN_MEMORY).text)


@pytest.mark.postgres
def test_publishing_cut_off_midway_shows_nothing_half(site):
    """The server goes after the edition is written and before all is done."""
    before = counts(site)
    said = site.manage("shell", "-c", CUT_OFF, check=False)
    assert "server closed the connection unexpectedly" in said.stderr
    assert counts(site) == before


@pytest.mark.postgres
def test_what_is_published_once_it_is_back_shows_within_a_second(site, visitor, halted):
    before = visitor.get(IN_MEMORY).text
    halted()
    time.sleep(1)  # from here on nobody knows what is new
    assert visitor.get(IN_MEMORY).text == before
    halted.boot()
    site.manage("shell", "-c", PUBLISH)
    time.sleep(1)
    assert "Fees as of the way back." in visitor.get(IN_MEMORY).text


def sqlite_site_with_check(make_site):
    site = make_site().start()
    visitor = Visitor(site.url)
    return site, visitor, HiddenFields(visitor.check(**WORDS).text).fields


def test_sqlite_that_another_program_keeps_locked(make_site):
    site, visitor, hidden = sqlite_site_with_check(make_site)
    assert visitor.get(IN_MEMORY).status == 200
    with closing(sqlite3.connect(site.data_dir / "site.sqlite3")) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = visitor.post("/contact/", {**hidden, "step": "send"})
        assert (visitor.get(IN_MEMORY).status, visitor.get(NOT_IN_MEMORY).status) == (200, 200)
        other.rollback()
    assert (answer.status, PHONE in answer.text) == (503, True)
    assert given_back(answer) == {**hidden, "step": "send"}
    assert visitor.post("/contact/", given_back(answer)).status == 303
    assert stored(site) == str([("Kim", WORDS["message"], WORDS["contact_note"])])


def test_sqlite_that_is_no_database(make_site):
    """What a bad disk or a wrong copy leaves: the file is there and makes no sense."""
    site, visitor, hidden = sqlite_site_with_check(make_site)
    assert visitor.get(IN_MEMORY).status == 200
    file = site.data_dir / "site.sqlite3"
    kept = file.read_bytes()
    file.write_bytes(b"torn" * 4096)
    answer = visitor.post("/contact/", {**hidden, "step": "send"})
    assert (answer.status, PHONE in answer.text) == (503, True)
    assert given_back(answer) == {**hidden, "step": "send"}
    assert (visitor.get(IN_MEMORY).status, visitor.get(NOT_IN_MEMORY).status) == (200, 503)
    assert visitor.get("/healthz").status == 503
    file.write_bytes(kept)


def test_torn_file_is_told_in_a_sentence_at_prepare(tmp_path, prepared):
    site = RunningSite(tmp_path)
    shutil.copytree(prepared, site.data_dir)
    (site.data_dir / "site.sqlite3").write_bytes(b"torn" * 4096)
    said = site.manage("prepare", check=False)
    assert said.returncode == 1
    assert said.stderr.strip().splitlines() == [
        "CommandError: The database cannot be reached or written (file is not a database). Check "
        "DATABASE_URL, that the server runs, and that the disk has room."
    ]
