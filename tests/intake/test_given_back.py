"""Faults that are caused for real: nothing typed is lost to any of them."""

import json
import logging
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction

from intake.models import ContactRequest
from pages.models import last_known
from tests.intake.reading import Reading
from tests.intake.test_views import CALL, WORDS, made, post

ROOT = Path(__file__).resolve().parents[2]
VISIT = """
import json, sys
import django
django.setup()
from django.conf import settings
from django.test import Client
settings.ZEAL_RAISE = False  # to ask again what was not answered is no N+1
client, typed = Client(SERVER_NAME="localhost"), json.load(sys.stdin)
def seen(response):
    return [response.status_code, response.headers["Cache-Control"], response.content.decode()]
print(json.dumps([
    seen(client.get("/contact/")),
    seen(client.post("/contact/", {**typed, "step": "check"})),
    seen(client.post("/contact/", {**typed, "step": "send"})),
    seen(client.get("/contact/sent/" + "A" * 32 + "/")),
]))
"""


class Page:
    def __init__(self, html):
        self.content = html.encode()


@contextmanager
def for_reading_only():
    """The database takes no writes, as after a failover or on a full disk."""
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA query_only = ON")
        yield
        connection.cursor().execute("PRAGMA query_only = OFF")
    else:
        with transaction.atomic():
            connection.cursor().execute("SET LOCAL transaction_read_only = on")
            yield
            transaction.set_rollback(True)


@pytest.fixture(
    params=["postgres://nobody@/none?host=/nowhere", "sqlite:////nowhere/at/all.sqlite3"]
)
def away(request, practice, settings):
    """What a visitor meets while the database cannot be reached."""
    last_known.keep()
    done = subprocess.run(
        [sys.executable, "-c", VISIT],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": request.param,
            "DATA_DIR": str(settings.DATA_DIR),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        },
        input=json.dumps({**CALL, "token": made()}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "canary-words" not in done.stderr
    return json.loads(done.stdout)


def test_with_the_database_away_the_words_come_back(away):
    statuses = [(status, cache) for status, cache, _ in away]
    assert statuses == [(503, "no-store")] * 4
    form, check, send, sent = (Reading(Page(html)) for _, _, html in away)
    for page, step in ((check, "check"), (send, "send")):
        assert page.heading == "Not sent yet"
        assert page.fields["message"] == [WORDS]
        assert page.fields["times_ok"] == ["morning", "evening"]
        assert page.all("words")[0].startswith("canary-words: we argue")
        assert [c["value"] for c in page.controls if c["tag"] == "button"] == [step]
        assert "(503) 555-0142" in page.html
    for page in (form, sent):
        assert page.heading == "Back in a few minutes"
        assert "(503) 555-0142" in page.html


@pytest.mark.django_db
def test_what_could_not_be_stored_may_be_sent_again(client, practice):
    token = made()
    with for_reading_only():
        response = post(client, step="send", token=token)
    page = Reading(response)
    assert response.status_code == 503
    assert (
        "We could not save your request right now. It was not sent. "
        "Your words are below: try again in a few minutes, or call" in page.html
    )
    assert page.fields["token"] == [token]
    assert ContactRequest.objects.count() == 0
    again = client.post("/contact/", {**page.fields, "step": "send"})
    assert again.status_code == 303
    assert ContactRequest.objects.get().message == WORDS.replace("\r\n", "\n")


@pytest.mark.django_db
def test_a_fault_of_ours_gives_the_words_back_and_logs_none(client, practice, settings, caplog):
    settings.INTAKE_EVENT_KEY = None
    with caplog.at_level(logging.ERROR, "intake"):
        response = post(client, step="send")
    page = Reading(response)
    assert [each.msg for each in caplog.records if each.name == "intake.given_back"] == [
        "A page of the intake broke"
    ]
    assert response.status_code == 500
    assert page.heading == "Something broke on our side"
    assert page.fields["message"] == [WORDS]
    assert page.all("code-block") == [response.headers["X-Request-ID"]]
    assert "canary-words" not in caplog.text
    assert ContactRequest.objects.count() == 0


@contextmanager
def gone_once_the_practice_was_read():
    """The database dies midway: one row was read, and what belongs to it is not."""
    read = []

    def run(execute, sql, *rest):
        if read:
            raise OperationalError("the server is gone")
        read.extend([1] * ('FROM "pages_practice"' in sql))
        return execute(sql, *rest)

    with connection.execute_wrapper(run):
        yield


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["check", "send"])
def test_a_database_that_dies_midway_gives_the_words_back(client, practice, step):
    last_known.keep()
    with gone_once_the_practice_was_read():
        response = post(client, step=step, token=made())
    page = Reading(response)
    assert (response.status_code, page.heading) == (503, "Not sent yet")
    assert page.fields["message"] == [WORDS]
    assert "(503) 555-0142" in page.html


@pytest.mark.django_db
def test_a_database_that_dies_midway_gives_the_code_back(client, practice):
    last_known.keep()
    with gone_once_the_practice_was_read():
        response = client.post("/request/", {"code": "7QK4 M2XD"})
    page = Reading(response)
    assert (response.status_code, page.fields["code"]) == (503, ["7QK4 M2XD"])
    assert "(503) 555-0142" in page.html
