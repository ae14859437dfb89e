from importlib.util import find_spec

import pytest
from django.db import connection


def test_psycopg_3_is_not_there_for_django_to_prefer():
    assert find_spec("psycopg") is None


@pytest.mark.django_db
def test_driver_of_postgresql_is_psycopg2():
    if connection.vendor != "postgresql":
        pytest.skip("for the run on PostgreSQL")
    assert connection.Database.__name__ == "psycopg2"


@pytest.mark.django_db
def test_sqlite_is_durable():
    if connection.vendor != "sqlite":
        pytest.skip("for the run on SQLite")
    with connection.cursor() as cursor:
        found = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "foreign_keys", "secure_delete")
        }
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "secure_delete": 1}
