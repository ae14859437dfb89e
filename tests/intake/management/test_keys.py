from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from intake.encryption import SealBroken, WrongKey, keyring, to_text
from intake.management.commands import keys
from intake.models import ContactRequest, Event, Key
from intake.rotation import PURPOSES
from tests.intake.conftest import CANARY


def output() -> str:
    out = StringIO()
    call_command("keys", "list", stdout=out)
    return out.getvalue()


def test_keys_list_shows_each_key_and_what_it_seals(make_request):
    make_request()
    make_request()
    key = Key.objects.get()
    assert output() == (
        f"{key}  primary  made {key.created_at:%Y-%m-%d}  seals 2 identities, 2 messages\nKeys: 1\n"
    )


def test_keys_list_on_an_empty_table(db):
    assert output() == "Keys: 0\n"


def test_keys_knows_no_other_verb(db):
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("keys", "burn")


# Rotating, on a local site: its keys stand in the key file


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(keys, "A_SEND", 0)


@pytest.fixture
def key_file(settings, tmp_path):
    """The keys of this site in a file, and settings that were read from it."""
    path = tmp_path / "keys.env"
    ring = keyring()
    values = {**ring.as_settings(), "SECRET_KEY": "s", "INTAKE_INDEX_KEY": "untouched"}
    path.write_text("\n".join(["# The keys.", *(f"{n}={v}" for n, v in values.items()), ""]))
    settings.ENVIRONMENT = replace(
        settings.ENVIRONMENT, data_dir=tmp_path, secrets={**settings.ENVIRONMENT.secrets, **values}
    )
    return path


def restart(settings, path):
    """As the next process reads the file."""
    kept = dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
    settings.ENVIRONMENT = replace(
        settings.ENVIRONMENT, secrets={**settings.ENVIRONMENT.secrets, **kept}
    )
    for name in ("INTAKE_PUBLIC_KEYS", "INTAKE_PRIVATE_KEYS"):
        setattr(settings, name, settings.ENVIRONMENT.key_list(name))


def run(*arguments) -> str:
    out = StringIO()
    call_command("keys", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_rotate_makes_a_key_and_seals_everything_to_it(key_file, make_request, settings):
    before = keyring().primary
    requests = [make_request() for _ in range(3)]
    said = run("rotate")
    new = Key.objects.get(is_primary=True).pk
    assert said == (
        f"New key {new}, in keys.env.\nPrimary: {new}.\nSealed anew: 6 row keys.\n"
        f"Restart the site, then run `manage.py keys reseal` and `manage.py keys retire {before}`."
        "\n"
    )
    restart(settings, key_file)
    assert keyring().primary == new != before
    assert Key.objects.verify(keyring()).pk == new
    for request in requests:
        row = ContactRequest.objects.get(pk=request.pk)
        assert (row.identity_key_id, row.words_key_id, row.message) == (new, new, CANARY)
        assert Event.verify(row.pk) == []
    assert "INTAKE_INDEX_KEY=untouched" in key_file.read_text()
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert run("rotate").startswith("New key ")


def test_what_an_old_process_sealed_meanwhile_is_sealed_anew(key_file, make_request, settings):
    before = keyring().primary
    run("rotate")
    late = make_request()  # these settings are as old as a process that was not restarted
    assert late.words_key_id == before
    with pytest.raises(CommandError, match="still seals 2 row keys"):
        run("retire", before)
    restart(settings, key_file)
    assert run("reseal") == "Sealed anew: 2 row keys.\n"
    assert ContactRequest.objects.get().message == CANARY


def test_retire_takes_it_out_of_the_file_and_says_to_destroy_it(key_file, make_request, settings):
    before = keyring().primary
    make_request()
    run("rotate")
    restart(settings, key_file)
    old_private = to_text(keyring().private[before])
    assert old_private in key_file.read_text()
    assert run("retire", before).startswith(f"Key {before} is retired. Destroy its private half")
    assert old_private not in key_file.read_text()
    restart(settings, key_file)
    assert before not in keyring().private
    assert Key.objects.verify(keyring()).state == "primary"
    assert f"{before}  retired  made" in run("list")
    assert ContactRequest.objects.get().message == CANARY


def test_primary_is_never_retired(key_file, practice):
    with pytest.raises(CommandError, match="is the primary"):
        run("retire", keyring().primary)
    with pytest.raises(CommandError, match="There is no key"):
        run("retire", "0" * 16)


def test_process_that_seals_in_that_moment_keeps_the_key(key_file, make_request, monkeypatch):
    before = keyring().primary
    run("rotate")
    monkeypatch.setattr(keys.time, "sleep", lambda _: make_request())
    with pytest.raises(CommandError, match="A process still seals"):
        run("retire", before)
    assert Key.objects.get(pk=before).retired_at is None


def test_process_that_begins_with_a_retired_key_takes_nothing(key_file, practice, client, settings):
    before = keyring().primary
    run("rotate")
    Key.objects.get(pk=before).retire()
    with pytest.raises(WrongKey, match=f"Key {before} is retired"):
        Key.objects.refuse_retired(keyring())
    assert client.get("/contact/").status_code == 500
    restart(settings, key_file)
    assert client.get("/contact/").status_code == 200


# Rotating where the keys are set elsewhere: two steps


def test_rotate_prints_what_to_set_and_goes_on_after_the_restart(make_request, settings):
    before = keyring().primary
    make_request()
    said = run("rotate")
    values = dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
    assert list(values) == ["INTAKE_PUBLIC_KEYS", "INTAKE_PRIVATE_KEYS"]
    assert Key.objects.get(is_primary=True).pk == before
    assert Key.objects.verify(keyring()).pk == before  # nothing is set yet, all goes on
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, secrets=values)
    for name in values:
        setattr(settings, name, settings.ENVIRONMENT.key_list(name))
    new = keyring().primary
    assert Key.objects.verify(keyring()).pk == new  # a restart before the second step works too
    assert run("rotate").startswith(f"Primary: {new}.\nSealed anew: 2 row keys.\n")
    assert ContactRequest.objects.get().message == CANARY


def test_a_key_that_is_absent_leaves_its_rows_and_says_so(key_file, make_request, settings):
    make_request()
    run("rotate")
    late = make_request()
    restart(settings, key_file)
    settings.INTAKE_PRIVATE_KEYS = settings.INTAKE_PRIVATE_KEYS[:1]
    with pytest.raises(CommandError, match="2 row keys do not open on this machine"):
        run("reseal")
    assert Key.objects.verify(keyring()).is_primary
    with pytest.raises(WrongKey):
        _ = ContactRequest.objects.get(pk=late.pk).message


# Done when: nothing that was purged opens


def test_after_the_old_key_nothing_purged_opens_anywhere(key_file, make_request, settings):
    """As someone would try who kept a copy of the database from before the purge."""
    before = keyring().primary
    copy = make_request()
    kept = {p: (getattr(copy, f"{p}_key_id"), getattr(copy, f"sealed_{p}_key")) for p in PURPOSES}
    old = keyring()
    ContactRequest.objects.get().erase()
    run("rotate")
    restart(settings, key_file)
    run("retire", before)
    restart(settings, key_file)
    with pytest.raises(WrongKey):
        _ = copy.message
    for purpose, (key_id, sealed) in kept.items():
        place = ("intake_contactrequest", str(copy.pk), purpose)
        assert old.open_row_key(key_id, sealed, *place)
        with pytest.raises(WrongKey):
            keyring().open_row_key(key_id, sealed, *place)
        with pytest.raises(SealBroken):
            keyring().open_row_key(keyring().primary, sealed, *place)


def test_the_practice_s_history_tells_of_it(key_file, practice, settings):
    before = keyring().primary
    run("rotate")
    restart(settings, key_file)
    run("retire", before)
    told = [(e.verb, e.facts["key"]) for e in Event.objects.filter(kind="practice").order_by("seq")]
    assert told == [("key_rotated", keyring().primary), ("key_retired", before)]
