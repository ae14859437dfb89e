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
    statement, fields = _insert_into(table, connection.alias, or_ignore)
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        if cursor.rowcount == 0:
            return False
    row._state.adding, row._state.db = False, connection.alias
    return True


@cache
def _insert_into(table: type[models.Model], alias: str, or_ignore: bool) -> tuple[str, list[Any]]:
    quote = connections[alias].ops.quote_name
    fields = [
        field
        for field in table._meta.local_concrete_fields
        if not isinstance(field, models.AutoField)
    ]
    columns = ", ".join(quote(str(field.column)) for field in fields)
    values = ", ".join("%s" for _ in fields)
    conflict = " ON CONFLICT DO NOTHING" if or_ignore else ""
    into = quote(table._meta.db_table)
    statement = f"INSERT INTO {into} ({columns}) VALUES ({values}){conflict}"  # noqa: S608  # names of our own models
    return statement, fields
