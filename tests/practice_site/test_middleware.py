import pytest
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from practice_site.middleware import BodyLimitMiddleware, HttpsMiddleware

LIMIT = 1000


class Unread:
    """A body that says so when somebody reads it."""

    def read(self, *_: int) -> bytes:
        raise AssertionError("The body was read.")

    readline = __iter__ = read


@pytest.fixture
def answer(starter):
    """The status for a POST with these headers, none of whose body may be read."""

    def status(method: str = "POST", path: str = "/contact/", **headers: str) -> int:
        request = RequestFactory().generic(method, path, **headers)
        request.META.update({"CONTENT_LENGTH": "0", **headers, "wsgi.input": Unread()})
        with override_settings(BODY_LIMIT_BYTES=LIMIT, UPLOAD_LIMIT_BYTES=3 * LIMIT):
            return BodyLimitMiddleware(lambda _: HttpResponse())(request).status_code

    return status


@pytest.mark.parametrize(
    ("length", "status"),
    [("0", 200), ("", 200), ("1000", 200), ("1001", 413), ("99999999999999", 413), ("-1", 413)],
)
def test_length_decides_before_anything_is_read(answer, length, status):
    assert answer(CONTENT_LENGTH=length) == status


def test_body_of_unknown_length_is_asked_for_one(answer):
    assert answer(HTTP_TRANSFER_ENCODING="Chunked") == 411


UPLOAD = "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("method", "path", "content_type", "length", "status"),
    [
        ("POST", "/staff/pages/therapist/1/change/", UPLOAD, "3000", 200),
        ("POST", "/staff/pages/therapist/1/change/", UPLOAD, "3001", 413),
        ("POST", "/staff/pages/therapist/1/change/", "application/json", "1001", 413),
        ("PUT", "/staff/pages/therapist/1/change/", UPLOAD, "1001", 413),
        ("POST", "/contact/", UPLOAD, "1001", 413),
        ("POST", "/staffing/", UPLOAD, "1001", 413),
    ],
)
def test_only_forms_of_staff_may_carry_a_picture(
    answer, method, path, content_type, length, status
):
    headers = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": length}
    assert answer(method, path, **headers) == status


@pytest.fixture
def over_https(settings, starter):
    """The status, where it leads to, and what the log says, behind so many proxies."""
    settings.HTTPS = True
    settings.ALLOWED_HOSTS = ["practice.example", "staff.example"]

    def ask(client, proxies: int, path: str = "/fees/?a=b", **headers: str):
        settings.TRUSTED_PROXIES = proxies
        header = ("HTTP_X_FORWARDED_PROTO", "https") if proxies else None
        settings.SECURE_PROXY_SSL_HEADER = header
        response = client.get(path, headers={"Host": "practice.example", **headers})
        return response.status_code, response.headers.get("Location")

    return ask


PROTO = "X-Forwarded-Proto"
FOR = "X-Forwarded-For"


def said(caplog) -> list[str]:
    return [each.msg for each in caplog.records if each.name == "practice_site.middleware"]


@pytest.mark.parametrize("host", ["practice.example", "staff.example"])
def test_who_came_over_http_is_sent_to_https(over_https, client, caplog, host):
    answer = over_https(client, 1, **{PROTO: "http", "Host": host})
    assert answer == (301, f"https://{host}/fees/?a=b")
    assert said(caplog) == []


def test_who_came_over_https_is_answered(over_https, client, caplog):
    assert over_https(client, 1, **{PROTO: "https"}) == (200, None)
    assert said(caplog) == []


@pytest.mark.parametrize("headers", [{}, {PROTO: "https"}, {PROTO: "http"}, {FOR: "192.0.2.7"}])
def test_without_a_trusted_proxy_nobody_goes_in_a_circle(over_https, client, caplog, headers):
    assert over_https(client, 0, **headers) == (503, None)
    assert said(caplog) == [HttpsMiddleware.NO_PROXY]


def test_proxy_that_does_not_say_how_people_came(over_https, client, caplog):
    assert over_https(client, 1, **{FOR: "192.0.2.7"}) == (503, None)
    assert said(caplog) == [HttpsMiddleware.UNSAID]


def test_page_for_the_time_being_has_the_phone_and_every_header(over_https, settings, client):
    settings.TRUSTED_PROXIES = 0
    response = client.get("/fees/", headers={"Host": "practice.example"})
    assert "(503) 555-0142" in response.text
    assert response.headers["X-Request-ID"] in response.text
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Retry-After"):
        assert name in response.headers


def test_health_page_is_asked_from_this_machine(over_https, client):
    assert over_https(client, 0, "/healthz") == (200, None)


def test_redirect_goes_to_no_other_host(over_https, client):
    answer = over_https(client, 1, **{PROTO: "http", "Host": "evil.example"})
    assert answer == (400, None)
