"""The one reader of the environment.

`read(os.environ)` turns variables into a frozen `Environment`, or raises `SettingError` with a
sentence that names the variable and says what to put in it. Nothing else in the project looks at
the environment.
"""

import base64
import binascii
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import environ
from environ.fileaware_mapping import FileAwareMapping

from practice_site import key_file

# What `age-keygen` prints as the public key.
RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")
SURFACES = ("all", "public", "staff")
LOOPBACK = "127.0.0.1"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
KEY_FILE_NAME = "keys.env"
KEY_NAMES = (
    "INTAKE_PUBLIC_KEYS",
    "INTAKE_PRIVATE_KEYS",
    "INTAKE_INDEX_KEY",
    "INTAKE_EVENT_KEY",
    "INTAKE_THROTTLE_KEY",
)
SECRET_NAMES = ("SECRET_KEY", *KEY_NAMES)
# What opens or finds what people wrote. Not where the internet is served alone.
STAFF_NAMES = ("INTAKE_PRIVATE_KEYS", "INTAKE_INDEX_KEY")


class SettingError(Exception):
    """A setting is missing or cannot be used. The message says which, and what to do."""


@dataclass(frozen=True)
class Environment:
    """Every setting of the process, read once and checked."""

    base_dir: Path
    data_dir: Path
    bind: str
    port: int
    site_url: str
    staff_url: str
    surface: str
    web_workers: int
    trusted_proxies: int
    log_level: str
    database: dict[str, Any]
    database_url: str
    email: dict[str, Any] | None
    min_fill_seconds: int
    rate: int
    backup_dir: Path
    backup_recipients: tuple[str, ...]
    slow_query_ms: int
    secrets: dict[str, str]
    # Variables, and the key file, that hold keys which this process must not have.
    out_of_place: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def https(self) -> bool:
        return self.site_url.startswith("https://")

    @property
    def local(self) -> bool:
        """True where the site is only for this machine: keys may be made here."""
        return urlsplit(self.site_url).hostname in ("localhost", "127.0.0.1", "::1")

    @property
    def listens_on(self) -> list[str]:
        """Addresses for the web server. Always loopback too: `serve` and the worker ask there."""
        every = ip_address(self.bind).is_unspecified
        hosts = [self.bind] if every else list(dict.fromkeys([LOOPBACK, self.bind]))
        return [f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}" for host in hosts]

    @property
    def staff_host(self) -> str:
        return urlsplit(self.staff_url).hostname or ""

    @property
    def hosts(self) -> list[str]:
        urls = (self.site_url, self.staff_url)
        names = {urlsplit(url).hostname or "" for url in urls}
        return sorted(names | ({"localhost", "127.0.0.1", "[::1]"} if self.local else set()))

    @property
    def key_file(self) -> Path:
        """Where a local site keeps its keys, if it does."""
        return self.data_dir / KEY_FILE_NAME

    def elsewhere(self, data_dir: Path, database_url: str) -> dict[str, str]:
        """The variables of a process that does the same with other data, and makes no backups."""
        other = {"DATA_DIR": str(data_dir), "DATABASE_URL": database_url, "BACKUP_RECIPIENT": ""}
        own = {**self.secrets, **other}
        files = {f"{name}_FILE" for name in own}  # which would be read instead
        kept = {name: text for name, text in self.variables.items() if name not in files}
        return {**kept, **own}

    def replace_in_key_file(self, values: Mapping[str, str]) -> bool:
        """Writes new values of these settings into the key file: all of them or none.

        False, and nothing done, where they are not set there but in the environment.
        """
        kept = _key_file(self.key_file)
        if any(kept.get(name, "") != self.secrets.get(name, "") for name in values):
            return False
        if kept:
            key_file.replace(self.key_file, values)
        return bool(kept)

    def key_list(self, name: str) -> list[bytes]:
        """The 32-byte keys of a comma-separated setting, first one primary."""
        texts = [text for text in self.secrets.get(name, "").split(",") if text.strip()]
        return [_key_bytes(name, text.strip()) for text in texts]

    def key(self, name: str) -> bytes | None:
        keys = self.key_list(name)
        return keys[0] if keys else None


def read(variables: Mapping[str, str], base_dir: Path) -> Environment:
    """All settings of `variables`. Raises SettingError with a sentence a person can act on."""
    env = environ.Env()
    env.ENVIRON = FileAwareMapping(env=dict(variables))
    data_dir = Path(_text(env, "DATA_DIR", str(base_dir / "var"))).resolve()
    port = _number(env, "PORT", 8000, 1, 65535)
    surface = _choice(env, "SURFACE", "all", SURFACES)
    left_out = STAFF_NAMES if surface == "public" else ()
    site_url = _url(env, "SITE_URL", f"http://localhost:{port}")
    environment = Environment(
        base_dir=base_dir,
        data_dir=data_dir,
        bind=_address(env, "BIND", LOOPBACK),
        port=port,
        site_url=site_url,
        staff_url=_url(env, "STAFF_URL", site_url),
        surface=surface,
        web_workers=_number(env, "WEB_WORKERS", 2, 1, 64),
        trusted_proxies=_number(env, "TRUSTED_PROXIES", 0, 0, 10),
        log_level=_choice(env, "LOG_LEVEL", "INFO", LOG_LEVELS),
        database=_database(env, data_dir),
        database_url=_text(env, "DATABASE_URL", f"sqlite:///{data_dir / 'site.sqlite3'}"),
        email=_email(env),
        min_fill_seconds=_number(env, "INTAKE_MIN_FILL_SECONDS", 3, 0, 3600),
        rate=_number(env, "INTAKE_RATE", 20, 0, 100_000),
        backup_dir=Path(_text(env, "BACKUP_DIR", str(data_dir / "backups"))).resolve(),
        backup_recipients=_recipients(env),
        secrets=_secrets(env, data_dir, left_out),
        out_of_place=(*_given(variables, left_out), *_lying_in(data_dir, left_out)),
        variables=variables,
        slow_query_ms=_number(env, "SLOW_QUERY_MS", 500, 0, 600_000),
    )
    for name in KEY_NAMES:
        environment.key_list(name)  # one that cannot be read is said now, by name
    return environment


def _text(env: environ.Env, name: str, default: str) -> str:
    try:
        return str(env.str(name, default=default)).strip() or default
    except OSError as error:
        raise SettingError(
            f"{name}_FILE names a file that cannot be read ({error.strerror}). "
            f"Check the path and who may read it."
        ) from error


def _number(env: environ.Env, name: str, default: int, low: int, high: int) -> int:
    text = _text(env, name, str(default))
    if not text.isdecimal() or not low <= int(text) <= high:
        raise SettingError(f"{name} must be a whole number from {low} to {high}. It is {text!r}.")
    return int(text)


def _choice(env: environ.Env, name: str, default: str, choices: tuple[str, ...]) -> str:
    text = _text(env, name, default)
    if text not in choices:
        raise SettingError(f"{name} must be one of {', '.join(choices)}. It is {text!r}.")
    return text


def _address(env: environ.Env, name: str, default: str) -> str:
    text = _text(env, name, default)
    try:
        return str(ip_address(text))
    except ValueError as error:
        raise SettingError(
            f"{name} must be an address of this machine, such as 10.0.0.12, or 0.0.0.0 for all of "
            f"them. It is {text!r}."
        ) from error


def _url(env: environ.Env, name: str, default: str) -> str:
    text = _text(env, name, default).rstrip("/")
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        raise SettingError(
            f"{name} must be the address of the site without a path, "
            f"such as https://practice.example. It is {text!r}."
        )
    return text


def _database(env: environ.Env, data_dir: Path) -> dict[str, Any]:
    url = _text(env, "DATABASE_URL", f"sqlite:///{data_dir / 'site.sqlite3'}")
    try:
        config = dict(environ.Env.db_url_config(url))
    except (ValueError, TypeError, KeyError) as error:
        raise SettingError(_database_help()) from error
    if config.get("ENGINE") == "django.db.backends.sqlite3":
        return _sqlite(config)
    if config.get("ENGINE") == "django.db.backends.postgresql":
        return _postgresql(config)
    raise SettingError(_database_help())


def _database_help() -> str:
    return (
        "DATABASE_URL must be sqlite:////path/to/file or postgres://user:password@host:5432/name. "
        "Leave it out to use SQLite in DATA_DIR."
    )


def _sqlite(config: dict[str, Any]) -> dict[str, Any]:
    """Acknowledged means stored even if the power goes: FULL, with WAL and one writer at a time."""
    pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas}
    return {**config, "OPTIONS": options}


def _postgresql(config: dict[str, Any]) -> dict[str, Any]:
    options = dict(config.pop("OPTIONS", {}))
    host = options.pop("host", None)  # postgres://user@/name?host=/run/postgresql
    options.setdefault("connect_timeout", 5)
    pooled = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}
    return {**config, **pooled, "HOST": host or config.get("HOST", "")}


def _email(env: environ.Env) -> dict[str, Any] | None:
    url = _text(env, "EMAIL_URL", "")
    if not url:
        return None
    if urlsplit(url).scheme not in ("smtp", "smtp+tls", "smtps", "smtp+ssl"):
        raise SettingError(
            "EMAIL_URL must look like smtp+tls://user:password@mail.example:587. "
            "Leave it out to write mail to DATA_DIR/mail."
        )
    return dict(environ.Env.email_url_config(url))


def start_again_without(names: list[str]) -> NoReturn:
    """The same command in the place of this process, whose memory would keep these for good.

    Only to forget them (`del os.environ[...]`) leaves them where the system put them at the start.
    """
    kept = {name: text for name, text in os.environ.items() if name not in names}
    sys.stderr.flush()
    os.execve(sys.executable, sys.orig_argv, kept)  # noqa: S606  # ourselves, again


def _secrets(env: environ.Env, data_dir: Path, left_out: tuple[str, ...]) -> dict[str, str]:
    """Secrets from the environment (or NAME_FILE), else from the key file that prepare made.

    What is left out is not even read.
    """
    kept = _key_file(data_dir / KEY_FILE_NAME, left_out)
    wanted = [name for name in SECRET_NAMES if name not in left_out]
    found = {name: _text(env, name, kept.get(name, "")) for name in wanted}
    return {name: text for name, text in found.items() if text}


def _recipients(env: environ.Env) -> tuple[str, ...]:
    texts = [text.strip() for text in _text(env, "BACKUP_RECIPIENT", "").split(",")]
    for text in filter(None, texts):
        if text.startswith("AGE-SECRET-KEY-"):
            raise SettingError(
                "BACKUP_RECIPIENT holds a secret key: whoever has it reads every backup. Put the "
                "public key there, and keep this one away from the machine."
            )
        if not RECIPIENT.fullmatch(text):
            raise SettingError(
                "BACKUP_RECIPIENT must be public keys of age, such as age1 and 58 more letters and "
                f"digits, separated by commas. It has {text!r}."
            )
    return tuple(text for text in texts if text)


def _given(variables: Mapping[str, str], names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the variables that give one of these, or name its file."""
    those = [*names, *(f"{name}_FILE" for name in names)]
    return tuple(name for name in those if variables.get(name))


def _lying_in(data_dir: Path, names: tuple[str, ...]) -> Iterator[str]:
    """The key file, where it holds one of these."""
    if names and not _key_file(data_dir / KEY_FILE_NAME, names).keys().isdisjoint(names):
        yield KEY_FILE_NAME


def _key_file(path: Path, left_out: Iterable[str] = ()) -> dict[str, str]:
    try:
        return key_file.read(path, left_out)
    except OSError as error:
        raise SettingError(
            f"{path.name} in DATA_DIR cannot be read ({error.strerror}). "
            "Run as the user who made it."
        ) from error


def _key_bytes(name: str, text: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != 32:
        raise SettingError(
            f"{name} must hold 32 bytes in URL-safe base64 (43 characters) for each key. "
            f"Restore it from your recovery sheet; do not make a new one for existing requests."
        )
    return key
