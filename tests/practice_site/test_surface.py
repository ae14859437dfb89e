"""Who takes what people write: the public side, and staff only where there is no other."""

from http import HTTPStatus

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from intake.models import ContactRequest
from practice_site.management.commands.prepare import Command as Prepare

STAFF = {"SURFACE": "staff", "STAFF_URL": "https://staff.example"}
SITE = "https://practice.example"
FORMS = ["/contact/", "/request/", "/contact/about/couples/", "/contact/sent/secret/"]


@pytest.fixture
def side(settings, starter):
    """`side(...)` is a browser at a process with these settings."""

    def at(**values: str) -> Client:
        for name, value in {"SITE_URL": SITE, **values}.items():
            setattr(settings, name, value)
        settings.SECURE_SSL_REDIRECT = False
        settings.ALLOWED_HOSTS = ["*"]
        return Client()

    return at


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_forms_are_at_the_site_s_own_address(side, path, method):
    response = getattr(side(**STAFF), method)(path)
    assert (response.status_code, response.headers["Location"]) == (302, f"{SITE}{path}")


@pytest.mark.parametrize("path", ["/", "/fees/", "/therapists/", "/fit/", "/healthz"])
def test_staff_see_the_pages(side, path):
    assert side(**STAFF).get(path).status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    "values",
    [{"SURFACE": "all", "STAFF_URL": "https://staff.example"}, {**STAFF, "STAFF_URL": SITE}],
)
def test_forms_are_here_where_there_is_no_other_side(side, values):
    assert side(**values).get("/contact/").status_code == HTTPStatus.OK
    assert ContactRequest.objects.count() == 0


def test_no_worker_runs_where_the_internet_is_served_alone(settings):
    settings.SURFACE = "public"
    with pytest.raises(CommandError, match="It runs where that is staff or all") as caught:
        call_command("work", "--once")
    assert caught.value.returncode == 3  # nobody starts it again


def test_no_keys_are_made_there(settings):
    settings.SURFACE = "public"
    with pytest.raises(CommandError) as caught:
        Prepare().make_keys()
    assert str(caught.value) == (
        "This machine only takes requests, so no keys are made here. Set SECRET_KEY, "
        "INTAKE_PUBLIC_KEYS, INTAKE_EVENT_KEY and INTAKE_THROTTLE_KEY."
    )
