"""The one reader of the environment.

`read(os.environ)` turns variables into a frozen `Environment`, or raises `SettingError` with a
sentence that names the variable and says what to put in it. Nothing else in the project looks at
the environment.
"""

import base64
import binascii
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from environ.fileaware_mapping import FileAwareMapping

# What `age-keygen` prints as the public key.
RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")
SURFACES = ("all", "public", "staff")
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


class SettingError(Exception):
    """A setting is missing or cannot be used. The message says which, and what to do."""


@dataclass(frozen=True)
class Environment:
    """Every setting of the process, read once and checked."""

    base_dir: Path
    data_dir: Path
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
    secrets: dict[str, str]
    variables: dict[str, str] = field(repr=False)

    @property
    def https(self) -> bool:
        return self.site_url.startswith("https://")

    @property
    def local(self) -> bool:
        """True where the site is only for this machine: keys may be made here."""
        return urlsplit(self.site_url).hostname in ("localhost", "127.0.0.1", "::1")

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
        lines = self.key_file.read_text().splitlines() if kept else []
        if not lines:
            return False
        _write_anew(self.key_file, "\n".join([*(_anew(each, values) for each in lines), ""]))
        return True

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
    site_url = _url(env, "SITE_URL", f"http://localhost:{port}")
    environment = Environment(
        base_dir=base_dir,
        data_dir=data_dir,
        port=port,
        site_url=site_url,
        staff_url=_url(env, "STAFF_URL", site_url),
        surface=_choice(env, "SURFACE", "all", SURFACES),
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
        secrets=_secrets(env, data_dir),
        variables=dict(variables),
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


def _secrets(env: environ.Env, data_dir: Path) -> dict[str, str]:
    """Secrets from the environment (or NAME_FILE), else from the key file that prepare made."""
    kept = _key_file(data_dir / KEY_FILE_NAME)
    found = {name: _text(env, name, kept.get(name, "")) for name in SECRET_NAMES}
    return {name: text for name, text in found.items() if text}


def _key_file(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        raise SettingError(
            f"{path.name} in DATA_DIR cannot be read ({error.strerror}). "
            "Run as the user who made it."
        ) from error
    pairs = [line.split("=", 1) for line in lines if "=" in line and not line.startswith("#")]
    return {name.strip(): text.strip() for name, text in pairs}


def _anew(line: str, values: Mapping[str, str]) -> str:
    """A line of the key file, with its new value if it has one."""
    name = line.split("=", 1)[0].strip()
    return f"{name}={values[name]}" if name in values else line


def _write_anew(path: Path, text: str) -> None:
    """On the disk before it takes the place of the file that was there."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(handle)
    new.replace(path)


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
