"""Whatever people send, to pages that work and to pages that break: it is in no log and no error.

Unusual words go into every part of a request, and the site answers with every status it has. At
DEBUG, of which every other level is a part (tests/practice_site/test_logs.py).
"""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from shutil import copytree
from typing import NamedTuple

import pytest

from tests.end_to_end.search import found_in
from tests.end_to_end.test_bad_input import head, spoken
from tests.nu_check import FULL_REVIEW
from tests.postgres import Cluster, cluster
from tests.site import RunningSite
from tests.visitor import Answer, HiddenFields, Visitor

pytestmark = pytest.mark.own_database

FIELD, NAME, NOTE = "Floccinaucinihili", "Quizzaciously", "Ultracrepidarian"
TYPED = {"message": FIELD, "preferred_name": NAME, "contact_note": NOTE, "phone": "(503) 555-0186"}
IN_FORMS = (FIELD, NAME, NOTE, "5550186", "555-0186")
# What a person did not write into a form has no place in any answer either.
QUERY, PATH, HEADER, COOKIE = "Borborygmus", "Collywobbles", "Discombobulate", "Flibbertigibbet"
METHOD, HOST, FILE, ACCOUNT = "TARADIDDLE", "gobbledygook", "Snollygoster", "Bumfuzzler"
AROUND = (QUERY, PATH, HEADER, COOKIE, METHOD, HOST, FILE, ACCOUNT)
AT_THE_EDGES = f"?{QUERY}={QUERY}"
HEADERS = {
    "Cookie": f"sessionid={COOKIE}; csrftoken={COOKIE}; {COOKIE}=1",
    "User-Agent": HEADER,
    "Referer": f"https://{HEADER}.example/{HEADER}",
    "Accept-Language": HEADER,
    "X-Request-ID": HEADER,
    "X-Forwarded-For": HEADER,
    HEADER: HEADER,
}
# A request cannot be stored, and what the database says of it quotes the row.
BREAK = {
    "sqlite": """CREATE TRIGGER broken BEFORE INSERT ON intake_contactrequest
        BEGIN SELECT RAISE(ABORT, 'broken'); END""",
    "postgresql": "ALTER TABLE intake_contactrequest ADD CONSTRAINT b CHECK (false) NOT VALID",
}
RUN = "\nfrom django.db import connection; connection.cursor().execute('''{}''')"
TORN = b"torn" * 4096
SHOWN_ID = re.compile(r'class="code-block">([^<]+)</span>')


class Walk(NamedTuple):
    """A site after everything was asked of it: the answers by name, and what it wrote down."""

    answers: dict[str, Answer]
    log: bytes
    server_log: bytes

    @property
    def lines(self) -> list[dict]:
        found = re.findall(r"^{.*}$", self.log.decode(), re.MULTILINE)
        return [json.loads(line) for line in found]


class Odd(Visitor):
    """Sends its words along with whatever it asks for."""

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        return super().ask(method, path, body, {**HEADERS, **(headers or {})})


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def walk(request, tmp_path_factory, prepared) -> Iterator[Walk]:
    folder = tmp_path_factory.mktemp("site")
    copytree(prepared, folder / "data")  # its static files, which take seconds to collect
    debug = {"LOG_LEVEL": "DEBUG", "SLOW_QUERY_MS": "1", "INTAKE_MIN_FILL_SECONDS": "0"}
    if request.param == "sqlite":
        yield walked(RunningSite(folder, **debug), None)
        return
    with cluster() as server:
        yield walked(RunningSite(folder, **debug, DATABASE_URL=server.url), server)


def walked(site: RunningSite, server: Cluster | None) -> Walk:
    with site:
        odd = Odd(site.url)
        answers = {**reading(site, odd), **refused(odd), **sending(odd), **breaking(site, odd)}
        answers |= without_its_database(site, odd, server)
    server_log = (server.folder / "log").read_bytes() if server else b""
    return Walk(answers, site.log.read_bytes(), server_log)


def reading(site: RunningSite, odd: Odd) -> dict[str, Answer]:
    status, came = spoken(site, head(site, f"{METHOD}( / HTTP/1.1", f"Referer: {HEADER}"))
    quoted, too = spoken(site, head(site, "GET / HTTP/1.1", f"{HEADER}({HEADER}: {HEADER}"))
    return {
        "page": odd.get(f"/fees/{AT_THE_EDGES}"),
        "form": odd.get(f"/contact/{AT_THE_EDGES}"),
        "sign-in": odd.get(f"/staff/login/{AT_THE_EDGES}"),
        "gone": odd.get(f"/contact/sent/{PATH}/{AT_THE_EDGES}"),
        "not here": odd.get(f"/{PATH}/{PATH}/{AT_THE_EDGES}"),
        "nobody": odd.get(f"/contact/with/{PATH}/{AT_THE_EDGES}"),
        "no file": odd.get(f"/static/{PATH}.css{AT_THE_EDGES}"),
        "no verb": odd.ask(METHOD, f"/contact/{AT_THE_EDGES}"),
        "other host": odd.get("/fees/", Host=f"{HOST}.example"),
        "no request": Answer(status, {}, came.decode("latin-1")),
        "no header": Answer(quoted, {}, too.decode("latin-1")),
    }


def refused(odd: Odd) -> dict[str, Answer]:
    account = {"username": ACCOUNT, "password": ACCOUNT}
    part = f'--x\r\nContent-Disposition: form-data; name="{FILE}"; filename="{FILE}"\r\n\r\n'
    return {
        "not a form": odd.ask("POST", "/contact/", FIELD.encode(), {"Content-Type": HEADER}),
        "cut off": odd.ask(
            "POST", "/contact/", part.encode() + b"\xff", {"Content-Type": "multipart/form-data"}
        ),
        "too long": odd.post("/contact/", {"message": FIELD * 100_000}),
        "not signed": odd.post("/staff/login/", account),
        "no code": odd.post("/request/", {"code": FIELD}),
        "other code": odd.post("/request/", {"code": "7QK4M2XD7QK4M2XD7QK4M2XD"}),
    }


def sending(odd: Odd) -> dict[str, Answer]:
    checked = odd.check(**TYPED)
    hidden = HiddenFields(checked.text).fields
    return {
        "to mend": odd.check(**{**TYPED, "phone": "12"}),
        "to check": checked,
        "foreign": odd.post("/contact/", {**hidden, "step": "send"}, Origin=f"https://{HOST}.org"),
        "sent": odd.post("/contact/", {**hidden, "step": "send"}),
        "again": odd.post("/contact/", {**hidden, "message": f"{FIELD}!", "step": "send"}),
    }


def breaking(site: RunningSite, odd: Odd) -> dict[str, Answer]:
    """Nothing can be stored any more, and what looks like a flood is not held either."""
    kind = "postgresql" if "DATABASE_URL" in site.variables else "sqlite"
    site.manage("shell", "-c", FULL_REVIEW + RUN.format(BREAK[kind]))
    return {
        "broken": odd.send(**TYPED),
        "too many": odd.send(**TYPED, homepage="https://spam.example"),
    }


def without_its_database(site: RunningSite, odd: Odd, server: Cluster | None) -> dict[str, Answer]:
    """Away, or torn: the file is there and makes no sense."""
    checked = HiddenFields(odd.check(**TYPED).text).fields
    if server:
        server.halt()
    else:
        with closing(sqlite3.connect(site.data_dir / "site.sqlite3")) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (site.data_dir / "site.sqlite3").write_bytes(TORN)
    return {
        "away": odd.post("/contact/", {**checked, "step": "send"}),
        "away page": odd.get(f"/attachment/{AT_THE_EDGES}"),
        "away code": odd.post("/request/", {"code": FIELD}),
    }


STATUSES = {
    "page": 200, "form": 200, "sign-in": 200, "gone": 410, "not here": 404, "nobody": 404,
    "no file": 404, "no verb": 405, "other host": 400, "no request": 400,
    "no header": 400, "not a form": 400, "cut off": 400, "too long": 413, "not signed": 403,
    "no code": 422, "other code": 422, "to mend": 422, "to check": 200, "foreign": 403, "sent": 303,
    "again": 409, "broken": 500, "too many": 429, "away": 503, "away page": 503, "away code": 503,
}  # fmt: skip
GIVES_BACK = {
    "to mend", "to check", "foreign", "again", "broken", "too many", "away", "away code",
}  # fmt: skip


def test_every_kind_of_answer_was_asked_for(walk):
    assert {name: answer.status for name, answer in walk.answers.items()} == STATUSES


@pytest.mark.parametrize("word", [*IN_FORMS, *AROUND])
def test_word_is_in_no_line_of_the_log(walk, word):
    assert b'"Answered"' in walk.log
    assert found_in(word, walk.log) == []


def test_word_would_be_found_where_a_line_quotes_it(walk):
    assert found_in(QUERY, walk.log + f'"/fees/?{QUERY.lower()}"'.encode()) != []


def test_log_says_what_happened_all_the_same(walk):
    """Else nothing would be found in it because nothing was written."""
    answered = {line["status"] for line in walk.lines if line["message"] == "Answered"}
    assert answered >= {200, 303, 400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503}
    said = {line["message"] for line in walk.lines}
    assert said >= {"A page of the intake broke", "The database is away", "A query took long"}
    assert {line["level"] for line in walk.lines} >= {"DEBUG", "INFO", "WARNING", "ERROR"}


def test_id_on_the_page_finds_the_lines(walk):
    for name in ("broken", "away", "away page", "other host"):
        answer = walk.answers[name]
        said = SHOWN_ID.findall(answer.text)[0]
        told = [answer.headers[key] for key in answer.headers if key.lower() == "x-request-id"]
        assert told == ([said] if answer.status >= 500 else []), name
        lines = [line for line in walk.lines if line.get("request") == said]
        assert [line["status"] for line in lines if "status" in line] == [answer.status]
        assert [line for line in lines if "exception" in line] != [], name


@pytest.mark.parametrize("name", STATUSES)
def test_answer_gives_back_what_was_typed_into_a_form_and_nothing_else(walk, name):
    answer = walk.answers[name]
    said = json.dumps(answer.headers).encode() + answer.text.encode()
    known = AROUND if name in GIVES_BACK else (*IN_FORMS, *AROUND)
    assert [word for word in known if found_in(word, said)] == []


def test_words_in_a_form_are_given_back(walk):
    """So the search of the answers could find them."""
    for name in GIVES_BACK:
        assert found_in(FIELD, walk.answers[name].text.encode()) != [], name


def test_database_server_quotes_the_row_and_no_word_of_it(walk):
    if not walk.server_log:
        pytest.skip("SQLite keeps no log of its own")
    assert b'INSERT INTO "intake_contactrequest"' in walk.server_log
    assert b'violates check constraint "b"' in walk.server_log
    for word in (*IN_FORMS, *AROUND):
        assert found_in(word, walk.server_log) == [], word


def test_lines_hold_no_address(walk):
    assert [line for line in walk.lines if re.search(r"\d+\.\d+\.\d+\.\d+", str(line))] == []
