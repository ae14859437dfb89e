"""What every part of the suite may use: the example practice, loaded."""

import copy

import pytest
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction

from intake.clock import current_clock
from intake.views import current_offer
from pages import starter as starter_files
from pages.models.revision import current_practice
from tests import completed as completed_site

KEPT = (current_clock, current_offer, current_practice)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """What a process keeps in memory was of the database of another test."""
    for each in KEPT:
        each._kept = None


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        let_tables_be_emptied()


def let_tables_be_emptied() -> None:
    """Tests that commit empty all tables after them, which PostgreSQL's guard refuses."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in ("intake_event", "intake_anchor", "intake_anchoredevent"):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_not_emptied")


@pytest.fixture(scope="session")
def starter_read() -> starter_files.Starter:
    return starter_files.read()


@pytest.fixture(scope="session")
def starter_rows(django_db_setup, django_db_blocker, starter_read):
    """What the loader wrote, and every row it left: hundreds of tests begin with them."""
    with django_db_blocker.unblock(), transaction.atomic():
        written = starter_files.load(starter_read)
        tables = apps.get_app_config("pages").get_models(include_auto_created=True)
        rows = {table: list(table._base_manager.all()) for table in tables}
        transaction.set_rollback(True)
    return written, rows


@pytest.fixture
def starter(db, starter_rows) -> list[str]:
    """The example practice, loaded. What the loader wrote."""
    written, rows = starter_rows
    for table, those in rows.items():
        models.QuerySet(table).bulk_create(copy.copy(row) for row in those)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(rows)):
            cursor.execute(statement)
    return list(written)


@pytest.fixture(scope="module")
def completed_once(django_db_setup, django_db_blocker):
    """Making it takes seconds, so the tests of a module share one and each undoes what it does."""
    with django_db_blocker.unblock(), transaction.atomic():
        completed_site.complete()
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


@pytest.fixture
def completed(completed_once, django_db_blocker, settings):
    """A site on which nothing is left to mend. Takes the place of `db`."""
    for name, value in completed_site.LIVE.items():
        setattr(settings, name, value)
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
