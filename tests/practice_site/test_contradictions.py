"""Settings that do not go together, each with the sentence that says what to do."""

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from practice_site import checks, contradictions, gunicorn_config
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


def test_what_stops_the_start_is_said_alone(capsys):
    with pytest.raises(SystemExit) as ended:
        contradictions.refuse_all(read(HTTPS, Path("/srv/site")))
    assert (ended.value.code, capsys.readouterr().err) == (3, f"Not started: {CIRCLE}\n")


def test_what_may_be_meant_is_said_and_goes_on(capsys):
    found = read({"SITE_URL": "http://localhost:9000"}, Path("/srv/site"))
    contradictions.refuse_all(found)
    contradictions.say_others(found)
    assert capsys.readouterr().err == f"Look at this: {PORTS}\n"


@pytest.mark.parametrize(("options", "refused"), [([], True), (["--certfile=/c"], False)])
def test_gunicorn_by_itself_refuses_unless_it_speaks_https(monkeypatch, capsys, options, refused):
    """As a unit of systemd starts it, without `serve`."""
    monkeypatch.setattr(gunicorn_config, "ENVIRONMENT", read(HTTPS, Path("/srv/site")))
    config = Config()
    for option in options:
        config.set(*option.removeprefix("--").split("="))
    with pytest.raises(SystemExit) if refused else nullcontext():
        gunicorn_config.on_starting(SimpleNamespace(cfg=config))
    assert (CIRCLE in capsys.readouterr().err) is refused
