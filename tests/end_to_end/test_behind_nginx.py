"""The whole site behind nginx as `deploy/` sets it, over TLS."""

import time

import pytest

from tests import proxy as nginx

pytestmark = pytest.mark.own_database

KEPT_SECONDS = 2.1


@pytest.fixture
def behind(make_site, tmp_path):
    """A live site and nginx in front of it."""
    try:
        nginx.program()
    except LookupError as error:
        pytest.skip(str(error))
    front = nginx.Proxy(tmp_path / "nginx", [])
    site = make_site(SITE_URL=front.url, TRUSTED_PROXIES="1").start()
    front.ports = [site.port]
    with front:
        yield site, front


def test_a_person_sends_and_what_they_read_stays_when_the_site_goes(behind):
    site, front = behind
    visitor = front.visitor()
    read, sent = visitor.get("/fees/"), visitor.send()
    assert (read.status, sent.status, len(sent.code)) == (200, 200, 24)
    assert read.headers["strict-transport-security"].startswith("max-age=31536000")
    assert visitor.get("/staff/").headers["location"] == "/staff/login/?next=/staff/"
    site.stop()
    time.sleep(KEPT_SECONDS)
    assert visitor.get("/fees/").text == read.text
    assert [visitor.get(path).status for path in ("/contact/", "/staff/")] == [502, 502]
