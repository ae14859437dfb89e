"""Error pages help on: with the database, without it, and where it was never there."""

import re

import pytest
from django.core.exceptions import BadRequest, DisallowedHost
from django.db import OperationalError, connection
from django.test import RequestFactory

from pages.models import Practice, last_known
from practice_site import errors


@pytest.fixture
def request_(rf: RequestFactory):
    request = rf.get("/no-such/page/")
    request.request_id = "K4M-7R2-WF8"
    return request


def refuse(*_: object) -> None:
    raise OperationalError("the server is gone")


def main_of(response) -> str:
    return response.content.decode().split("<main", 1)[1].split("</main>")[0]


def links_of(html: str) -> list[str]:
    return re.findall(r'<a [^>]*href="([^"]*)"', html)


def test_404_offers_ways_on_in_calm_order(starter, request_):
    response = errors.not_found(request_)
    assert response.status_code == 404
    assert links_of(main_of(response)) == [
        "tel:+15035550142",
        "/",
        "/attachment/",
        "/how-therapy-works/",
        "/therapists/",
        "/fees/",
        "/fit/",
        "#directory",
        "/contact/",
        "/help-now/",
    ]
    assert 'id="directory"' in response.content.decode()


def test_404_keeps_its_words(starter, request_):
    words = " ".join(re.sub(r"<[^>]+>", "", main_of(errors.not_found(request_))).split())
    assert "It may have moved. Try the home page, or call (503) 555-0142." in words


def test_404_without_the_database_still_leads_to_people(starter, request_):
    last_known.keep()
    with connection.execute_wrapper(refuse):
        response = errors.not_found(request_)
    expected = ["tel:+15035550142", "/", "/contact/", "/help-now/"]
    assert links_of(main_of(response)) == expected
    assert 'href="tel:988"' in response.content.decode()


def test_404_where_there_never_was_a_database(starter, request_, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    with connection.execute_wrapper(refuse):
        response = errors.not_found(request_)
    assert links_of(main_of(response)) == ["/", "/contact/", "/help-now/"]
    assert "Try the home page, or call our office." in main_of(response)
    assert "In danger: call the emergency number where you are." in response.content.decode()


@pytest.mark.parametrize("away", [False, True], ids=["database", "no database"])
def test_500_says_what_to_say_and_where_to_try_again(starter, request_, away):
    last_known.keep()
    if away:
        with connection.execute_wrapper(refuse):
            response = errors.server_error(request_)
    else:
        response = errors.server_error(request_)
    words = " ".join(re.sub(r"<[^>]+>", "", main_of(response)).split())
    assert response.status_code == 500
    said = "Try again, or call (503) 555-0142 and say K4M-7R2-WF8."
    assert f"It is not your doing. {said}" in words
    assert links_of(main_of(response))[:3] == ["tel:+15035550142", "", "/"]
    assert "Call or text 988 now if:" in words


def test_503_says_when_to_try_again(starter, request_):
    last_known.keep()
    with connection.execute_wrapper(refuse):
        response = errors.database_away(request_, OperationalError("gone"))
    assert response is not None
    assert (response.status_code, response.headers["Retry-After"]) == (503, "60")
    assert links_of(main_of(response))[:3] == ["tel:+15035550142", "", "/"]
    assert errors.database_away(request_, ValueError()) is None


def test_503_where_the_database_goes_after_the_practice_was_read(starter, request_):
    last_known.keep()
    practice = Practice.of(request_)
    with connection.execute_wrapper(refuse):
        response = errors.database_away(request_, OperationalError("gone"))
    assert response is not None
    assert response.status_code == 503
    assert practice.hours_in_words in response.content.decode()


PAGES = {
    400: errors.bad_request,
    403: errors.permission_denied,
    404: errors.not_found,
    500: errors.server_error,
    503: errors.unavailable,
}


@pytest.mark.parametrize(
    ("status", "said"), [(400, True), (403, True), (404, False), (500, True), (503, True)]
)
def test_page_about_a_fault_says_the_id_that_finds_it(starter, request_, status, said):
    """One that is not there is no fault: nobody need look for it."""
    response = PAGES[status](request_)
    assert response.status_code == status
    assert (" and say" in main_of(response), "K4M-7R2-WF8" in main_of(response)) == (said, said)


def test_page_whose_request_has_no_id_says_none(starter, rf):
    words = " ".join(re.sub(r"<[^>]+>", "", main_of(errors.unavailable(rf.get("/")))).split())
    assert "Try again in a few minutes, or call (503) 555-0142." in words


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (DisallowedHost("evil.example"), errors.OTHER_HOST),
        (BadRequest("evil.example"), "It could not be read"),
    ],
)
def test_400_says_in_the_log_what_to_look_at(starter, request_, caplog, error, said):
    errors.bad_request(request_, error)
    (record,) = caplog.records
    assert (record.msg, record.args, record.exc_info[1]) == (said, (), error)
