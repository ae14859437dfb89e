"""Inserts whose statement is put together once. Django puts it together for every row."""

from functools import cache
from typing import Any

from django.db import connections, models, router


def insert(row: models.Model, or_ignore: bool = False) -> bool:
    """As `save(force_insert=True)`, but does not read back a key that the database gives.

    `or_ignore`: a row that breaks a unique key is left out, and False returned. As an error it
    would stand in PostgreSQL's log, with the whole statement.
    """
    table = type(row)
    connection = connections[router.db_for_write(table, instance=row)]
    given = {name: value for name, value in _values(row, connection) if value is not None}
    statement = _insert_into(table, connection.alias, tuple(given), or_ignore)
    with connection.cursor() as cursor:
        cursor.execute(statement, list(given.values()))
        if cursor.rowcount == 0:
            return False
    row._state.adding, row._state.db = False, connection.alias
    return True


def _values(row: models.Model, connection: Any) -> Any:
    for field in _fields(type(row)):
        yield field.column, field.get_db_prep_save(field.pre_save(row, True), connection)


@cache
def _fields(table: type[models.Model]) -> list[Any]:
    fields = table._meta.local_concrete_fields
    return [field for field in fields if not isinstance(field, models.AutoField)]


@cache
def _insert_into(
    table: type[models.Model], alias: str, columns: tuple[str, ...], or_ignore: bool
) -> str:
    """Names only the columns that hold something: of a request, half are empty at first."""
    quote = connections[alias].ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    values = ", ".join("%s" for _ in columns)
    conflict = " ON CONFLICT DO NOTHING" if or_ignore else ""
    into = quote(table._meta.db_table)
    return f"INSERT INTO {into} ({names}) VALUES ({values}){conflict}"  # noqa: S608  # names of our own models
