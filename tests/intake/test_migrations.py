import pytest
from django.core.management import call_command
from django.db import connection

pytestmark = pytest.mark.django_db


def test_the_models_need_no_further_migration():
    call_command("makemigrations", "intake", "--check", "--dry-run", verbosity=0)


def test_events_are_guarded_by_the_database():
    """Red when a later migration remade the table on SQLite and lost the trigger."""
    names = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT DISTINCT trigger_name FROM information_schema.triggers",
    }
    with connection.cursor() as cursor:
        cursor.execute(names[connection.vendor])
        assert ("intake_event_append_only",) in cursor.fetchall()


@pytest.mark.django_db(transaction=True)
def test_the_guard_can_be_taken_off_and_put_back():
    call_command("migrate", "intake", "0001", verbosity=0)
    call_command("migrate", "intake", verbosity=0)
    test_events_are_guarded_by_the_database()
