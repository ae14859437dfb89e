"""Purging as the worker and the command do it: all that is due, one by one, whoever is killed."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from intake import erasure_log, retention
from intake.models import ContactRequest, Erasure, Event
from tests import postgres
from tests.end_to_end.search import forms_of
from tests.intake.conftest import CANARY
from tests.intake.models.test_theirs import fresh
from tests.intake.test_admin_queue import copies


@pytest.fixture
def own_log(settings, tmp_path) -> Path:
    settings.DATA_DIR = tmp_path
    path: Path = tmp_path / "erasures.log"
    return path


@pytest.fixture
def old(make_request, staff_user, practice):
    """`old(days)`: a request that was closed so many days ago, with notes and a message."""

    def make(days: int) -> ContactRequest:
        request = make_request(insurer=f"{CANARY} insurer", email="canary@example.com")
        request.add_note(staff_user, f"{CANARY} note")
        request.write(staff_user, f"{CANARY} message")
        request.close(staff_user, "became_client")
        now = ContactRequest.objects.get(pk=request.pk)
        with now.recorded(Event.Verb.DATED, None):
            # By the practice's own calendar: a day in which its clocks change is no 24 hours.
            now.closed_at = now.closed_at.astimezone(practice.tz) - timedelta(days=days)
            now._keep_until(now.closed_at)
        return fresh(request)

    return make


def purge(*arguments) -> str:
    out = StringIO()
    call_command("purge", *arguments, stdout=out)
    return out.getvalue()


def left(request) -> str:
    row = fresh(request)
    return "nothing" if row.identity_purged_at else "identity" if row.words_purged_at else "all"


def test_what_is_due_goes_and_the_rest_stays(old, own_log, staff_user):
    rows = {days: old(days) for days in (29, 30, 89, 90)}
    held = old(200)
    held.hold(staff_user, "legal")
    assert purge("--dry-run") == (
        "Due: words of 3, name and number of 1. Held: 1. Nothing was erased.\n"
    )
    assert purge() == "Erased: words of 3, name and number of 1.\n"
    assert {days: left(row) for days, row in rows.items()} == {
        29: "all", 30: "identity", 89: "identity", 90: "nothing",
    }  # fmt: skip
    assert left(held) == "all"
    assert purge() == "Erased: words of 0, name and number of 0.\n"
    stages = [line.stage for line in erasure_log.read(own_log)]
    assert sorted(stages) == ["identity", "words", "words", "words"]


def test_those_without_days_and_holds_that_are_over_are_seen_to_first(old, own_log, staff_user):
    undated, over = old(100), old(100)
    over.hold(staff_user, "safety")
    yesterday = timezone.now().date() - timedelta(days=3)
    ContactRequest.objects.filter(pk=over.pk).update(hold_until=yesterday)
    ContactRequest.objects.filter(pk=undated.pk).update(words_purge_on=None, identity_purge_on=None)
    assert retention.purge().all == 4
    assert (left(undated), left(over)) == ("nothing", "nothing")
    verbs = [event.verb for event in over.events.order_by("seq")]
    assert verbs[-3:] == ["lifted", "words_purged", "identity_purged"]


def test_one_that_fails_stops_no_other(old, own_log, monkeypatch, caplog):
    first, second = old(90), old(90)
    real = ContactRequest.purge

    def fail_once(self, today):
        if self.pk == first.pk:
            raise RuntimeError(CANARY)
        return real(self, today)

    monkeypatch.setattr(ContactRequest, "purge", fail_once)
    with pytest.raises(CommandError, match="Not erased: "):
        purge()
    assert (left(first), left(second)) == ("all", "nothing")
    assert {line.msg for line in caplog.records} == {"A request was not erased"}


def test_the_worker_does_it(old, own_log):
    row = old(90)
    call_command("work", "--once")
    assert left(row) == "nothing"
    assert [line.request for line in erasure_log.read(own_log)] == [str(row.pk)] * 2


def test_counts_are_the_same_after_it(old, own_log):
    for days in (10, 50, 100):
        old(days)
    counted = ("kind", "status", "outcome", "seeking_for", "origin", "received_at", "closed_at")
    before = list(ContactRequest.objects.real().order_by("pk").values_list(*counted))
    retention.purge()
    assert list(ContactRequest.objects.real().order_by("pk").values_list(*counted)) == before
    assert len(before) == 3


# A backup brought it back


def test_replay_erases_what_a_backup_brought_back(old, own_log, make_request, practice):
    words, everything, open_one = old(1), old(1), make_request()
    log = [
        erasure_log.Line(str(words.pk), "words", "2026-11-24T10:00:00+00:00"),
        erasure_log.Line(str(everything.pk), "words", "2026-11-24T10:00:00+00:00"),
        erasure_log.Line(str(everything.pk), "identity", "2026-11-24T10:00:00+00:00"),
        erasure_log.Line("8b1c1c3a-64f0-4cf3-a6f3-6f5f1f0a1b2c", "identity", "before the backup"),
        erasure_log.Line("no number", "identity", "2026-11-24T10:00:00+00:00"),
        erasure_log.Line(str(open_one.pk), "more than all", "2026-11-24T10:00:00+00:00"),
    ]
    newest = own_log.with_name("newest.log")
    erasure_log.append(newest, log)
    assert purge("--replay", str(newest)) == (
        "Read: 6 erasures.\nErased: words of 1, name and number of 1.\n"
    )
    assert (left(words), left(everything), left(open_one)) == ("identity", "nothing", "all")
    assert Event.verify(everything.pk) == Event.verify(words.pk) == []
    assert "words of 0, name and number of 0" in purge("--replay", str(newest))


def test_replay_without_a_log_says_so(practice, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        purge("--replay", str(tmp_path / "none.log"))


# Killed in the middle

RUN = """
import os, time
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
from django.conf import settings
settings.DATABASES["default"]["NAME"] = os.environ["TEST_NAME"]
from pathlib import Path
settings.DATA_DIR = Path(os.environ["TEST_DATA_DIR"])
import django
django.setup()
from intake.models import ContactRequest, Erasure
save = ContactRequest.save
def slowly(self, *args, **kwargs):
    save(self, *args, **kwargs)
    time.sleep(0.05)  # between the row and its event
ContactRequest.save = slowly
from django.core.management import call_command
call_command("purge")
"""


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_leaves_nothing_half_done(old, own_log):
    rows = [old(90) for _ in range(12)]
    purging = subprocess.Popen(
        [sys.executable, "-c", RUN],
        env={
            **os.environ,
            "TEST_NAME": str(connection.settings_dict["NAME"]),
            "TEST_DATA_DIR": str(own_log.parent),
        },
    )
    until = time.monotonic() + 60
    while Erasure.objects.count() < 5 and time.monotonic() < until:
        time.sleep(0.005)
    purging.send_signal(signal.SIGKILL)
    assert purging.wait(10) == -signal.SIGKILL

    states = [left(row) for row in rows]
    assert 0 < states.count("nothing") < 12
    assert set(states) <= {"nothing", "all", "identity"}
    assert [said for row in rows for said in Event.verify(row.pk)] == []
    for row in rows:
        told = [e.verb for e in row.events.all() if e.verb.endswith("_purged")]
        noted = Erasure.objects.filter(request=row.pk).count()
        assert len(told) == noted == {"all": 0, "identity": 1, "nothing": 2}[left(row)]

    purge()
    assert [left(row) for row in rows] == ["nothing"] * 12
    assert [said for row in rows for said in Event.verify(row.pk)] == []
    lines = {(line.request, line.stage) for line in erasure_log.read(own_log)}
    assert lines == {(str(row.pk), stage) for row in rows for stage in ("words", "identity")}


# Nothing is left on the disk that opens


def everything_on_the_disk() -> bytes:
    """SQLite's file and its log; of PostgreSQL a logical dump."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        files = [Path(name), Path(f"{name}-wal")]
        return b"".join(path.read_bytes() for path in files if path.exists())
    given = connection.settings_dict
    dump = subprocess.run(
        [postgres.binaries() / "pg_dump", "-h", given["HOST"], "-U", given["USER"], name],
        capture_output=True, check=True,
    )  # fmt: skip
    return dump.stdout


def sealed_bytes(row) -> list[bytes]:
    """Every ciphertext of a request, and its sealed keys."""
    row = fresh(row)
    columns = [row.ciphertext(name) for name in ContactRequest.sealed_columns()]
    notes = [note.ciphertext("text") for note in row.notes.all()]
    messages = [message.ciphertext("for_staff") for message in row.messages.all()]
    sealed = [each.content for each in [*columns, *notes, *messages] if each]
    return [*sealed, row.sealed_identity_key, row.sealed_words_key, row.phone_index or b"none"]


def hits(those: list[bytes], content: bytes) -> int:
    """As bytes and as hex, any part of 24 bytes that is not the first."""
    found = content.lower()
    return sum(
        each[8:32] in content or each[8:32].hex().encode() in found for each in those if each
    )


@pytest.mark.django_db(transaction=True)
def test_purged_ciphertext_is_nowhere_on_the_disk(old, own_log, make_request):
    for _ in range(5):
        make_request(message="Stays " * 200)
    gone = [old(90) for _ in range(10)]
    for _ in range(5):
        make_request(message="Stays too")
    for row in gone:
        row.fill_indexes()
    those = [sealed for row in gone for sealed in sealed_bytes(row)]
    retention.leave_no_copy()
    assert hits(those, everything_on_the_disk()) == len(those) == 12 * len(gone)
    retention.purge()
    content = everything_on_the_disk()
    assert hits(those, content) == 0
    assert [form for form in forms_of(CANARY).values() if form in content] == []
    kept = [s for row in ContactRequest.objects.open() for s in sealed_bytes(row)[:7]]
    assert hits(kept, content) == len(kept) > 0


@pytest.fixture
def many(make_request):
    copies(make_request(), 300)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


FOUND_BY = {
    "words_due": "request_words_to_purge",
    "identity_due": "request_identity_to_purge",
    "held_past": "request_on_hold",
}


@pytest.mark.parametrize(("name", "index"), FOUND_BY.items())
def test_what_is_due_is_found_without_reading_them_all(practice, many, name, index):
    assert index in plan_of(getattr(ContactRequest.objects, name)(practice.today()))


def test_what_has_no_day_is_found_without_reading_them_all(many):
    """SQLite takes no index with an "or" in its condition; its sites are small."""
    plan = plan_of(ContactRequest.objects.undated())
    assert ("request_undated" in plan) == (connection.vendor == "postgresql")


def plan_of(rows) -> str:
    return str(rows.explain())
