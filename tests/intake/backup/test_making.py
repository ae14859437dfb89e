import json
import os
import stat
import sys
from datetime import timedelta
from io import StringIO

import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from intake import erasure_log
from intake.backup import kept, making, unfinished
from intake.backup.making import Nightly, copy_erasures, make
from intake.encryption import keyring
from intake.models import Anchor, Backup, Erasure
from tests.end_to_end.test_full_disk import full, small_disk


def opened(path, identity) -> tuple[dict, bytes]:
    text = identity.read_text().splitlines()[-1]
    content = pyrage.decrypt(path.read_bytes(), [pyrage.x25519.Identity.from_str(text)])
    line, _, body = content.partition(b"\n")
    return json.loads(line), body


def test_a_backup_says_what_it_is(identity, make_request):
    make_request().erase()
    Erasure.objects.write_down()
    anchor = Anchor.objects.drop(timezone.now())
    made = make()
    manifest, body = opened(made.path, identity)
    assert body.startswith(b"PGDMP" if connection.vendor == "postgresql" else b"SQLite format 3")
    migrations = manifest.pop("migrations")
    assert {"intake.0001_initial", "pages.0001_initial", "auth.0001_initial"} < set(migrations)
    assert manifest.pop("made_at")[:10] == f"{timezone.now():%Y-%m-%d}"
    assert manifest == {
        "database": connection.vendor,
        "keys": [keyring().primary],
        "anchor": anchor.short,
        "erasures": Erasure.objects.count(),
        "format": 1,
    }
    assert made.anchor == anchor.short
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert made.path.name.endswith(f"-{keyring().primary}.age")


def test_a_backup_is_noted_and_old_ones_are_removed(identity, practice, settings):
    settings.BACKUP_DIR.mkdir()
    long_ago = timezone.now() - timedelta(days=40)
    (settings.BACKUP_DIR / kept.name_of(long_ago, "9f3c")).touch()
    made = make()
    last = Backup.objects.last_good()
    assert (last.name, last.size) == (made.path.name, made.path.stat().st_size)
    assert (made.removed, [each.path for each in kept.files()]) == (1, [made.path])


def test_the_command_says_where_it_is(identity, practice):
    out = StringIO()
    call_command("backup", stdout=out)
    (file,) = kept.files()
    assert out.getvalue().startswith(f"Backup: {file.path} (")
    assert out.getvalue().endswith(" MB).\nNewest anchor: none yet.\n")


def test_a_new_identity_is_printed_and_nothing_is_made(identity, settings, db):
    out = StringIO()
    call_command("backup", "--new-identity", stdout=out, stderr=StringIO())
    comment, secret = out.getvalue().splitlines()
    public = pyrage.x25519.Identity.from_str(secret).to_public()
    assert comment == f"# public key: {public}"
    assert not settings.BACKUP_DIR.exists()


def refusal() -> str:
    with pytest.raises(CommandError) as caught:
        call_command("backup")
    return str(caught.value)


def test_no_recipient_is_said(identity, practice, settings):
    settings.BACKUP_RECIPIENTS = ()
    assert refusal().startswith("BACKUP_RECIPIENT is not set: nobody could open a backup.")


def test_a_recipient_that_is_none_is_said(identity, practice, settings):
    settings.BACKUP_RECIPIENTS = ("age1" + "q" * 58,)
    assert refusal().startswith("BACKUP_RECIPIENT has age1qqq")


def test_an_unprepared_database_is_said(identity, db):
    assert refusal().startswith("This database is not prepared")


def test_a_database_that_is_away_is_said(identity, practice, monkeypatch):
    def away(self):
        raise OperationalError("connection refused\n  Is the server running?")

    monkeypatch.setattr(unfinished, "is_marked", lambda: away(None))
    assert refusal() == (
        "The database cannot be reached or written (connection refused Is the server running?). "
        "Check DATABASE_URL, that the server runs, and that the disk has room."
    )


def test_a_database_that_is_being_restored_is_not_kept(identity, practice):
    unfinished.mark()
    assert refusal() == unfinished.NOT_SERVED


def test_a_folder_that_cannot_be_made_is_said(identity, practice, settings):
    settings.BACKUP_DIR.write_text("a file in its place")
    assert refusal().startswith(f"The backup could not be written to {settings.BACKUP_DIR} (")


@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk is mounted: run as root")
def test_a_full_disk_is_said_and_nothing_half_is_left(identity, practice, settings, tmp_path):
    with small_disk(tmp_path / "small") as disk:
        settings.BACKUP_DIR = disk
        with full(disk):
            said = refusal()
            assert [path.name for path in disk.iterdir()] == ["filler"]
        assert said == (
            f"The backup could not be written to {disk} (No space left on device, 0 MB are free). "
            "Nothing half is left. Make room there, or set BACKUP_DIR to a folder of a disk that "
            "has some."
        )
        assert make().path.exists()


def test_a_pg_dump_that_fails_leaves_nothing(identity, practice, monkeypatch, tmp_path, settings):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite needs no program")
    (tmp_path / "pg_dump").write_text("#!/bin/sh\necho PGDMP\necho 'disk broke' >&2\nexit 1\n")
    (tmp_path / "pg_dump").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refusal() == "pg_dump ended with status 1: disk broke Nothing half is left."
    assert list(settings.BACKUP_DIR.iterdir()) == []
    (tmp_path / "pg_dump").unlink()
    assert refusal().startswith("pg_dump is not installed. On Debian: apt-get install")


# The log of erasures, beside the backups


def test_the_log_is_beside_the_backups_though_it_is_empty(identity, practice, settings):
    make()
    assert (settings.BACKUP_DIR / "erasures.log").read_bytes() == b""


def test_what_is_erased_later_comes_there_too(identity, make_request, settings):
    make()
    make_request().erase()
    Erasure.objects.write_down()
    assert (copy_erasures(), copy_erasures()) == (1, 0)
    here, there = (
        erasure_log.read(f / "erasures.log") for f in (settings.DATA_DIR, settings.BACKUP_DIR)
    )
    assert there == here != []


@pytest.mark.parametrize("name", ["BACKUP_RECIPIENTS", "SURFACE"])
def test_no_log_is_kept_where_no_backup_is(identity, settings, name, db):
    setattr(settings, name, () if name == "BACKUP_RECIPIENTS" else "public")
    assert (copy_erasures(), settings.BACKUP_DIR.exists()) == (0, False)


# Each night


@pytest.fixture
def begun(monkeypatch):
    """What the worker would start."""
    seen = []

    class Ended:
        def poll(self):
            return 1

    def start(*arguments):
        seen.append(arguments)
        return Ended()

    monkeypatch.setattr(making, "start", start)
    return seen


def test_one_is_begun_each_night_by_one_worker(identity, practice, begun):
    workers = [Nightly(), Nightly()]
    assert [each.begin_when_due() for each in [*workers, *workers]] == [1, 0, 0, 0]
    night = practice.today(timezone.now() - making.AT_NIGHT)
    assert begun == [("backup", "--night", night.isoformat())]


def test_one_that_failed_is_begun_again_after_an_hour(identity, practice, begun):
    nightly = Nightly()
    assert (nightly.begin_when_due(), nightly.begin_when_due()) == (1, 0)
    Backup.objects.update(begun_at=timezone.now() - timedelta(minutes=61))
    assert (nightly.begin_when_due(), len(begun)) == (1, 2)
    call_command(*begun[-1])
    Backup.objects.update(begun_at=timezone.now() - timedelta(minutes=61))
    assert (nightly.begin_when_due(), Backup.objects.count()) == (0, 1)
    assert Backup.objects.get().made_at is not None


def test_without_a_recipient_none_is_begun(identity, practice, begun, settings):
    settings.BACKUP_RECIPIENTS = ()
    assert (Nightly().begin_when_due(), begun) == (0, [])


def test_no_second_one_is_begun_while_one_runs(identity, practice, begun):
    nightly = Nightly()
    nightly.process = making.subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1)
    try:
        assert nightly.begin_when_due() == 0
    finally:
        nightly.process.communicate(b"\n")
    assert nightly.begin_when_due() == 1


def test_what_is_said_of_old_backups_is_forgotten_but_of_the_last(db):
    old = Backup.objects.create(begun_at=timezone.now() - timedelta(days=100))
    old.made("backup-old.age", 1)
    Backup.objects.create(begun_at=timezone.now() - timedelta(days=99))
    Backup.objects.forget(timezone.now() - timedelta(days=70))
    assert list(Backup.objects.all()) == [old]
