import io
import time

import pytest

from practice_site import memory
from practice_site.front import Front, origin_of

PAGE = [("Content-Type", "text/html"), ("Cache-Control", "public, max-age=0"), ("ETag", '"a"')]


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
    monkeypatch.setattr(memory, "LOOK_EVERY_SECONDS", 0)
    return Front(django, "http://localhost:8000", lambda: revision["now"])


def ask(front, path="/", method="GET", **environ):
    said = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "HTTP_HOST": "localhost:8000",
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
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


def test_address_without_a_path_is_the_home_page(front, django):
    assert ask(front, "/") == ask(front, "")
    assert len(django.asked) == 1


def test_known_etag_answers_304_without_a_body(front):
    ask(front)
    assert ask(front, HTTP_IF_NONE_MATCH='"a"') == (
        "304 Not Modified",
        {"Cache-Control": "public, max-age=0", "ETag": '"a"', "Vary": "Accept-Encoding"},
        b"",
    )


def test_etag_of_another_encoding_answers_with_the_page(front):
    asked = {"HTTP_ACCEPT_ENCODING": "br"}
    assert ask(front, **asked, HTTP_IF_NONE_MATCH='"a-br"')[0] == "304 Not Modified"
    assert ask(front, **asked, HTTP_IF_NONE_MATCH='"a"')[0] == "200 OK"


def test_headers_are_the_servers_to_change(front):
    """PEP 3333: a server may change the list that it is given."""
    ask(front)
    front({**visit(), "HTTP_IF_NONE_MATCH": '"a"'}, lambda _, headers: headers.clear())
    front(visit(), lambda _, headers: headers.clear())
    assert ask(front)[1]["ETag"] == '"a"'
    assert ask(front, HTTP_IF_NONE_MATCH='"a"')[1]["ETag"] == '"a"'


def visit():
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/",
        "HTTP_HOST": "localhost:8000",
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
    }


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
    assert ask(front)[2] == b"old"
    assert ask(front)[2] == django.body


def test_unknown_revision_keeps_serving(front, django, revision):
    ask(front)
    revision["now"] = None
    django.status = "503 Service Unavailable"
    assert ask(front)[0] == "200 OK"


@pytest.mark.parametrize(
    ("status", "headers"),
    [("200 OK", [("Cache-Control", "no-store")]), ("404 Not Found", PAGE), ("410 Gone", PAGE)],
)
def test_answer_that_is_not_public_is_not_kept(front, django, status, headers):
    django.status, django.headers = status, headers
    ask(front)
    ask(front)
    assert len(django.asked) == 2
    assert front.memory().pages == {}


@pytest.mark.parametrize(
    "environ",
    [
        {"QUERY_STRING": "a=b"},
        {"HTTP_HOST": "evil.example"},
        {"HTTP_HOST": "LOCALHOST:8000"},
        {"wsgi.url_scheme": "https"},
        {"PATH_INFO": "/staff/"},
        {"PATH_INFO": "/contact/"},
        {"REQUEST_METHOD": "POST"},
        {"REQUEST_METHOD": "BREW"},
        {"SCRIPT_NAME": "/elsewhere"},
        {"CONTENT_LENGTH": "9"},
        {"HTTP_TRANSFER_ENCODING": "chunked"},
    ],
)
def test_request_of_another_kind_reaches_django_as_it_came(front, django, environ):
    ask(front, HTTP_COOKIE="a=b", **environ)
    ask(front, HTTP_COOKIE="a=b", **environ)
    assert [each["HTTP_COOKIE"] for each in django.asked] == ["a=b", "a=b"]
    assert front.memory().pages == {}


def test_forwarded_scheme_counts_only_behind_a_proxy(django, revision):
    environ = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_HOST": "practice.example"}
    for behind_proxy, times in ((True, 1), (False, 2)):
        django.asked.clear()
        front = Front(django, "https://practice.example", lambda: revision["now"], behind_proxy)
        ask(front, **environ)
        ask(front, **environ)
        assert len(django.asked) == times


def test_nginx_is_told_the_second_until_which_it_may_keep_a_page(django, monkeypatch):
    front = Front(django, "http://localhost:8000", lambda: 1, behind_proxy=True)
    for now in (1000.1, 1000.9, 1001.0):
        monkeypatch.setattr(time, "time", lambda now=now: now)
        for more in ({}, {"HTTP_IF_NONE_MATCH": '"a"'}):
            assert ask(front, **more)[1]["X-Accel-Expires"] == f"@{int(now)}"
    django.headers = [*PAGE, ("Set-Cookie", "a=b")]
    assert "X-Accel-Expires" not in ask(front, "/never-kept/")[1]


def test_only_a_proxy_is_told(front):
    assert "X-Accel-Expires" not in ask(front)[1]


@pytest.mark.parametrize("forwarded", ["", "http", "https, http", "HTTPS"])
def test_forwarded_scheme_that_is_not_plain_is_left_to_django(django, forwarded):
    front = Front(django, "https://practice.example", lambda: 1, behind_proxy=True)
    plain = {"HTTP_HOST": "practice.example", "wsgi.url_scheme": "https"}
    ask(front, **plain, HTTP_X_FORWARDED_PROTO=forwarded)
    ask(front, **plain, HTTP_X_FORWARDED_PROTO=forwarded)
    assert len(django.asked) == 2


def test_django_sees_nothing_of_the_first_visitor(front, django):
    names = (
        "HTTP_COOKIE", "HTTP_IF_NONE_MATCH", "HTTP_ACCEPT_LANGUAGE", "HTTP_USER_AGENT",
        "HTTP_X_FORWARDED_FOR", "HTTP_RANGE", "HTTP_REFERER", "REMOTE_ADDR", "SERVER_NAME",
        "SERVER_PROTOCOL", "SCRIPT_URL", "wsgi.input",
    )  # fmt: skip
    sent = dict.fromkeys(names, "Quizzaciously")
    ask(front, **sent)
    assert "Quizzaciously" not in django.asked[0].values()
    django.asked[0].pop("wsgi.input").read()
    django.asked[0].pop("wsgi.errors")
    assert django.asked[0] == {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost:8000",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def test_error_goes_through_as_django_said_it(front, django):
    django.status, django.body = "404 Not Found", b"not here"
    status, _, body = ask(front)
    assert (status, body) == ("404 Not Found", b"not here")
    assert ask(front, method="HEAD")[2] == b""


@pytest.mark.parametrize(
    ("site_url", "origin"),
    [
        ("http://localhost:8000", ("http", "localhost:8000")),
        ("https://Practice.Example", ("https", "practice.example")),
        ("https://practice.example:443", ("https", "practice.example")),
        ("http://practice.example:80", ("http", "practice.example")),
        ("https://practice.example:80", ("https", "practice.example:80")),
        ("http://[::1]:8000", ("http", "[::1]:8000")),
    ],
)
def test_origin_is_what_browsers_send(site_url, origin):
    assert origin_of(site_url) == origin
