"""Inserts whose statement is put together once. Django puts it together for every row."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from django.db import connections, models, router

# Most columns, and Django would ask each whether there is something to do to it.
PLAIN_FIELDS = ("CharField", "BooleanField", "PositiveIntegerField")
PLAIN_VALUES = (str, int)


class Shape(NamedTuple):
    """What an insert of a row says: the same for all rows with values in the same columns."""

    table: type[models.Model]
    columns: tuple[str, ...]
    or_ignore: bool


def insert(row: models.Model, or_ignore: bool = False) -> bool:
    """As `save(force_insert=True)`, but does not read back a key that the database gives.

    `or_ignore`: a row that breaks a unique key is left out, and False returned. As an error it
    would stand in PostgreSQL's log, with the whole statement.
    """
    connection = _connection(row)
    shape, values = _insert_of(row, or_ignore, connection)
    return _done([row], connection, _insert_into(shape, connection.alias), values)


def insert_with(row: models.Model, *others: models.Model, if_new: models.Model) -> bool:
    """All, or none where `row` breaks a unique key: then False, and no error, as above.

    `if_new` is left out by itself where it is there already. PostgreSQL takes them in one
    statement, so that they cost one round trip; SQLite has none to save.
    """
    connection = _connection(row)
    if connection.vendor != "postgresql":
        return insert(row, or_ignore=True) and _one_by_one(others, if_new)
    rows = [row, *others, if_new]
    inserts = [_insert_of(each, each is row or each is if_new, connection) for each in rows]
    statement = _insert_all_into(tuple(shape for shape, _ in inserts), connection.alias)
    return _done(rows, connection, statement, [value for _, them in inserts for value in them])


def _one_by_one(rows: Iterable[models.Model], if_new: models.Model) -> bool:
    for row in rows:
        insert(row)
    insert(if_new, or_ignore=True)
    return True


def _connection(row: models.Model) -> Any:
    return connections[router.db_for_write(type(row), instance=row)]


def _done(rows: list[models.Model], connection: Any, statement: str, values: list[Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        if cursor.rowcount == 0:
            return False
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return True


def _insert_of(row: models.Model, or_ignore: bool, connection: Any) -> tuple[Shape, list[Any]]:
    given = dict(_values(row, connection))
    return Shape(type(row), tuple(given), or_ignore), list(given.values())


def _values(row: models.Model, connection: Any) -> Iterator[tuple[str, Any]]:
    """What holds something, by column: of a request, half is empty at first."""
    for field, is_plain in _fields(type(row)):
        value = row.__dict__[field.attname] if is_plain else field.pre_save(row, True)
        if is_plain and isinstance(value, PLAIN_VALUES):
            yield field.column, value
        elif value is not None:
            yield field.column, field.get_db_prep_save(value, connection)


@cache
def _fields(table: type[models.Model]) -> list[tuple[Any, bool]]:
    """Each with whether text and numbers go into it as they are."""
    fields = table._meta.local_concrete_fields
    given = [field for field in fields if not isinstance(field, models.AutoField)]
    return [(field, field.get_internal_type() in PLAIN_FIELDS) for field in given]


@cache
def _insert_into(shape: Shape, alias: str) -> str:
    return f"{_into(shape, alias)} VALUES ({_places(shape)}){_conflict(shape)}"


@cache
def _insert_all_into(shapes: tuple[Shape, ...], alias: str) -> str:
    """The others only where the first was stored. One row comes back then, else none."""
    first, *others = shapes
    parts = [f"stored AS ({_insert_into(first, alias)} RETURNING 1)"]
    for number, shape in enumerate(others):
        row = f"SELECT {_places(shape)} FROM stored{_conflict(shape)}"  # noqa: S608  # of %s alone
        parts.append(f"also_{number} AS ({_into(shape, alias)} {row})")
    return f"WITH {', '.join(parts)} SELECT FROM stored"


def _into(shape: Shape, alias: str) -> str:
    quote = connections[alias].ops.quote_name
    names = ", ".join(quote(column) for column in shape.columns)
    return f"INSERT INTO {quote(shape.table._meta.db_table)} ({names})"


def _places(shape: Shape) -> str:
    return ", ".join("%s" for _ in shape.columns)


def _conflict(shape: Shape) -> str:
    return " ON CONFLICT DO NOTHING" if shape.or_ignore else ""
