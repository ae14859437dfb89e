"""All data from this database into an empty one of PostgreSQL: each row as it stands, sealed
columns unopened, in one transaction. Whoever is killed leaves the new one empty, and begins again.
"""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connections, models, transaction
from django.db.utils import OperationalError
from psycopg2.extras import execute_values

from intake.backup import unfinished
from intake.models import ContactRequest
from practice_site import elsewhere
from practice_site.env import SettingError, read

OLD, NEW = "default", "new"
A_BATCH = 1000
ACCOUNTS = "auth_user"
Table = type[models.Model]
Progress = Callable[[str, int], None]


class NotMoved(Exception):  # noqa: N818  # a sentence, not a kind of error
    """Nothing was moved. The message says why, and what to do."""


@dataclass(frozen=True)
class Moved:
    tables: int
    rows: int


def move(url: str, say: Progress) -> Moved:
    """`say` is told of each table as it is begun. Raises NotMoved."""
    refuse_running()
    meet(url)
    try:
        refuse_filled()
        make_tables(url)
        return copy(say)
    finally:
        connections[NEW].close()


def refuse_running() -> None:
    """What is sent to the old database from now on would stay there."""
    try:
        socket.create_connection(("127.0.0.1", settings.ENVIRONMENT.port), timeout=2).close()
    except OSError:
        return
    raise NotMoved("The site is running. Stop it on every machine, and move then.")


def meet(url: str) -> None:
    """Opens the new database. Raises NotMoved."""
    try:
        found = read({"DATABASE_URL": url}, settings.BASE_DIR).database
    except SettingError as error:
        raise NotMoved(str(error).replace("DATABASE_URL", "--to")) from error
    if not found["ENGINE"].endswith("postgresql"):
        raise NotMoved("--to must be a PostgreSQL database: postgres://user:password@host/name.")
    connections.databases[NEW] = {**connections.databases[OLD], **found}
    connections.configure_settings(connections.databases)
    try:
        connections[NEW].ensure_connection()
    except OperationalError as error:
        said = " ".join(str(error).split())
        raise NotMoved(f"The new database does not answer ({said}).") from error


def make_tables(url: str) -> None:
    """By a process for which it is the only one: a migration may change the rows it finds there."""
    try:
        elsewhere.run(settings.DATA_DIR, url, "migrate", "--noinput", "--verbosity=0")
    except elsewhere.Refused as error:
        said = str(error).splitlines()
        raise NotMoved(f"The new database takes no tables ({said[-1]}).") from error


def refuse_filled() -> None:
    """Before anything is done there: what stands in it may be in use."""
    if unfinished.is_marked():
        raise NotMoved(unfinished.NOT_SERVED)
    if ACCOUNTS not in connections[NEW].introspection.table_names():
        return
    if apps.get_model("auth", "User").objects.using(NEW).exists() or (
        ContactRequest._base_manager.using(NEW).exists()
    ):
        raise NotMoved(
            "The new database holds accounts or requests already. Make an empty one (createdb)."
        )


def copy(say: Progress) -> Moved:
    """Foreign keys are looked at when all is there. Nobody writes to the old one meanwhile."""
    tables, rows = all_tables(), 0
    with transaction.atomic(using=OLD), transaction.atomic(using=NEW):
        for table in tables:  # what migrations put there
            run(f"DELETE FROM {quoted(table)}")  # noqa: S608  # our own names
        for table in tables:
            say(table._meta.db_table, count(table, OLD))
            rows += copy_table(table)
            if count(table, OLD) != count(table, NEW):
                raise NotMoved(f"{table._meta.db_table} did not arrive whole. Nothing was moved.")
        for statement in connections[NEW].ops.sequence_reset_sql(no_style(), tables):
            run(statement)
    return Moved(len(tables), rows)


def all_tables() -> list[Table]:
    models_ = apps.get_models(include_auto_created=True)
    return [each for each in models_ if each._meta.managed and not each._meta.proxy]


def copy_table(table: Table) -> int:
    """As it stands: no `save`, so no date is set anew and nothing sealed is opened."""
    fields, moved = table._meta.local_concrete_fields, 0
    names = ", ".join(connections[NEW].ops.quote_name(str(field.column)) for field in fields)
    into = f"INSERT INTO {quoted(table)} ({names}) VALUES %s"  # noqa: S608  # our own names
    for batch in batches(table, [field.attname for field in fields]):
        with connections[NEW].cursor() as cursor:
            rows = [as_stored(fields, row) for row in batch]
            execute_values(cursor.cursor, into, rows, page_size=A_BATCH)
        moved += len(batch)
    return moved


def batches(table: Table, names: list[str]) -> Iterator[list[Any]]:
    rows: Any = models.QuerySet(table, using=OLD).order_by("pk").values_list(*names)
    found = rows.iterator(chunk_size=A_BATCH)
    while batch := list(islice(found, A_BATCH)):
        yield batch


def as_stored(fields: Any, row: tuple[Any, ...]) -> list[Any]:
    new = connections[NEW]
    return [field.get_db_prep_save(value, new) for field, value in zip(fields, row, strict=True)]


def count(table: Table, using: str) -> int:
    return models.QuerySet(table, using=using).count()


def quoted(table: Table) -> str:
    return str(connections[NEW].ops.quote_name(table._meta.db_table))


def run(statement: str) -> None:
    with connections[NEW].cursor() as cursor:
        cursor.execute(statement)
