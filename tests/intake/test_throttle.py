import logging
from datetime import UTC, datetime

import pytest
from django.test import RequestFactory

from intake import throttle
from intake.models import Bucket

PROXY = "10.0.0.9"


def came(remote: str = "203.0.113.77", **headers: str):
    return RequestFactory().get("/contact/", REMOTE_ADDR=remote, **headers)


def key(remote: str = "203.0.113.77", **headers: str) -> bytes | None:
    return throttle.address_key(came(remote, **headers))


def forwarded(text: str) -> bytes | None:
    return key(PROXY, HTTP_X_FORWARDED_FOR=text)


@pytest.fixture(autouse=True)
def unwarned():
    throttle._warned.clear()


@pytest.fixture
def at(monkeypatch):
    """`at(day, hour)` sets the clock."""

    def set_to(day: int, hour: int = 12) -> None:
        moment = datetime(2026, 11, day, hour, tzinfo=UTC)
        monkeypatch.setattr(throttle.timezone, "now", lambda: moment)

    return set_to


def test_a_key_says_nothing_of_its_address():
    assert len(key() or b"") == 16
    assert key() == key() != key("203.0.113.78")


def test_a_key_is_another_on_another_day_and_with_another_secret(at, settings):
    at(24, 0)
    first = key()
    at(24, 23)
    assert key() == first
    at(25, 0)
    assert key() != first
    at(24)
    settings.INTAKE_THROTTLE_KEY = b"o" * 32
    assert key() != first


def test_a_code_is_counted_apart_from_a_send():
    assert throttle.address_key(came(), "code") != key()


def test_an_ipv6_address_counts_by_its_64():
    assert key("2001:db8:1:2::1") == key("2001:db8:1:2:ffff::9") != key("2001:db8:1:3::1")
    assert key("::ffff:203.0.113.77") == key()


@pytest.mark.parametrize(
    ("hops", "text", "seen"),
    [
        (1, "203.0.113.77", "203.0.113.77"),
        (1, "6.6.6.6, 203.0.113.77", "203.0.113.77"),  # what the sender wrote stands left
        (2, "6.6.6.6, 203.0.113.77, 10.0.0.8", "203.0.113.77"),
        (1, " 2001:db8::5 ", "2001:db8::5"),
    ],
)
def test_the_client_stands_as_many_from_the_right_as_there_are_proxies(settings, hops, text, seen):
    settings.TRUSTED_PROXIES = hops
    found = forwarded(text)
    settings.TRUSTED_PROXIES = 0
    assert found == key(seen)


@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED"])
def test_a_forwarded_header_without_proxies_limits_nobody_and_is_said_once(header, caplog):
    with caplog.at_level(logging.WARNING, "intake.throttle"):
        keys = [key(**{header: "203.0.113.77"}) for _ in range(3)]
    assert keys == [None] * 3
    assert [record.getMessage() for record in caplog.records] == [
        "A forwarded header came and TRUSTED_PROXIES is 0: nobody is limited"
    ]


@pytest.mark.parametrize("text", ["", "203.0.113.77", "203.0.113.77,"])
def test_fewer_addresses_than_proxies_limit_nobody(settings, text, caplog):
    settings.TRUSTED_PROXIES = 2 if text != "203.0.113.77," else 1
    assert forwarded(text) is None
    assert ["203.0.113" in record.getMessage() for record in caplog.records] == [False]


@pytest.mark.parametrize("remote", ["", "unix", "203.0.113.77:80"])
def test_what_is_no_address_limits_nobody(remote):
    assert key(remote) is None


def test_wrong_codes_are_counted_an_hour_and_address(db, at):
    at(24, 12)
    assert [throttle.receipts(came()) for _ in range(31)] == [True] * 30 + [False]
    assert throttle.receipts(came("203.0.113.78"))
    at(24, 13)
    assert throttle.receipts(came())


def test_codes_from_nowhere_are_not_counted(db):
    assert throttle.receipts(came(HTTP_X_FORWARDED_FOR="203.0.113.77"))
    assert Bucket.objects.count() == 0
