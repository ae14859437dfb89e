"""Whether a backup can be restored here and now: asked before anything is written."""

from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from intake.backup import unfinished
from intake.backup.manifest import Manifest
from intake.encryption import keyring
from intake.models import ContactRequest

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
ACCOUNTS = "auth_user"
# Without what PostgreSQL does there by itself.
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL
"""


class NotRestored(Exception):  # noqa: N818  # a sentence, not a kind of error
    """Nothing is served from here. The message says why, and what to do."""


def check(manifest: Manifest) -> None:
    """Raises NotRestored."""
    if settings.SURFACE == "public":
        raise NotRestored(
            "Restore where SURFACE is staff or all: this machine has no keys to read."
        )
    if manifest.database != connection.vendor:
        raise NotRestored(_other_database(NAMES.get(manifest.database, manifest.database)))
    if unknown := sorted(set(manifest.migrations) - known_migrations()):
        raise NotRestored(
            f"This backup was made by a newer version of the software, which knows {unknown[-1]}. "
            "Install that version, or a later one, and restore with it."
        )
    check_keys(manifest)
    refuse_company()


def _other_database(name: str) -> str:
    here = NAMES[connection.vendor]
    return (
        f"This backup is of {name}, and DATABASE_URL leads to {here}. Restore it into {name}, and "
        "move from SQLite to PostgreSQL with `manage.py move_data` then."
    )


def known_migrations() -> set[str]:
    return {".".join(each) for each in MigrationLoader(None).disk_migrations or ()}


def check_keys(manifest: Manifest) -> None:
    """Raises NotRestored where part of it would never open."""
    missing = [key for key in manifest.keys if key not in keyring().private]
    if missing:
        raise NotRestored(
            f"What is in this backup is sealed with key {missing[0]}, and its private half is not "
            "here. Put it into INTAKE_PRIVATE_KEYS from your recovery sheet (or keys.env back into "
            "DATA_DIR) first. If that key was destroyed, this backup opens nowhere any more."
        )


def refuse_company() -> None:
    """Raises NotRestored where something of the site may still run: it would serve too early."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(OTHERS)
        (others,) = cursor.fetchone()
    if others:
        raise NotRestored(
            f"Other programs are connected to this database: {others}. Stop the site on every "
            "machine, and whatever else reads there, and try again."
        )


def refuse_filled() -> None:
    """Raises NotRestored unless the database is empty."""
    tables = set(connection.introspection.table_names()) - {unfinished.TABLE}
    if tables:
        raise NotRestored(
            f"This database is not empty: it has {len(tables)} tables, {_count(tables)}. Nothing "
            f"was changed. {_how_to_empty()}"
        )


def is_filled() -> bool:
    return ContactRequest._meta.db_table in connection.introspection.table_names()


def _count(tables: set[str]) -> str:
    """What would be lost, in numbers."""
    with connection.cursor() as cursor:
        counts = []
        for table, name in ((ContactRequest._meta.db_table, "requests"), (ACCOUNTS, "accounts")):
            if table in tables:
                cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608  # our own names
                counts.append(f"{cursor.fetchone()[0]} {name}")
    return " and ".join(counts) or "none of ours"


def _how_to_empty() -> str:
    if connection.vendor == "sqlite":
        name = Path(connection.settings_dict["NAME"]).name
        return (
            f"Stop the site, move {name} and what lies beside it under that name away, try again."
        )
    return "Make a new, empty database (createdb), set DATABASE_URL to it, and try again."
