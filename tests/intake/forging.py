"""What someone may do who can write to the database, and has no event key."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

TABLES = ("intake_event", "intake_anchor", "intake_anchoredevent")


def execute(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def forge(sql: str, *values: Any) -> None:
    """Past every guard of the database: whoever owns it can take them off."""
    if connection.vendor == "postgresql":
        execute("SET session_replication_role = replica")
    else:
        execute("PRAGMA defer_foreign_keys = ON")
        execute("DROP TRIGGER IF EXISTS intake_event_append_only")
        execute("DROP TRIGGER IF EXISTS intake_anchor_written_once")
        execute("DROP TRIGGER IF EXISTS intake_anchoredevent_written_once")
    execute(sql, *values)
    if connection.vendor == "postgresql":
        execute("SET session_replication_role = origin")


@contextmanager
def undone() -> Iterator[None]:
    """What is forged inside leaves nothing: the suite looks for broken links after each test."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
