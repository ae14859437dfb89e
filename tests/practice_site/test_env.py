import base64
from pathlib import Path

import pytest

from practice_site.env import SettingError, read

BASE = Path("/srv/site")
KEY = base64.urlsafe_b64encode(b"k" * 32).decode().rstrip("=")


def refusal(**variables: str) -> str:
    with pytest.raises(SettingError) as caught:
        read(variables, BASE).key("INTAKE_EVENT_KEY")
    return str(caught.value)


def test_defaults_are_a_local_site_on_sqlite():
    env = read({}, BASE)
    assert (env.site_url, env.staff_url, env.surface) == (
        "http://localhost:8000",
        "http://localhost:8000",
        "all",
    )
    assert (env.local, env.https, env.web_workers) == (True, False, 2)
    assert env.database["NAME"] == "/srv/site/var/site.sqlite3"


def test_port_moves_the_local_address():
    assert read({"PORT": "9001"}, BASE).site_url == "http://localhost:9001"


@pytest.mark.parametrize(
    ("bind", "addresses"),
    [
        ("", ["127.0.0.1:8000"]),
        ("127.0.0.1", ["127.0.0.1:8000"]),
        ("10.0.0.12", ["127.0.0.1:8000", "10.0.0.12:8000"]),
        ("fd00::12", ["127.0.0.1:8000", "[fd00::12]:8000"]),
        ("0.0.0.0", ["0.0.0.0:8000"]),  # noqa: S104  # what a container says
        ("::", ["[::]:8000"]),
    ],
)
def test_web_server_listens_on_loopback_and_where_it_is_told(bind, addresses):
    assert read({"BIND": bind}, BASE).listens_on == addresses


def test_https_address_is_not_local():
    env = read({"SITE_URL": "https://practice.example/"}, BASE)
    assert (env.site_url, env.https, env.local, env.hosts) == (
        "https://practice.example",
        True,
        False,
        ["practice.example"],
    )


def test_staff_address_is_a_host_too():
    env = read({"SITE_URL": "https://a.example", "STAFF_URL": "https://b.example"}, BASE)
    assert env.hosts == ["a.example", "b.example"]


def test_sqlite_is_durable_and_has_one_writer():
    options = read({}, BASE).database["OPTIONS"]
    assert options == {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
        "PRAGMA secure_delete=ON;",
    }


def test_postgresql_socket_goes_to_the_host():
    database = read({"DATABASE_URL": "postgres://u:p@/name?host=/run/postgresql"}, BASE).database
    assert (database["HOST"], database["NAME"], database["OPTIONS"]) == (
        "/run/postgresql",
        "name",
        {"connect_timeout": 5},
    )


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"PORT": "eighty"}, "PORT must be a whole number from 1 to 65535. It is 'eighty'."),
        (
            {"BIND": "everywhere"},
            "BIND must be an address of this machine, such as 10.0.0.12, or 0.0.0.0 for all of "
            "them. It is 'everywhere'.",
        ),
        ({"WEB_WORKERS": "0"}, "WEB_WORKERS must be a whole number from 1 to 64. It is '0'."),
        (
            {"INTAKE_RATE": "-1"},
            "INTAKE_RATE must be a whole number from 0 to 100000. It is '-1'.",
        ),
        ({"SURFACE": "half"}, "SURFACE must be one of all, public, staff. It is 'half'."),
        (
            {"SITE_URL": "practice.example"},
            "SITE_URL must be the address of the site without a path, such as "
            "https://practice.example. It is 'practice.example'.",
        ),
        (
            {"DATABASE_URL": "mysql://u@h/n"},
            "DATABASE_URL must be sqlite:////path/to/file or "
            "postgres://user:password@host:5432/name. Leave it out to use SQLite in DATA_DIR.",
        ),
        (
            {"EMAIL_URL": "mail.example"},
            "EMAIL_URL must look like smtp+tls://user:password@mail.example:587. "
            "Leave it out to write mail to DATA_DIR/mail.",
        ),
        (
            {"INTAKE_EVENT_KEY": "short"},
            "INTAKE_EVENT_KEY must hold 32 bytes in URL-safe base64 (43 characters) for each "
            "key. Restore it from your recovery sheet; do not make a new one for existing "
            "requests.",
        ),
    ],
)
def test_unusable_setting_is_named_with_what_to_do(variables, sentence):
    assert refusal(**variables) == sentence


def test_secret_may_stand_in_a_file(tmp_path):
    (tmp_path / "key").write_text(KEY)
    env = read({"INTAKE_EVENT_KEY_FILE": str(tmp_path / "key")}, BASE)
    assert env.key("INTAKE_EVENT_KEY") == b"k" * 32


def test_secret_file_that_is_absent_is_named(tmp_path):
    sentence = refusal(INTAKE_EVENT_KEY_FILE=str(tmp_path / "none"))
    assert sentence == (
        "INTAKE_EVENT_KEY_FILE names a file that cannot be read (No such file or directory). "
        "Check the path and who may read it."
    )


def test_key_file_of_prepare_is_read_and_the_environment_wins(tmp_path):
    (tmp_path / "keys.env").write_text(f"# keys\nSECRET_KEY=kept\nINTAKE_EVENT_KEY={KEY}\n")
    env = read({"DATA_DIR": str(tmp_path), "SECRET_KEY": "given"}, BASE)
    assert (env.secrets["SECRET_KEY"], env.key("INTAKE_EVENT_KEY")) == ("given", b"k" * 32)


# Where the internet is served alone


def on_public(folder: Path, **variables: str):
    return read({"DATA_DIR": str(folder), "SURFACE": "public", **variables}, BASE)


def test_public_side_reads_no_key_that_opens_or_finds(tmp_path):
    given = {"INTAKE_PRIVATE_KEYS": KEY, "INTAKE_EVENT_KEY": KEY}
    env = on_public(tmp_path, **given, INTAKE_INDEX_KEY_FILE=str(tmp_path / "never read"))
    assert env.secrets == {"INTAKE_EVENT_KEY": KEY}
    assert env.out_of_place == ("INTAKE_PRIVATE_KEYS", "INTAKE_INDEX_KEY_FILE")


def test_public_side_leaves_them_in_the_key_file(tmp_path):
    (tmp_path / "keys.env").write_text(
        f"# The keys\nSECRET_KEY=s\nINTAKE_PRIVATE_KEYS={KEY}\n\nINTAKE_EVENT_KEY = {KEY}"
    )
    env = on_public(tmp_path)
    assert env.secrets == {"SECRET_KEY": "s", "INTAKE_EVENT_KEY": KEY}
    assert env.out_of_place == ("keys.env",)


def test_public_side_as_it_should_be_has_nothing_out_of_place(tmp_path):
    (tmp_path / "keys.env").write_text(f"INTAKE_EVENT_KEY={KEY}\n")
    assert on_public(tmp_path, INTAKE_PRIVATE_KEYS="").out_of_place == ()


@pytest.mark.parametrize("surface", ["all", "staff"])
def test_staff_side_reads_all_of_them(tmp_path, surface):
    (tmp_path / "keys.env").write_text(f"INTAKE_PRIVATE_KEYS={KEY}\n")
    env = on_public(tmp_path, SURFACE=surface, INTAKE_INDEX_KEY=KEY)
    assert env.secrets == {"INTAKE_PRIVATE_KEYS": KEY, "INTAKE_INDEX_KEY": KEY}
    assert env.out_of_place == ()


def test_empty_key_file_holds_nothing(tmp_path):
    (tmp_path / "keys.env").write_text("")
    assert read({"DATA_DIR": str(tmp_path)}, BASE).secrets == {}


def test_several_keys_keep_their_order():
    env = read({"INTAKE_PUBLIC_KEYS": f"{KEY}, {'A' * 43}"}, BASE)
    assert env.key_list("INTAKE_PUBLIC_KEYS") == [b"k" * 32, b"\0" * 32]


RECIPIENT = "age1u2zv2va37vwy40xgf9xrqjqzm3xfv6w74vrq35rnktx49tay8srqw3p5k3"


def test_backups_lie_in_the_data_and_are_for_nobody_yet():
    env = read({}, BASE)
    assert (env.backup_dir, env.backup_recipients) == (Path("/srv/site/var/backups"), ())


def test_recipients_of_backups_are_separated_by_commas():
    env = read({"BACKUP_RECIPIENT": f" {RECIPIENT}, {RECIPIENT},", "BACKUP_DIR": "/mnt/b"}, BASE)
    assert (env.backup_dir, env.backup_recipients) == (Path("/mnt/b"), (RECIPIENT,) * 2)


def test_what_is_no_recipient_is_named():
    assert refusal(BACKUP_RECIPIENT=f"{RECIPIENT},ssh-rsa AAAA").endswith("It has 'ssh-rsa AAAA'.")


def test_a_secret_key_in_place_of_a_recipient_is_not_repeated():
    said = refusal(BACKUP_RECIPIENT="AGE-SECRET-KEY-1QQQ")
    assert said.startswith("BACKUP_RECIPIENT holds a secret key")
    assert "1QQQ" not in said


def test_a_process_elsewhere_reads_no_file_with_the_address_of_the_living_data(tmp_path):
    (tmp_path / "url").write_text("postgres://u:p@live/site")
    env = read({"DATABASE_URL_FILE": str(tmp_path / "url")}, BASE)
    assert env.database["HOST"] == "live"
    there = read(env.elsewhere(Path("/srv/b"), "postgres://u:p@other/drill"), BASE)
    assert there.database["HOST"] == "other"


def test_a_process_elsewhere_has_the_same_keys_and_other_data():
    env = read({"INTAKE_EVENT_KEY": KEY, "PORT": "9001", "DATA_DIR": "/srv/a"}, BASE)
    there = read(env.elsewhere(Path("/srv/b"), "sqlite:////srv/b/c.sqlite3"), BASE)
    assert (there.secrets, there.port) == (env.secrets, 9001)
    assert (there.data_dir, there.database["NAME"]) == (Path("/srv/b"), "/srv/b/c.sqlite3")


def test_slow_query_is_half_a_second_unless_said():
    assert read({}, BASE).slow_query_ms == 500
    assert read({"SLOW_QUERY_MS": "0"}, BASE).slow_query_ms == 0
