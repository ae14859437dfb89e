import gzip

import brotli
import pytest

from practice_site.front import Front, chosen_encoding, matches

PAGE = [("Content-Type", "text/html"), ("Cache-Control", "public, max-age=0")]


class Django:
    """A WSGI application that counts what it is asked and says what it is told to say."""

    def __init__(self):
        self.asked = []
        self.status, self.headers, self.body = "200 OK", PAGE, b"a page " * 50

    def __call__(self, environ, start_response):
        self.asked.append(environ)
        start_response(self.status, list(self.headers))
        return [self.body]


@pytest.fixture
def django():
    return Django()


@pytest.fixture
def revision():
    return {"now": 1}


@pytest.fixture
def front(django, revision, monkeypatch):
    monkeypatch.setattr("practice_site.front.CHECK_EVERY_SECONDS", 0)
    return Front(django, "http://localhost:8000", lambda: revision["now"])


def ask(front, path="/", method="GET", **environ):
    said = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "HTTP_HOST": "localhost:8000",
        "wsgi.url_scheme": "http",
        **environ,
    }
    body = b"".join(front(environ, lambda status, headers: said.extend((status, dict(headers)))))
    return said[0], said[1], body


def test_page_is_made_once(front, django):
    first, second = ask(front), ask(front)
    assert first == second
    assert len(django.asked) == 1


def test_head_has_the_headers_and_no_body(front, django):
    _, headers, body = ask(front)
    assert ask(front, method="HEAD") == ("200 OK", headers, b"")
    assert len(django.asked) == 1
    assert body == django.body


@pytest.mark.parametrize(
    ("accept", "name", "open_"),
    [("gzip, br", "br", brotli.decompress), ("gzip", "gzip", gzip.decompress)],
)
def test_body_in_the_encoding_asked_for(front, django, accept, name, open_):
    _, headers, body = ask(front, HTTP_ACCEPT_ENCODING=accept)
    assert (headers["Content-Encoding"], open_(body)) == (name, django.body)
    assert headers["Content-Length"] == str(len(body))


def test_encodings_have_etags_of_their_own(front):
    etags = {ask(front, HTTP_ACCEPT_ENCODING=name)[1]["ETag"] for name in ("br", "gzip", "")}
    assert len(etags) == 3


def test_known_etag_answers_304_without_a_body(front):
    _, headers, _ = ask(front)
    status, again, body = ask(front, HTTP_IF_NONE_MATCH=headers["ETag"])
    assert (status, body) == ("304 Not Modified", b"")
    assert again == {
        "Cache-Control": "public, max-age=0",
        "ETag": headers["ETag"],
        "Vary": "Accept-Encoding",
    }


def test_picture_is_kept_as_it_is(front, django):
    tag, brotli_or_gzip = '"its-own"', {"HTTP_ACCEPT_ENCODING": "br, gzip"}
    django.headers = [("Content-Type", "image/avif"), ("Cache-Control", "public"), ("ETag", tag)]
    first, second = ask(front, **brotli_or_gzip), ask(front, **brotli_or_gzip)
    assert first == second
    assert (len(django.asked), first[2]) == (1, django.body)
    assert first[1] == {
        "Content-Type": "image/avif",
        "Cache-Control": "public",
        "Content-Length": str(len(django.body)),
        "ETag": tag,
    }
    assert ask(front, HTTP_IF_NONE_MATCH=tag)[0] == "304 Not Modified"


def test_new_revision_drops_every_page(front, django, revision):
    ask(front)
    revision["now"], django.body = 2, b"new"
    assert ask(front)[2] == b"new"


def test_page_made_while_the_revision_moves_is_not_kept(front, django, revision):
    def moves_meanwhile(environ, start_response):
        revision["now"], front.application = 2, django
        ask(front, "/other/")  # another thread's request notices the new revision
        start_response("200 OK", list(PAGE))
        return [b"old"]

    ask(front, "/other/")
    front.application = moves_meanwhile
    ask(front)
    assert ask(front)[2] == django.body


def test_unknown_revision_keeps_serving(front, django, revision):
    ask(front)
    revision["now"] = None
    django.status = "503 Service Unavailable"
    assert ask(front)[0] == "200 OK"


@pytest.mark.parametrize(
    "headers",
    [
        [("Cache-Control", "no-store")],
        [("Cache-Control", "public"), ("Set-Cookie", "a=b")],
        [("Cache-Control", "public"), ("Vary", "Cookie")],
        [],
    ],
)
def test_answer_that_is_not_public_is_not_kept(front, django, headers):
    django.headers = headers
    ask(front)
    ask(front)
    assert len(django.asked) == 2


@pytest.mark.parametrize(
    "environ",
    [
        {"QUERY_STRING": "a=b"},
        {"HTTP_HOST": "evil.example"},
        {"wsgi.url_scheme": "https"},
        {"PATH_INFO": "/staff/"},
        {"PATH_INFO": "/contact/"},
        {"REQUEST_METHOD": "POST"},
    ],
)
def test_request_of_another_kind_always_reaches_django(front, django, environ):
    ask(front, **environ)
    ask(front, **environ)
    assert len(django.asked) == 2


def test_forwarded_scheme_counts_only_behind_a_proxy(django, revision):
    environ = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_HOST": "practice.example"}
    for behind_proxy, times in ((True, 1), (False, 2)):
        django.asked.clear()
        front = Front(django, "https://practice.example", lambda: revision["now"], behind_proxy)
        ask(front, **environ)
        ask(front, **environ)
        assert len(django.asked) == times


def test_cookies_and_conditions_are_not_shown_to_django(front, django):
    ask(front, HTTP_COOKIE="sessionid=x", HTTP_IF_NONE_MATCH='"x"', HTTP_ACCEPT_LANGUAGE="de")
    assert sorted(django.asked[0]) == [
        "HTTP_HOST",
        "PATH_INFO",
        "QUERY_STRING",
        "REQUEST_METHOD",
        "wsgi.url_scheme",
    ]


def test_error_goes_through_as_django_said_it(front, django):
    django.status, django.body = "404 Not Found", b"not here"
    status, _, body = ask(front)
    assert (status, body) == ("404 Not Found", b"not here")
    assert ask(front, method="HEAD")[2] == b""


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("", "identity"),
        ("gzip, deflate, br", "br"),
        ("br;q=0, gzip", "gzip"),
        ("deflate", "identity"),
        ("GZIP; q=0.5", "gzip"),
    ],
)
def test_chosen_encoding(accept, name):
    assert chosen_encoding(accept) == name


@pytest.mark.parametrize(
    ("header", "same"),
    [('"a"', True), ('W/"a"', True), ('"b", "a"', True), ("*", True), ("", False)],
)
def test_matches(header, same):
    assert matches(header, '"a"') is same
