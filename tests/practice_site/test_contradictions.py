"""Settings that do not go together, each with the sentence that says what to do."""

from pathlib import Path

import pytest

from practice_site import checks, contradictions, start
from practice_site.env import read

HTTPS = {"SITE_URL": "https://practice.example"}
CIRCLE = (
    "SITE_URL is https and TRUSTED_PROXIES is 0: the site speaks plain http and would send "
    "everyone round in a circle. Set TRUSTED_PROXIES to the number of proxies in front of it, "
    "usually 1, or SITE_URL to http."
)
PORTS = (
    "SITE_URL leads to port 9000 and the site listens on PORT 8000. Leave SITE_URL out, unless "
    "something passes the one on to the other."
)
SCHEMES = (
    "SITE_URL is https and STAFF_URL is http: nobody could sign in. Set both to https, or both to "
    "http."
)


def of(**variables: str) -> list[contradictions.Contradiction]:
    return contradictions.of(read(variables, Path("/srv/site")))


@pytest.mark.parametrize(
    ("variables", "sentence", "stops"),
    [
        (HTTPS, CIRCLE, True),
        ({**HTTPS, "TRUSTED_PROXIES": "1", "STAFF_URL": "http://localhost:1"}, SCHEMES, True),
        ({"SITE_URL": "http://localhost:9000"}, PORTS, False),
    ],
)
def test_contradiction_says_what_to_do(variables, sentence, stops):
    assert of(**variables) == [contradictions.Contradiction(sentence, stops)]


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"PORT": "9000"},
        {"SITE_URL": "http://localhost:9000", "PORT": "9000"},
        {**HTTPS, "TRUSTED_PROXIES": "1"},
        {**HTTPS, "TRUSTED_PROXIES": "1", "STAFF_URL": "https://staff.example"},
        {"SITE_URL": "http://practice.example", "TRUSTED_PROXIES": "1"},
        {"SITE_URL": "http://localhost:9000", "TRUSTED_PROXIES": "1"},
    ],
)
def test_settings_that_go_together(variables):
    assert of(**variables) == []


def test_check_tells_all_of_them(settings):
    variables = {"SITE_URL": "http://localhost:9000", "STAFF_URL": "https://staff.example"}
    settings.ENVIRONMENT = read(variables, Path("/srv/site"))
    assert [message.id for message in checks.settings_go_together()] == [
        "practice_site.E001",
        "practice_site.W001",
    ]


def test_what_stops_the_start_is_said_alone(settings, capsys):
    settings.ENVIRONMENT = read(HTTPS, Path("/srv/site"))
    with pytest.raises(SystemExit) as ended:
        start.refuse_contradictions()
    assert (ended.value.code, capsys.readouterr().err) == (3, f"Not started: {CIRCLE}\n")


def test_what_may_be_meant_is_said_and_goes_on(settings, capsys):
    settings.ENVIRONMENT = read({"SITE_URL": "http://localhost:9000"}, Path("/srv/site"))
    start.refuse_contradictions()
    assert capsys.readouterr().err == f"Look at this: {PORTS}\n"
