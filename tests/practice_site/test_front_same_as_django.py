"""What comes from memory is, header by header and byte by byte, what Django would have answered.

Memory packs texts, and says so in four headers: Content-Encoding, Content-Length, the ETag, which
gets the name of the encoding, and Vary. Nothing else may differ, however somebody asks.
"""

import gzip
import io
import re
from typing import NamedTuple

import brotli
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from pages import portraits
from pages.models import SiteRevision, Therapist
from practice_site.front import Front
from tests.addresses import NOT_PAGES, public_addresses
from tests.pages.uploads import photo
from tests.visitor import Answer

DECODED = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}
TEXTS = ("text/", "application/xml")
# Accept-Encoding as somebody may say it, and what it gets.
ACCEPTED = {
    "": "identity",
    "br": "br",
    "gzip, deflate, br, zstd": "br",
    "gzip": "gzip",
    "*": "br",
    "identity": "identity",
    "gzip;q=0.5, br;q=0.1": "gzip",
    "br;q=0, gzip;q=0.2": "gzip",
    "br;q=0, gzip;q=0, *": "identity",
    "identity;q=0": "identity",
    "identity;q=0, br;q=0.001": "br",
    "*;q=0": "identity",
}
# If-None-Match, where {} is the ETag of what would be sent; whether it says that it is the same.
CONDITIONS = {
    "{}": True,
    "W/{}": True,
    '"other", {}': True,
    '"other",W/{} , "more"': True,
    "*": True,
    '"other"': False,
    'W/"other"': False,
    '"other", *': False,
    "{}x": False,
    "not an ETag": False,
}
# What shapes no answer.
IGNORED = [
    {"HTTP_RANGE": "bytes=0-99"},
    {"HTTP_RANGE": "bytes=0-99", "HTTP_IF_RANGE": '"other"'},
    {"HTTP_IF_MODIFIED_SINCE": "Fri, 01 Jan 2100 00:00:00 GMT"},
    {"HTTP_IF_UNMODIFIED_SINCE": "Thu, 01 Jan 1970 00:00:00 GMT"},
    {"HTTP_IF_MATCH": '"other"'},
    {"HTTP_COOKIE": "sessionid=quizzaciously; csrftoken=quizzaciously; messages=x"},
    {"HTTP_ACCEPT_LANGUAGE": "fr", "HTTP_USER_AGENT": "curl", "HTTP_ACCEPT": "image/*"},
    {"HTTP_REFERER": "https://elsewhere.example/", "HTTP_SEC_FETCH_SITE": "cross-site"},
    {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_FOR": "198.51.100.7, 203.0.113.9"},
    {"HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_FORWARDED": "host=evil.example"},
    {"HTTP_X_ORIGINAL_URL": "/staff/", "HTTP_X_HTTP_METHOD_OVERRIDE": "POST"},
    {"SERVER_PROTOCOL": "HTTP/1.0", "SERVER_NAME": "evil.example", "SERVER_PORT": "1"},
]
# Of the second in which it is sent, and taken off by nginx.
FOR_NGINX = "X-Accel-Expires"
# What memory leaves to Django.
LEFT_TO_DJANGO = [
    {"REQUEST_METHOD": "BREW"},
    {"REQUEST_METHOD": "POST"},
    {"REQUEST_METHOD": "OPTIONS"},
    {"REQUEST_METHOD": "TRACE"},
    {"QUERY_STRING": "past=memory"},
    {"QUERY_STRING": "a=%FF&&=;"},
    {"HTTP_HOST": "evil.example"},
    {"HTTP_HOST": "127.0.0.1:8000"},
    {"HTTP_HOST": "LOCALHOST:8000"},
    {"HTTP_HOST": "localhost"},
    {"HTTP_HOST": "localhost:8000@evil.example"},
    {"HTTP_HOST": ""},
    {"SCRIPT_NAME": "/elsewhere"},
    {"CONTENT_LENGTH": "9"},
    {"CONTENT_LENGTH": "99999999"},
    {"HTTP_TRANSFER_ENCODING": "chunked"},
    {"wsgi.url_scheme": "https"},
]
# Addresses in every spelling; most are nobody's.
SPELLINGS = [
    "", "//", "/fees", "//fees/", "/fees//", "/FEES/", "/./fees/", "/%66ees/", "/fees/\x00",
    "/f\xc3\xa9es/", "/f\xe9es/", "/fees/;a=b", "/*", "/fees/..", "/no-such-page/", "/.well-known/",
]  # fmt: skip


class Said(NamedTuple):
    status: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def etag(self) -> str:
        return dict(self.headers).get("ETag", "")


class Counted:
    """Django, and how often it was asked."""

    def __init__(self):
        self.django, self.asked = WSGIHandler(), 0

    def __call__(self, environ, start_response):
        self.asked += 1
        return self.django(environ, start_response)


class Both:
    """Django with memory in front, and Django alone."""

    plain = {"HTTP_HOST": "localhost:8000", "wsgi.url_scheme": "http"}

    def __init__(self, site_url="http://localhost:8000", behind_proxy=False, **plain):
        self.behind = Counted()
        self.front = Front(self.behind, site_url, SiteRevision.current, behind_proxy)
        self.alone = WSGIHandler()
        self.plain, self.proxied = plain or Both.plain, behind_proxy

    def ask(self, path, **environ):
        """Both answers."""
        return [said(each, path, {**self.plain, **environ}) for each in (self.front, self.alone)]

    def assert_same(self, path, encoding="identity", **environ):
        """The answer from memory, having been found to be what Django says in this encoding."""
        front, alone = self.ask(path, **environ)
        self.compare(front, alone, encoding, (path, environ))
        return front

    def compare(self, front, alone, encoding, asked):
        assert DECODED[of(front, encoding)](front.body) == alone.body, asked
        assert front.status == alone.status, asked
        length = dict(front.headers).get("Content-Length", "")
        expected = packed(alone, encoding, length) if is_text(alone) else list(alone.headers)
        expected += [pair for pair in front.headers if self.proxied and pair[0] == FOR_NGINX]
        assert sorted(front.headers) == sorted(expected), asked
        if front.body:
            assert length == str(len(front.body)), asked


def of(answer: Said, encoding: str) -> str:
    """The encoding of this answer's body: none has none, and pictures are kept as they are."""
    return encoding if answer.body and "Content-Encoding" in dict(answer.headers) else "identity"


def is_text(answer: Said) -> bool:
    """A 304 has no type; only texts are asked for one here."""
    kind = dict(answer.headers).get("Content-Type", "text/")
    return kind.startswith(TEXTS) and answer.status[:3] in ("200", "304")


def packed(answer: Said, encoding: str, length: str) -> list[tuple[str, str]]:
    """Django's headers as memory says them: four of them, and no other, may be its own."""
    headers = {**dict(answer.headers), "Vary": "Accept-Encoding"}
    if encoding != "identity":
        headers["ETag"] = f'{answer.etag[:-1]}-{encoding}"'
        if answer.status.startswith("200"):
            headers |= {"Content-Encoding": encoding, "Content-Length": length}
    return list(headers.items())


def said(application, path, environ) -> Said:
    """The body of a HEAD, which a server drops, is dropped here."""
    started = []
    asked = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        **environ,
    }
    result = application(asked, lambda *start: started.extend(start[:2]))
    body = b"".join(result)
    getattr(result, "close", lambda: None)()
    return Said(started[0], list(started[1]), b"" if asked["REQUEST_METHOD"] == "HEAD" else body)


@pytest.fixture(autouse=True)
def _one_name(monkeypatch):
    """What names a request is another each time, and no part of an answer."""
    monkeypatch.setattr("practice_site.request_id.new", lambda: "K4M-7R2-WF8")


@pytest.fixture(autouse=True)
def _one_connection():
    """All that is asked stays in the transaction of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


class InProcess:
    """Enough of a visitor to find all addresses."""

    def __init__(self, both):
        self.both = both

    def get(self, path):
        answer = said(self.both.alone, path, self.both.plain)
        return Answer(200, {}, answer.body.decode())


@pytest.fixture
def both(starter):
    return Both()


@pytest.fixture
def portrait(starter) -> str:
    someone = Therapist.objects.filter(retired_on=None).first()
    someone.show_portrait(portraits.renditions(photo(480, 600)))
    return someone.renditions.first().get_absolute_url()


@pytest.fixture
def addresses(both, portrait):
    """Every public address that memory may keep: pages, what machines ask for, pictures."""
    visitor = InProcess(both)
    home = visitor.get("/").text
    drawn = re.findall(r'property="og:image" content="http://[^/]+(/share/[^"]+)"', home)
    found, forms = public_addresses(visitor), ("/contact/", "/request/")
    pages = [path for path in found if not path.startswith(forms)]
    for_machines = [path for path in NOT_PAGES if path not in ("/healthz", "/leave/")]
    assert (len(pages) > 15, len(for_machines), len(drawn)) == (True, 3, 1)
    return [*pages, *for_machines, *drawn, portrait]


ENCODINGS = ("br", "gzip", "identity")


def test_every_public_address(both, addresses):
    """As it is made, from memory, and where only the head is asked for. Django packs nothing."""
    for path in addresses:
        alone = said(both.alone, path, both.plain)
        assert (alone.status, bool(alone.etag)) == ("200 OK", True), path
        for accept in ENCODINGS:
            asked = {**both.plain, "HTTP_ACCEPT_ENCODING": accept}
            made = said(both.front, path, asked)
            both.compare(made, alone, accept, path)
            assert said(both.front, path, asked) == made
            head = said(both.front, path, {**asked, "REQUEST_METHOD": "HEAD"})
            assert head == made._replace(body=b"")
    assert both.behind.asked == len(addresses)


def test_every_public_address_that_is_known_already(both, addresses):
    for path in addresses:
        etag = said(both.alone, path, both.plain).etag
        alone = said(both.alone, path, {**both.plain, "HTTP_IF_NONE_MATCH": etag})
        assert (alone.status, alone.body) == ("304 Not Modified", b""), path
        for accept in ENCODINGS:
            asked = {**both.plain, "HTTP_ACCEPT_ENCODING": accept}
            made = said(both.front, path, asked)
            again = said(both.front, path, {**asked, "HTTP_IF_NONE_MATCH": made.etag})
            if is_text(made):
                both.compare(again, alone, accept, path)
            else:
                assert again == alone, path


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_encoding(both, method):
    for path in ("/", "/robots.txt"):
        for accept, encoding in ACCEPTED.items():
            environ = {"HTTP_ACCEPT_ENCODING": accept, "REQUEST_METHOD": method}
            front = both.assert_same(path, encoding, **environ)
            coded = dict(front.headers).get("Content-Encoding", "identity")
            assert coded == encoding, accept


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_condition(both, method):
    asked = {**both.plain, "REQUEST_METHOD": method}
    etag = said(both.alone, "/fees/", asked).etag
    for condition, same in CONDITIONS.items():
        alone = said(both.alone, "/fees/", {**asked, **if_none_match(condition, etag)})
        for accept in ENCODINGS:
            packed = {**asked, "HTTP_ACCEPT_ENCODING": accept}
            etag_here = said(both.front, "/fees/", packed).etag
            front = said(both.front, "/fees/", {**packed, **if_none_match(condition, etag_here)})
            both.compare(front, alone, accept, condition)
            assert (front.status == "304 Not Modified") is same, condition


def if_none_match(condition, etag):
    return {"HTTP_IF_NONE_MATCH": condition.format(etag)}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_shapes_no_answer(starter, method):
    """Neither that of whoever sends it, nor that of whoever comes next."""
    for environ in IGNORED:
        both = Both()
        first = both.assert_same("/fees/", REQUEST_METHOD=method, **environ)
        both.behind.asked = 0
        assert both.assert_same("/fees/", REQUEST_METHOD=method) == first, environ
        assert (first.status, both.behind.asked) == ("200 OK", 0)


def test_what_is_left_to_django(both):
    both.assert_same("/fees/")
    for environ in LEFT_TO_DJANGO:
        both.behind.asked = 0
        front, alone = both.ask("/fees/", **environ)
        assert (front, both.behind.asked) == (alone, 1), environ
        assert both.assert_same("/fees/").status == "200 OK"
        assert both.behind.asked == 1, environ


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_spelling_of_an_address(both, method):
    both.assert_same("/")
    for path in SPELLINGS * 2:
        front, alone = both.ask(path, REQUEST_METHOD=method)
        expected = packed(alone, "identity", "") if path == "" else alone.headers
        assert (front.status, sorted(front.headers)) == (alone.status, sorted(expected)), path
        assert front.body == alone.body, path
    assert list(both.front.memory().pages) == ["/"]


def test_page_on_another_mount_point_is_nobody_elses(both):
    mounted, _ = both.ask("/fees/", SCRIPT_NAME="/elsewhere")
    assert b'href="/elsewhere/contact/' in mounted.body
    assert b"/elsewhere/" not in both.assert_same("/fees/").body


PLAIN = {"HTTP_HOST": "practice.example"}
HTTPS = {**PLAIN, "wsgi.url_scheme": "https"}
FORWARDED = {**PLAIN, "wsgi.url_scheme": "http", "HTTP_X_FORWARDED_PROTO": "https"}


@pytest.fixture
def live(starter, settings):
    """Settings of a live site, as the environment would make them."""
    settings.SITE_URL = "https://practice.example"
    settings.ALLOWED_HOSTS = ["practice.example"]
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31536000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    return settings


def https(live) -> Both:
    return Both("https://practice.example", **HTTPS)


def behind_a_proxy(live) -> Both:
    live.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    return Both("https://practice.example", behind_proxy=True, **FORWARDED)


@pytest.mark.parametrize("made", [https, behind_a_proxy])
def test_live_site_over_https(live, made):
    both = made(live)
    for path in ("/", "/fees/", "/robots.txt", "/sitemap.xml", "/.well-known/security.txt"):
        for accept in ("br", "identity"):
            both.assert_same(path, accept, HTTP_ACCEPT_ENCODING=accept)
            both.behind.asked = 0
            answer = both.assert_same(path, accept, HTTP_ACCEPT_ENCODING=accept)
            assert (answer.status, both.behind.asked) == ("200 OK", 0)
            assert "Strict-Transport-Security" in dict(answer.headers)


IN_ANOTHER_WAY = [
    {"HTTP_X_FORWARDED_PROTO": "http"},
    {"HTTP_X_FORWARDED_PROTO": ""},
    {"HTTP_X_FORWARDED_PROTO": "", "wsgi.url_scheme": "https"},
    {"HTTP_X_FORWARDED_PROTO": "https, http"},
    {"HTTP_X_FORWARDED_PROTO": "http, https"},
    {"HTTP_X_FORWARDED_PROTO": " https"},
    {"HTTP_X_FORWARDED_PROTO": "HTTPS"},
    {"HTTP_HOST": "practice.example:443"},
    {"HTTP_HOST": "practice.example:8000"},
    {"HTTP_HOST": "Practice.Example"},
    {"HTTP_HOST": "evil.example"},
]


def test_live_site_asked_in_another_way(live):
    both = behind_a_proxy(live)
    both.assert_same("/fees/")
    for environ in IN_ANOTHER_WAY:
        front, alone = both.ask("/fees/", **environ)
        assert front == alone, environ
        assert both.assert_same("/fees/").status == "200 OK"


def test_forwarded_scheme_is_nothing_without_a_trusted_proxy(live):
    both = Both("https://practice.example", **FORWARDED)
    front, alone = both.ask("/fees/")
    assert (front, front.status) == (alone, "301 Moved Permanently")
