"""Pages from memory are what Django says now, in every worker, in every encoding."""

import gzip
import http.client
import os
import re
import signal
import time
from contextlib import contextmanager

import brotli
import pytest

from tests.addresses import public_addresses
from tests.visitor import Visitor

PUBLISH = (
    "from datetime import UTC, datetime;"
    "from pages.models import Page, Section;"
    "page = Page.objects.get(slug='fees');"
    "Section.objects.filter(page=page).update(body='Fees as of {word}.');"
    "page.publish(by=None, at={at})"
)
# What memory adds to Django's own answer, and what each answer says anew.
OF_MEMORY, OF_THE_MOMENT = {"vary"}, {"date"}


@pytest.fixture(scope="module")
def site(shared_site):
    return shared_site


def raw(site, path, method="GET", **headers):
    """Status, headers (without the moment) and the bytes as they came."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    connection.request(method, path, headers={"Host": f"localhost:{site.port}", **headers})
    answer = connection.getresponse()
    names = {name.lower(): value for name, value in answer.getheaders()}
    body = answer.read()
    connection.close()
    return answer.status, without(names, OF_THE_MOMENT), body


def without(headers, names):
    return {name: value for name, value in headers.items() if name not in names}


def from_memory(headers) -> bool:
    """Django itself packs no public page, so it has nothing to say of Accept-Encoding."""
    return "vary" in headers and "etag" in headers


@contextmanager
def alone(worker, workers):
    """Every request goes to this one: the others stand still."""
    others = [each for each in workers if each != worker]
    for each in others:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in others:
            os.kill(each, signal.SIGCONT)


@pytest.fixture
def machines(make_site):
    """Two that share a database: one with all and two web processes, one for the public side."""
    first = make_site(WEB_WORKERS="2").start()
    database = f"sqlite:///{first.data_dir / 'site.sqlite3'}"
    return [first, make_site(SURFACE="public", DATABASE_URL=database).start()]


def every_worker_says(machines, path) -> list[str]:
    """The page as each web process of each machine gives it, from memory."""
    texts = []
    for machine in machines:
        visitor, (_, *workers) = Visitor(machine.url), machine.processes("-m gunicorn")
        for worker in workers:
            with alone(worker, workers):
                made, kept = visitor.get(path), visitor.get(path)
            assert (made.text, from_memory(kept.headers)) == (kept.text, True)
            texts.append(kept.text)
    assert len(texts) == 3
    return texts


def who_says(words, texts) -> list[bool]:
    return [words in text for text in texts]


def test_publishing_shows_within_a_second_in_every_worker_of_every_machine(machines):
    words = "Fees as of Tuesday."
    assert who_says(words, every_worker_says(machines, "/fees/")) == [False] * 3
    machines[0].manage("shell", "-c", PUBLISH.format(word="Tuesday", at=None))
    time.sleep(1)
    assert who_says(words, every_worker_says(machines, "/fees/")) == [True] * 3


def test_planned_edition_shows_within_a_second_of_its_time_everywhere(machines):
    """Nobody does anything then: each process finds that the time has come."""
    words, at = "Fees as of Friday.", time.time() + 10
    plan = PUBLISH.format(word="Friday", at=f"datetime.fromtimestamp({at}, UTC)")
    machines[0].manage("shell", "-c", plan)
    assert who_says(words, every_worker_says(machines, "/fees/")) == [False] * 3
    assert time.time() < at, "The machine is too slow for this test."
    time.sleep(at + 1 - time.time())
    assert who_says(words, every_worker_says(machines, "/fees/")) == [True] * 3


def test_memory_says_what_django_says(site):
    """A query string goes past memory."""
    kept = 0
    for path in public_addresses(Visitor(site.url)):
        if path.startswith(("/contact/", "/request/")):
            continue
        first, second, past = raw(site, path), raw(site, path), raw(site, f"{path}?past=memory")
        assert first == second, path
        assert (second[0], second[2]) == (past[0], past[2]), path
        assert without(second[1], OF_MEMORY) == without(past[1], OF_MEMORY), path
        assert (from_memory(second[1]), from_memory(past[1])) == (True, False), path
        kept += 1
    assert kept > 15


def test_what_machines_ask_for_comes_from_memory(site):
    home = Visitor(site.url).get("/").text
    picture = re.findall(r'property="og:image" content="http://[^/]+(/share/[^"]+)"', home)[0]
    for path in ("/robots.txt", "/sitemap.xml", "/.well-known/security.txt"):
        first, second = raw(site, path), raw(site, path)
        assert first == second, path
        assert (second[0], from_memory(second[1])) == (200, True), path
    # A picture is kept as it is, so nothing tells it from Django's own.
    assert raw(site, picture) == raw(site, picture) == raw(site, f"{picture}?past=memory")


@pytest.mark.parametrize(
    "path", ["/", "/fees/", "/robots.txt", "/sitemap.xml", "/.well-known/security.txt"]
)
def test_encodings_carry_the_same_page(site, path):
    _, plain, body = raw(site, path)
    for name, decode in {"br": brotli.decompress, "gzip": gzip.decompress}.items():
        status, headers, coded = raw(site, path, **{"Accept-Encoding": name})
        assert (status, headers["content-encoding"], decode(coded)) == (200, name, body)
        assert headers["content-length"] == str(len(coded))
        own = {"content-encoding", "content-length", "etag"}
        assert without(headers, own) == without(plain, own)
        assert headers["etag"] != plain["etag"]


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
def test_unchanged_page_is_not_sent_again(site, encoding):
    accept = {"Accept-Encoding": encoding}
    _, headers, _ = raw(site, "/fees/", **accept)
    status, again, body = raw(site, "/fees/", **accept, **{"If-None-Match": headers["etag"]})
    assert (status, body) == (304, b"")
    of_the_body = {"content-length", "content-type", "content-encoding"}
    assert again == without(headers, of_the_body)
    assert raw(site, "/fees/", **accept, **{"If-None-Match": '"other"'})[0] == 200


def test_cookies_and_forms_never_come_from_memory(site):
    told = {path: raw(site, path)[1] for path in ("/contact/", "/healthz", "/staff/login/")}
    assert {path: from_memory(headers) for path, headers in told.items()} == dict.fromkeys(
        told, False
    )


def test_address_in_full_is_the_same_address(site):
    """As a proxy is asked (RFC 9112, 3.2.2)."""
    assert raw(site, f"http://localhost:{site.port}/fees/") == raw(site, "/fees/")


def test_mount_point_that_a_visitor_makes_up_is_only_theirs(site):
    """The server believes this header from its own machine, where a proxy may pass it on."""
    mounted = raw(site, "/elsewhere/privacy/", SCRIPT_NAME="/elsewhere")
    assert b'href="/elsewhere/contact/' in mounted[2]
    assert b"/elsewhere/" not in raw(site, "/privacy/")[2]


def test_plain_visitor_stays_plain(site):
    """What the first visitor sent along shows in nobody's page."""
    headers = {"Cookie": "sessionid=Quizzaciously", "Accept-Language": "fr", "User-Agent": "x"}
    first = raw(site, "/trauma/", **headers)
    assert first == raw(site, "/trauma/")
    assert b"Quizzaciously" not in first[2]
