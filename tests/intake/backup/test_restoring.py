"""What is looked for before anything is written. The whole way is in tests/end_to_end."""

import json
from dataclasses import replace
from datetime import timedelta

import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from intake import erasure_log
from intake.backup import fitness, restoring, unfinished
from intake.backup.fitness import NotRestored
from intake.backup.making import make
from intake.backup.manifest import Manifest
from intake.encryption import keyring
from intake.erasure_log import Line
from intake.models import Erasure, Key


@pytest.fixture
def backup(identity, make_request):
    make_request()
    return make().path


def refusal(backup, identity, *arguments) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("restore", str(backup), "--identity", str(identity), *arguments)
    return str(caught.value)


def test_a_database_with_something_in_it_is_left_alone(backup, identity, make_request):
    request = make_request()
    said = refusal(backup, identity)
    tables = len(connection.introspection.table_names())
    assert said.startswith(
        f"This database is not empty: it has {tables} tables, 2 requests and 0 accounts. Nothing "
        "was changed."
    )
    assert type(request).objects.filter(pk=request.pk).exists()
    assert not unfinished.is_marked()


def test_another_identity_is_said(backup, identity):
    identity.write_text(str(pyrage.x25519.Identity.generate()))
    assert refusal(backup, identity).startswith("This identity does not open this file.")


def test_a_damaged_file_is_said_before_anything_is_written(backup, identity):
    backup.write_bytes(backup.read_bytes()[:-1])
    assert refusal(backup, identity).startswith("This file is damaged, cut off or no backup.")


def test_a_file_that_is_not_there_is_said(identity, tmp_path, practice):
    said = refusal(tmp_path / "none.age", identity)
    assert said == f"{tmp_path / 'none.age'}: No such file or directory."


def test_a_file_with_something_else_in_it_is_said(identity, tmp_path, settings, practice):
    path = tmp_path / "letter.age"
    to = [pyrage.x25519.Recipient.from_str(settings.BACKUP_RECIPIENTS[0])]
    path.write_bytes(pyrage.encrypt(b"Dear Kim\n", to))
    assert refusal(path, identity) == "This file opens, but it is no backup of this software."


# Whether it fits here


@pytest.fixture
def manifest(practice) -> Manifest:
    return Manifest.of_now(timezone.now())


def judged(manifest, **facts) -> str:
    with pytest.raises(NotRestored) as caught:
        fitness.check(replace(manifest, **facts))
    return str(caught.value)


def test_one_of_now_fits(manifest):
    fitness.check(manifest)


def test_one_of_an_older_version_fits(manifest):
    fitness.check(replace(manifest, migrations=manifest.migrations[:-2]))


def test_one_of_a_newer_version_is_refused(manifest):
    newer = [*manifest.migrations, "pages.9999_later"]
    said = judged(manifest, migrations=newer)
    assert said.startswith("This backup was made by a newer version of the software, which knows ")
    assert "pages.9999_later" in said


def test_one_of_another_kind_of_database_is_refused(manifest):
    other = "sqlite" if connection.vendor == "postgresql" else "postgresql"
    said = judged(manifest, database=other)
    assert said.startswith(f"This backup is of {fitness.NAMES[other]}, and DATABASE_URL leads to ")
    assert "manage.py move_data" in said


def test_one_whose_key_is_not_here_is_refused(manifest):
    said = judged(manifest, keys=[*manifest.keys, "77c0ffee77c0ffee"])
    assert "sealed with key 77c0ffee77c0ffee, and its private half is not here." in said


def test_a_machine_without_keys_restores_nothing(manifest, settings):
    settings.SURFACE = "public"
    assert judged(manifest).startswith("Restore where SURFACE is staff or all")


# The newest log of erasures


def erased(make_request) -> None:
    make_request().erase()
    Erasure.objects.write_down()


def test_without_any_log_nothing_is_restored(identity, make_request, settings):
    backup = make().path if make_request() else None
    (settings.BACKUP_DIR / "erasures.log").unlink()
    assert refusal(backup, identity) == restoring.WITHOUT_LOG


def test_a_log_that_is_lost_must_be_said(identity, make_request, settings):
    backup = make().path if make_request() else None
    (settings.BACKUP_DIR / "erasures.log").unlink()
    assert "This database is not empty" in refusal(backup, identity, "--no-erasures")


def test_a_log_older_than_the_backup_is_not_the_newest(identity, make_request, settings):
    erased(make_request)
    erased(make_request)
    backup = make().path
    log = settings.BACKUP_DIR / "erasures.log"
    log.write_text(log.read_text().splitlines()[0] + "\n")
    (settings.DATA_DIR / "erasures.log").unlink()
    assert refusal(backup, identity).startswith(
        "The log of erasures names 1, and this backup already knows of 2: it is not the newest."
    )


def test_logs_of_several_machines_are_read_together(identity, make_request, settings, tmp_path):
    erased(make_request)
    erased(make_request)
    backup = make().path
    first, second = (settings.DATA_DIR / "erasures.log").read_text().splitlines()
    (settings.DATA_DIR / "erasures.log").write_text(f"{first}\n")
    (settings.BACKUP_DIR / "erasures.log").unlink()
    (tmp_path / "other.log").write_text(f"{second}\n")
    said = refusal(backup, identity, "--erasures", str(tmp_path / "other.log"))
    assert "This database is not empty" in said


def test_a_log_that_cannot_be_read_is_said(backup, identity, tmp_path):
    said = refusal(backup, identity, "--erasures", str(tmp_path / "none.log"))
    assert said.endswith("none.log cannot be read (FileNotFoundError).")


# What follows once the rows are there


def finish(manifest, lines=()):
    unfinished.mark()
    return restoring._finish(manifest, list(lines))


def test_the_mark_goes_last_and_only_when_all_is_done(manifest, make_request, identity):
    request = make_request()
    line = Line(str(request.pk), "identity", "2026-11-24T10:00:00+00:00")
    assert finish(manifest, [line]).again == 1
    assert not unfinished.is_marked()
    kept = erasure_log.read(identity.parent / "erasures.log")
    assert kept[0] == line
    assert [each.request for each in kept] == [str(request.pk)] * 2


def test_the_mark_stays_where_an_anchor_is_missing(manifest, identity, make_request):
    with pytest.raises(NotRestored, match="This is not the database that the backup was made of"):
        finish(replace(manifest, anchor="2026-11-29 17 9f3c71d02b5a44e8"))
    assert unfinished.is_marked()


def test_the_mark_stays_where_something_was_not_erased(
    manifest, identity, make_request, monkeypatch
):
    def fails(self, stage):
        raise RuntimeError

    request = make_request()
    monkeypatch.setattr(type(request), "purge_again", fails)
    with pytest.raises(NotRestored, match=r"Not erased again: 1\."):
        finish(manifest, [Line(str(request.pk), "identity", "2026-11-24T10:00:00+00:00")])
    assert unfinished.is_marked()


def test_everyone_signs_in_again(manifest, identity, client):
    client.session["who"] = "ana"
    client.session.save()
    session = type(client.session).get_model_class().objects
    assert session.exists()
    finish(manifest)
    assert not session.exists()


def test_a_backup_from_before_the_last_rotation_goes_on_with_it(manifest, identity, settings):
    ring = keyring().with_new_primary()
    values = ring.as_settings()
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, secrets=values)
    for name in values:
        setattr(settings, name, settings.ENVIRONMENT.key_list(name))
    assert finish(manifest).rotate is True
    assert set(Key.objects.values_list("pk", flat=True)) == {ring.primary, manifest.primary}
    assert finish(manifest).rotate is False


def test_manifest_is_json_in_one_line(manifest):
    assert manifest.line.count(b"\n") == 1
    assert Manifest.read(manifest.line) == manifest
    assert json.loads(manifest.line)["format"] == 1
    later = timezone.now() + timedelta(minutes=1)
    assert manifest.made_at < later.isoformat()
