"""The worker: each thing once, and as a process that is stopped, killed and cut off."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from intake.encryption import phone_index
from intake.management.commands import work
from intake.models import ContactRequest, Notice, SentPage
from intake.models.key import Key

# One second, and two for a machine that is busy with the rest of the suite.
STOPS_WITHIN = 3


@pytest.fixture
def waiting(practice, staff_user, make_request):
    """A request with everything that a worker has to do."""
    request = make_request(phone="(503) 555-0186")
    SentPage.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    return request


def test_once_does_each_thing(waiting, mailoutbox):
    call_command("work", "--once")
    assert [each.to for each in mailoutbox] == [["dana@practice.example"]]
    waiting.refresh_from_db()
    assert waiting.phone_index == phone_index("503 555 0186")
    assert waiting.indexed_at is not None
    assert SentPage.objects.count() == 0
    assert Notice.objects.unsent().count() == 0


def test_wrong_key_refuses_with_status_3_and_a_sentence(waiting, settings, mailoutbox):
    settings.INTAKE_EVENT_KEY = b"x" * 32
    with pytest.raises(CommandError) as refused:
        call_command("work", "--once")
    assert refused.value.returncode == 3
    assert str(refused.value).startswith("INTAKE_EVENT_KEY is not the key this database")
    assert mailoutbox == []


def test_a_task_that_fails_waits_longer_each_time_and_stops_no_other(caplog):
    def fail():
        raise OperationalError("the database is away")

    task, other = work.Task("Failing", fail, 1.0), work.Task("Other", lambda: 1, 1.0)
    due = []
    for _ in range(6):
        assert task.attempt(task.due) is False
        due.append(task.wait)
        assert other.attempt(other.due) is True
    assert due == [2, 4, 8, 16, 30, 30]
    line = caplog.records[0]
    assert (line.msg, line.facts) == ("A task failed", {"task": "Failing", "again_in_seconds": 2})


def test_a_task_is_not_run_before_it_is_due():
    runs = iter(range(1, 9))
    task = work.Task("Hourly", lambda: next(runs), 3600)
    assert [task.attempt(0), task.attempt(3599), task.attempt(3600)] == [True, False, True]
    assert next(runs) == 3


def test_a_request_that_does_not_open_is_left_and_the_others_are_indexed(
    practice, make_request, caplog
):
    broken, whole = make_request(), make_request()
    ContactRequest.objects.filter(pk=broken.pk).update(sealed_identity_key=b"\x01" + b"x" * 80)
    indexes = work.Indexes()
    assert [indexes.fill(), indexes.fill()] == [1, 0]
    assert ContactRequest.objects.exclude(indexed_at=None).get() == whole
    assert [line.msg for line in caplog.records] == ["A request does not open"]  # said once


class Worker:
    """A `manage.py work` of its own, on the test database."""

    def __init__(self, **variables):
        out = subprocess.PIPE
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN], env={**os.environ, **variables}, stderr=out, text=True
        )

    def stop(self, number):
        self.process.send_signal(number)
        started = time.monotonic()
        self.process.wait(10)
        return self.process.returncode, time.monotonic() - started


# The suite's settings, pointed at the test database that stands already.
RUN = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
from django.conf import settings
settings.DATABASES["default"]["NAME"] = os.environ["TEST_NAME"]
settings.EMAIL_BACKEND = os.environ["TEST_MAIL"]
settings.EMAIL_FILE_PATH = os.environ["TEST_MAIL_DIR"]
settings.INTAKE_EVENT_KEY = bytes.fromhex(os.environ["TEST_EVENT_KEY"])
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "work"])
"""


@pytest.fixture
def start(settings, tmp_path):
    started = []

    def run(**variables):
        worker = Worker(
            **{
                "TEST_NAME": str(connection.settings_dict["NAME"]),
                "TEST_MAIL": "django.core.mail.backends.filebased.EmailBackend",
                "TEST_MAIL_DIR": str(tmp_path),
                "TEST_EVENT_KEY": settings.INTAKE_EVENT_KEY.hex(),
                **variables,
            }
        )
        started.append(worker)
        return worker

    yield run
    for worker in started:
        if worker.process.poll() is None:
            worker.process.kill()
        worker.process.communicate()


def wait_for(condition, seconds=20):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.1)


def mails(folder):
    return [path.read_text() for path in sorted(folder.iterdir())]


@pytest.mark.django_db(transaction=True)
def test_worker_sends_and_stops_within_a_second(waiting, start, tmp_path):
    worker = start()
    wait_for(lambda: not Notice.objects.unsent().exists())
    status, seconds = worker.stop(signal.SIGTERM)
    assert (status, seconds < STOPS_WITHIN) == (0, True)
    (text,) = mails(tmp_path)
    assert Notice.objects.get().message_id in text


@pytest.mark.django_db(transaction=True)
def test_worker_killed_in_the_middle_sends_it_all_the_same(waiting, start, tmp_path):
    """One that hangs in its first mail is killed; the next one sends when the lease is over."""
    worker = start(TEST_MAIL="tests.intake.test_work.Hanging")
    wait_for(lambda: Notice.objects.exclude(lease=None).exists())
    assert worker.stop(signal.SIGKILL)[0] == -signal.SIGKILL
    taken = Notice.objects.get()
    assert (taken.sent_at, taken.attempts) == (None, 1)
    Notice.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    start()
    wait_for(lambda: not Notice.objects.unsent().exists())
    (text,) = mails(tmp_path)
    assert taken.message_id in text


@pytest.mark.django_db(transaction=True)
def test_worker_that_hangs_in_a_mail_stops_within_a_second(waiting, start):
    worker = start(TEST_MAIL="tests.intake.test_work.Hanging")
    wait_for(lambda: Notice.objects.exclude(lease=None).exists())
    status, seconds = worker.stop(signal.SIGTERM)
    assert (status, seconds < STOPS_WITHIN) == (0, True)


@pytest.mark.django_db(transaction=True)
def test_worker_with_a_wrong_key_ends_with_status_3(waiting, start):
    worker = start(TEST_EVENT_KEY="78" * 32)
    assert worker.process.wait(20) == 3
    assert "INTAKE_EVENT_KEY is not the key" in worker.process.stderr.read()


@pytest.mark.django_db(transaction=True)
def test_worker_waits_for_a_database_that_is_not_ready(waiting, start):
    """A table is away at the start, as before a migration; the worker goes on once it is there."""
    with connection.schema_editor() as editor:
        editor.alter_db_table(Key, "intake_key", "intake_key_away")
    try:
        worker = start()
        time.sleep(3)
        assert worker.process.poll() is None
        assert Notice.objects.unsent().exists()
    finally:
        with connection.schema_editor() as editor:
            editor.alter_db_table(Key, "intake_key_away", "intake_key")
    wait_for(lambda: not Notice.objects.unsent().exists())
    assert worker.stop(signal.SIGTERM)[0] == 0


class Hanging:
    """A mail server that never answers."""

    def __init__(self, **_):
        pass

    def open(self):
        time.sleep(60)

    def close(self):
        pass
