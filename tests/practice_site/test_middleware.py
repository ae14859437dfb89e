import pytest
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from practice_site.middleware import BodyLimitMiddleware

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
