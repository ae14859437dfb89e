import sys
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from intake import rotation
from intake.encryption import SealBroken, WrongKey, keyring, to_text
from intake.key_life import life
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
        f"Restart the site, then run `manage.py keys reseal` and `manage.py keys retire {before}`. "
        "Print a new recovery sheet: `manage.py keys sheet`.\n"
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
    with pytest.raises(CommandError, match=f"1 request opens only with key {before}. Restart"):
        run("retire", before, "--yes")
    restart(settings, key_file)
    assert run("reseal") == "Sealed anew: 2 row keys.\n"
    assert ContactRequest.objects.get().message == CANARY


def rotated(key_file, settings) -> str:
    """The key before, retired, and the settings as after a restart."""
    before = keyring().primary
    run("rotate")
    restart(settings, key_file)
    run("retire", before, "--yes")
    return before


def test_a_retired_key_opens_until_it_is_destroyed(key_file, make_request, settings):
    make_request()
    old_private = to_text(next(iter(keyring().private.values())))
    before = rotated(key_file, settings)
    assert f"{before}  retired  made" in run("list")
    assert old_private in key_file.read_text()
    assert run("destroy", before, "--yes").endswith(
        f"Key {before} is destroyed on this machine. Destroy every copy: on other machines, and "
        "the recovery sheets that hold it.\n"
    )
    assert old_private not in key_file.read_text()
    restart(settings, key_file)
    assert before not in keyring().private
    assert (
        run("list").splitlines()[1].endswith("seals 0 identities, 0 messages  not on this machine")
    )
    assert Key.objects.verify(keyring()).state == "primary"
    assert ContactRequest.objects.get().message == CANARY


def test_old_key_file_is_written_over(key_file, practice, settings):
    """Where a disk writes in place, no key is left of it."""
    before = rotated(key_file, settings)
    with key_file.open("rb") as old:
        assert b"INTAKE_PRIVATE_KEYS" in old.read()
        run("destroy", before, "--yes")
        old.seek(0)
        assert set(old.read()) == {0}


def test_destroying_says_first_what_is_lost(key_file, practice, settings):
    before = rotated(key_file, settings)
    key = Key.objects.get(pk=before)
    until = key.retired_at + life()
    assert run("destroy", before, "--yes").startswith(
        f"No request in this database opens only with key {before}: nothing of them is lost.\n"
        f"Backups from before {key.retired_at:%Y-%m-%d} open nowhere any more, and are kept until "
        f"{until:%Y-%m-%d}. Make a new one first. What was purged while it was in use opens "
        "nowhere.\n"
    )


def test_a_key_that_is_in_use_is_not_destroyed(key_file, practice, settings):
    before = keyring().primary
    with pytest.raises(CommandError, match="is the primary"):
        run("destroy", before, "--yes")
    run("rotate")
    restart(settings, key_file)
    with pytest.raises(CommandError, match=f"Key {before} is in use. Run `manage.py keys retire"):
        run("destroy", before, "--yes")


# What would be lost has to be named


@pytest.fixture
def late(key_file, make_request, settings) -> str:
    """The key before, with two requests that only it opens."""
    before = keyring().primary
    run("rotate")
    make_request()
    make_request()
    restart(settings, key_file)
    return before


@pytest.mark.parametrize("named", ["0", "1", "3"])
def test_nothing_is_lost_that_was_not_named(late, named):
    with pytest.raises(CommandError, match=r"2 requests open only|You named . to lose; it is 2\."):
        run("retire", late, "--yes", "--lose", named)
    assert Key.objects.get(pk=late).retired_at is None


def test_what_was_named_is_lost(late, key_file, settings):
    assert f"2 requests open only with key {late}." in run("retire", late, "--yes", "--lose", "2")
    with pytest.raises(CommandError, match="2 requests open only with key"):
        run("destroy", late, "--yes")
    assert "LOST FOR EVER" in run("destroy", late, "--yes", "--lose", "2")
    restart(settings, key_file)
    with pytest.raises(WrongKey):
        _ = ContactRequest.objects.first().message


def test_what_is_lost_is_in_nobodys_way(late, key_file, settings):
    """There is a new key next month all the same."""
    assert run("rotate").startswith("Primary: ")  # goes on first
    ContactRequest.objects.update(words_key=late, sealed_words_key=b"\x01 nothing that opens")
    with pytest.raises(CommandError, match="2 row keys do not open"):
        run("rotate")
    run("retire", late, "--yes", "--lose", "2")
    with pytest.raises(CommandError, match="2 row keys do not open"):
        run("rotate")
    assert Key.objects.filter(is_primary=True).get() != Key.objects.get(pk=keyring().primary)


def test_a_number_that_is_too_high_is_refused_too(key_file, practice, settings):
    before = keyring().primary
    run("rotate")
    restart(settings, key_file)
    with pytest.raises(CommandError, match=r"You named 4 to lose; it is 0\. Nothing was done\."):
        run("retire", before, "--yes", "--lose", "4")


class Terminal(StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("typed", "done"), [("yes", True), ("YES ", True), ("y", False), ("", False)]
)
def test_it_asks_at_a_terminal(key_file, practice, settings, monkeypatch, typed, done):
    before = keyring().primary
    run("rotate")
    restart(settings, key_file)
    monkeypatch.setattr(sys, "stdin", Terminal(f"{typed}\n"))
    if done:
        run("retire", before)
    else:
        with pytest.raises(CommandError, match=r"Nothing was done\."):
            run("retire", before)
    assert (Key.objects.get(pk=before).retired_at is not None) is done


def test_it_does_nothing_where_nobody_can_be_asked(key_file, practice, settings, monkeypatch):
    before = keyring().primary
    run("rotate")
    restart(settings, key_file)
    monkeypatch.setattr(sys, "stdin", StringIO("yes\n"))
    with pytest.raises(CommandError, match="Nobody is there to be asked"):
        run("retire", before)
    assert Key.objects.get(pk=before).retired_at is None


# What can go wrong on the way


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OperationalError("gone"), "The database does not answer. Check DATABASE_URL"),
        (KeyboardInterrupt(), "Stopped. What is done stays done"),
        (OSError(28, "No space left on device"), r"keys\.env cannot be written \(No space left"),
    ],
)
def test_it_is_said_in_a_sentence(key_file, practice, monkeypatch, error, sentence):
    def fail(_):
        raise error

    monkeypatch.setattr(rotation, "reseal", fail)
    with pytest.raises(CommandError, match=sentence):
        run("rotate")


# Counting


def test_check_counts_and_changes_nothing(late):
    assert run("rotate", "--check") == run("list") == run("reseal", "--check")
    assert "seals 2 identities, 2 messages\n" in run("rotate", "--check")
    assert Key.objects.count() == 2
    assert set(ContactRequest.objects.values_list("words_key", flat=True)) == {late}


def test_check_fails_where_something_is_under_a_retired_key(late):
    run("retire", late, "--yes", "--lose", "2")
    with pytest.raises(CommandError, match=f"a key that is retired or missing: {late}") as error:
        run("rotate", "--check")
    assert error.value.returncode == 1


def test_check_fails_where_the_key_is_missing(late, settings):
    settings.INTAKE_PRIVATE_KEYS = settings.INTAKE_PRIVATE_KEYS[:1]
    with pytest.raises(CommandError, match=f"a key that is retired or missing: {late}"):
        run("reseal", "--check")


# Where the internet is served alone


@pytest.mark.parametrize(
    "verb", ["make", "rotate", "reseal", "retire x", "destroy x", "sheet", "read-sheet"]
)
def test_keys_are_changed_on_the_staff_side_only(practice, settings, verb):
    settings.SURFACE = "public"
    with pytest.raises(CommandError, match="where SURFACE is staff or all"):
        run(*verb.split())


def test_primary_is_never_retired(key_file, practice):
    with pytest.raises(CommandError, match="is the primary"):
        run("retire", keyring().primary, "--yes")
    with pytest.raises(CommandError, match="There is no key"):
        run("retire", "0" * 16, "--yes")


def test_process_that_seals_in_that_moment_keeps_the_key(key_file, make_request, monkeypatch):
    before = keyring().primary
    run("rotate")
    monkeypatch.setattr(keys.time, "sleep", lambda _: make_request())
    with pytest.raises(CommandError, match="A process still seals"):
        run("retire", before, "--yes")
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


def test_destroying_says_where_a_key_of_the_environment_stands(make_request, settings):
    """And is done once it does not stand there any more."""
    before = keyring().primary
    values = keyring().with_new_primary()
    Key.objects.announce(values)
    settings.INTAKE_PUBLIC_KEYS = list(values.public.values())
    settings.INTAKE_PRIVATE_KEYS = list(values.private.values())
    run("rotate")
    run("retire", before, "--yes")
    with pytest.raises(CommandError, match="it is number 2 in INTAKE_PRIVATE_KEYS"):
        run("destroy", before, "--yes")
    settings.INTAKE_PUBLIC_KEYS = settings.INTAKE_PUBLIC_KEYS[:1]
    settings.INTAKE_PRIVATE_KEYS = settings.INTAKE_PRIVATE_KEYS[:1]
    assert f"Key {before} is destroyed on this machine." in run("destroy", before, "--yes")


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
    run("retire", before, "--yes")
    run("destroy", before, "--yes")
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
    run("retire", before, "--yes")
    run("destroy", before, "--yes")
    told = [(e.verb, e.facts["key"]) for e in Event.objects.filter(kind="practice").order_by("seq")]
    assert told == [
        ("key_rotated", keyring().primary),
        ("key_retired", before),
        ("key_destroyed", before),
    ]
