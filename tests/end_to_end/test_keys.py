"""Keys are made once, kept private, and held against the database before anything is served."""

import stat

import pytest

from intake.encryption import generate_secrets
from practice_site.env import KEY_NAMES, SECRET_NAMES
from tests.site import RunningSite

pytestmark = pytest.mark.own_database

COMMANDS = ("prepare", "serve")
# Nothing stored depends on it.
REPLACEABLE = ("INTAKE_THROTTLE_KEY",)


@pytest.fixture
def site(make_site):
    """Prepared, with its keys in DATA_DIR and not started."""
    return make_site()


def key_file(site):
    return site.data_dir / "keys.env"


def without_file(site) -> dict[str, str]:
    """The keys of the site, which then lie in the environment alone."""
    lines = key_file(site).read_text().splitlines()[1:]
    key_file(site).unlink()
    return dict(line.split("=", 1) for line in lines)


def refused(site, command: str) -> str:
    """What the command says as it refuses. It serves nothing and makes no keys."""
    said = site.manage(command, check=False)
    assert said.returncode in (1, 3)
    assert (said.stdout, key_file(site).exists(), site.processes()) == ("", False, [])
    assert "Traceback" not in said.stderr
    return said.stderr


def test_made_keys_are_for_their_owner_alone(site):
    assert stat.S_IMODE(key_file(site).stat().st_mode) == 0o600
    assert stat.S_IMODE(site.data_dir.stat().st_mode) == 0o700
    assert tuple(without_file(site)) == SECRET_NAMES


def test_prepare_again_leaves_keys_as_they_are(site):
    before = key_file(site).read_bytes()
    said = site.manage("prepare")
    assert key_file(site).read_bytes() == before
    assert "Keys made" not in said.stdout


@pytest.mark.parametrize("ending", ["\n", ""])
def test_prepare_adds_a_throttle_key_to_a_site_from_before_there_was_one(site, ending):
    """Also where someone edited the file and left no line end."""
    *others, _ = key_file(site).read_text().splitlines()
    before = "\n".join(others) + ending
    key_file(site).write_text(before)
    site.manage("prepare")
    after = key_file(site).read_text()
    assert after.startswith("\n".join(others) + "\nINTAKE_THROTTLE_KEY=")
    assert stat.S_IMODE(key_file(site).stat().st_mode) == 0o600
    site.manage("prepare")
    assert key_file(site).read_text() == after


def test_prepare_does_not_replace_lost_keys(site):
    key_file(site).unlink()
    assert refused(site, "prepare") == (
        "CommandError: The keys of this site are not set, and its database was sealed with some. "
        "Put keys.env back into DATA_DIR, or set the keys. New ones open nothing.\n"
    )


def test_serve_refuses_without_its_keys(site):
    key_file(site).unlink()
    assert refused(site, "serve") == (
        "Not started: SECRET_KEY is not set. Run `manage.py prepare`, or restore it from your "
        "backup.\n"
    )


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", SECRET_NAMES)
def test_missing_key_is_named(site, name, command):
    kept = without_file(site)
    del kept[name]
    site.variables.update(kept)
    said = refused(site, command)
    assert [each for each in SECRET_NAMES if each in said] == [name]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", [name for name in KEY_NAMES if name not in REPLACEABLE])
def test_another_key_is_named(site, name, command):
    site.variables.update({**without_file(site), name: generate_secrets()[name]})
    said = refused(site, command)
    assert [each for each in SECRET_NAMES if each in said] == [name]


def test_another_secret_key_starts(site):
    site.variables.update({**without_file(site), "SECRET_KEY": "another " * 8})
    assert site.start().stop() == 0


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("INTAKE_PUBLIC_KEYS", "A" * 43 + ",A"),
        ("INTAKE_PRIVATE_KEYS", "not a key"),
        ("INTAKE_INDEX_KEY", "é"),
        ("INTAKE_EVENT_KEY", "AAAA"),
    ],
)
def test_malformed_key_is_named(site, name, text):
    site.variables.update({**without_file(site), name: text})
    assert refused(site, "serve") == (
        f"Settings: {name} must hold 32 bytes in URL-safe base64 (43 characters) for each key. "
        "Restore it from your recovery sheet; do not make a new one for existing requests.\n"
    )


def test_live_site_gets_no_keys_by_itself(tmp_path):
    site = RunningSite(tmp_path, SITE_URL="https://practice.example")
    assert refused(site, "prepare") == (
        "CommandError: SECRET_KEY and the INTAKE_ keys are not set. Make them once with "
        "`manage.py keys make`, keep a copy outside this machine, and set them.\n"
    )


def test_key_of_a_file_that_cannot_be_read(site, tmp_path):
    site.variables.update(without_file(site))
    del site.variables["SECRET_KEY"]
    site.variables["SECRET_KEY_FILE"] = str(tmp_path / "nowhere")
    assert refused(site, "serve") == (
        "Settings: SECRET_KEY_FILE names a file that cannot be read (No such file or directory). "
        "Check the path and who may read it.\n"
    )
