import pytest
from django.core.management import call_command
from django.db import connection

from tests.conftest import let_tables_be_emptied

pytestmark = pytest.mark.django_db


def test_the_models_need_no_further_migration():
    call_command("makemigrations", "intake", "--check", "--dry-run", verbosity=0)


ROWS = {
    "intake_event_append_only",
    "intake_anchor_written_once",
    "intake_anchoredevent_written_once",
}
TABLES = {
    "intake_event_not_emptied",
    "intake_anchor_not_emptied",
    "intake_anchoredevent_not_emptied",
}
GUARDS = {"sqlite": ROWS, "postgresql": ROWS | TABLES}


def test_histories_are_guarded_by_the_database():
    """Red when a later migration remade a table on SQLite and lost its trigger."""
    names = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with connection.cursor() as cursor:
        cursor.execute(names[connection.vendor])
        assert {name for (name,) in cursor.fetchall()} == GUARDS[connection.vendor]


@pytest.mark.django_db(transaction=True)
def test_the_guard_can_be_taken_off_and_put_back():
    call_command("migrate", "intake", "0001", verbosity=0)
    call_command("migrate", "intake", verbosity=0)
    test_histories_are_guarded_by_the_database()
    let_tables_be_emptied()
