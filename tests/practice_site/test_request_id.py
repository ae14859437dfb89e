"""One id a request: in its answer, in its lines, on its page, and never from outside."""

import json
import logging
import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponse

from pages.models import Therapist
from practice_site import request_id
from practice_site.front import Front
from practice_site.logs import TemplateFormatter

SHAPE = re.compile(f"[{request_id.ALPHABET}]{{3}}(-[{request_id.ALPHABET}]{{3}}){{2}}")
logger = logging.getLogger("tests.request_id")


class Lines(logging.Handler):
    """Lines as they are written, while the request is still there."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(TemplateFormatter())
        self.lines: list[dict] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))

    def answered(self) -> list[dict]:
        kept = ("level", "route", "method", "status")
        return [
            {name: line[name] for name in kept}
            for line in self.lines
            if line["message"] == "Answered"
        ]


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler = Lines()
    root = logging.getLogger()
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)


def logged_by(view, rf, lines, **headers: str):
    """The answer of this view, and the id in the line that it writes."""
    response = request_id.RequestIdMiddleware(view)(rf.get("/", headers=headers))
    return response, [line.get("request") for line in lines.lines if line["message"] == "Within"]


def says_so(request) -> HttpResponse:
    logger.warning("Within")
    return HttpResponse()


def says_that_it_broke(request) -> HttpResponse:
    logger.warning("Within")
    return HttpResponse(status=503)


def test_id_can_be_said_on_the_phone():
    made = {request_id.new() for _ in range(100)}
    assert len(made) == 100
    assert [each for each in made if not SHAPE.fullmatch(each)] == []
    alike = ["BCDEGPTVZ3", "AHJ8", "IY59", "MN", "FSX", "0OQ", "1IL", "2Z", "5S", "QU", "UVW", "6G"]
    assert [one for one in alike if len(set(one) & set(request_id.ALPHABET)) > 1] == []


def test_line_header_and_request_carry_the_same(rf, lines):
    response, (logged,) = logged_by(says_that_it_broke, rf, lines)
    assert SHAPE.fullmatch(logged)
    assert response.headers["X-Request-ID"] == logged


def test_each_request_has_its_own(rf, lines):
    logged_by(says_so, rf, lines)
    _, logged = logged_by(says_so, rf, lines)
    assert len(set(logged)) == 2


def test_what_a_client_sends_as_one_is_not_taken(rf, lines):
    response, (logged,) = logged_by(
        says_that_it_broke, rf, lines, **{"X-Request-ID": "K4M-7R2-WF8"}
    )
    assert "K4M-7R2-WF8" not in (logged, response.headers["X-Request-ID"])


def test_nothing_of_it_is_left_after_the_answer(rf, lines):
    logged_by(says_so, rf, lines)
    logger.warning("After")
    assert "request" not in lines.lines[-1]
    assert request_id.current() == request_id.current_route() == ""


def test_nothing_of_it_is_left_after_a_fault(rf):
    def breaks(request):
        return 1 / 0

    with pytest.raises(ZeroDivisionError):
        request_id.RequestIdMiddleware(breaks)(rf.get("/"))
    assert request_id.current() == ""


def test_page_from_memory_is_made_without_one(starter, client):
    """By the whole stack, as the front asks it once for all visitors."""
    asked, said = [], []

    def django(environ, start_response):
        response = client.get(environ["PATH_INFO"])
        asked.append(response)
        start_response(f"{response.status_code} OK", list(response.items()))
        return [response.content]

    front = Front(django, "http://testserver", lambda: 1)
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/fees/", "QUERY_STRING": "",
        "HTTP_HOST": "testserver", "wsgi.url_scheme": "http", "wsgi.errors": None,
    }  # fmt: skip
    for _ in range(2):
        body = b"".join(front(environ, lambda *start: said.append(start)))
        assert SHAPE.search(body.decode()) is None
    assert [status for status, _ in said] == ["200 OK", "200 OK"]
    assert len(asked) == 1
    assert [name for _, headers in said for name, _ in headers if "Request" in name] == []


@pytest.mark.parametrize("path", ["/", "/contact/", "/request/", "/no-such-page/"])
def test_answer_that_did_not_break_carries_none(starter, client, path):
    """Two answers to the same question are the same: nothing in them names the one who asked."""
    assert "X-Request-ID" not in client.get(path).headers


def test_answer_is_one_line_of_route_method_status(starter, client, lines):
    slug = Therapist.objects.first().slug
    client.get(f"/contact/with/{slug}/?therapist={slug}")
    client.get("/no-such-page/at-all/")
    client.post("/contact/", {"message": "Quizzaciously"})
    client.generic("QUIZZ", "/contact/")
    assert lines.answered() == [
        {"level": "INFO", "route": "intake:contact_with", "method": "GET", "status": 200},
        {"level": "WARNING", "route": "", "method": "GET", "status": 404},
        {"level": "WARNING", "route": "intake:contact", "method": "POST", "status": 422},
        {"level": "WARNING", "route": "intake:contact", "method": "other", "status": 405},
    ]
    said = json.dumps(lines.lines)
    assert re.search(f"quizz|{slug}|no-such|127", said, re.IGNORECASE) is None


def test_answer_says_how_long_it_took(starter, client, lines):
    client.get("/contact/")
    (line,) = [line for line in lines.lines if line["message"] == "Answered"]
    assert isinstance(line["ms"], int)
    assert 0 <= line["ms"] < 60_000


def test_files_and_a_well_health_page_leave_no_line(starter, client, rf, lines):
    assert client.get("/healthz").status_code == 200
    logged_by(says_so, rf, lines)  # as a file, it is answered before a view is looked for
    assert lines.answered() == []


def test_fault_is_one_line_with_its_place_beside_the_answer(starter, client, lines, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("practice_site.health.facts", lambda: 1 / 0)
    response = client.get("/healthz")
    broke, answered = lines.lines
    assert (broke["message"], broke["exception"]) == ("A page broke", "ZeroDivisionError")
    assert (answered["message"], answered["status"]) == ("Answered", 500)
    assert broke["request"] == answered["request"] == response.headers["X-Request-ID"]
    assert broke["request"] in response.content.decode()
