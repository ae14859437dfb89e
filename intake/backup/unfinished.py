"""A mark in the database: what stands in it was restored, and erasures are not applied again yet.

It is there before the first row is. Whoever serves or works looks for it first.
"""

from django.db import connection

TABLE = "restore_unfinished"
MARK = f"CREATE TABLE {TABLE} (since timestamp DEFAULT CURRENT_TIMESTAMP)"
NOT_SERVED = (
    "A backup is being restored into this database, and what was erased since is not erased again "
    "yet. Run the same `manage.py restore` again: it goes on where it was stopped."
)


def is_marked() -> bool:
    return TABLE in connection.introspection.table_names()


def mark() -> None:
    """Safe to repeat."""
    if not is_marked():
        _run(MARK)


def lift() -> None:
    _run(f"DROP TABLE {TABLE}")


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
