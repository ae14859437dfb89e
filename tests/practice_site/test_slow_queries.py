"""A query that takes long is logged by its shape; any other costs a look at the clock."""

import logging
import time

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Value

from practice_site import slow_queries

SECRET = "Quizzaciously"


@pytest.fixture
def slow(settings, caplog):
    """Whatever is asked counts as slow. The lines of it."""
    settings.SLOW_QUERY_MS = 0.000_001
    caplog.set_level(logging.WARNING, "practice_site.slow_queries")
    return caplog


def said(caplog) -> list[str]:
    return [record.facts["sql"] for record in caplog.records]


@pytest.mark.django_db
def test_every_connection_is_watched_once():
    connection.close()
    connection.ensure_connection()
    slow_queries._watch_connection(connection)
    assert connection.execute_wrappers.count(slow_queries._timed) == 1
    assert connection.execute_wrappers[0] is slow_queries._timed


@pytest.mark.django_db
def test_quick_query_is_not_said(caplog):
    User.objects.count()
    assert caplog.records == []


@pytest.mark.django_db
def test_slow_query_is_said_with_how_long_it_took(settings, caplog):
    settings.SLOW_QUERY_MS = 20

    def slowly(execute, *rest):
        time.sleep(0.03)
        return execute(*rest)

    with connection.execute_wrapper(slowly):
        User.objects.count()
    (record,) = caplog.records
    assert record.msg == "A query took long"
    assert 30 <= record.facts["ms"] < 60_000
    assert record.facts["sql"] == 'SELECT COUNT(*) AS "__count" FROM "auth_user"'


@pytest.mark.django_db
def test_no_value_is_said(slow):
    list(User.objects.filter(username=SECRET, id__in=[4711]).annotate(a=Value(SECRET))[:21])
    (sql,) = said(slow)
    assert sql.startswith("SELECT")
    assert (SECRET in sql, "4711" in sql, "21" in sql) == (False, False, False)


@pytest.mark.django_db
def test_query_that_fails_is_said_too(slow):
    with pytest.raises(Exception, match="nowhere"), connection.cursor() as cursor:
        cursor.execute(f"SELECT '{SECRET}' FROM nowhere")  # noqa: S608
    assert said(slow) == ["SELECT ? FROM nowhere"]


@pytest.mark.django_db
def test_route_of_the_request_is_said(slow, client):
    client.get("/healthz")
    assert {record.facts["route"] for record in slow.records} == {"healthz"}


@pytest.mark.parametrize(
    ("sql", "shape"),
    [
        ("SELECT a FROM t1 WHERE b = %s LIMIT 21", "SELECT a FROM t1 WHERE b = %s LIMIT ?"),
        ("b = 'it''s me' AND c = 'x'", "b = ? AND c = ?"),
        (r"b = E'it\'s me' AND c", "b = E? AND c"),
        ("b = 'cut off", "b = ?"),
        ("b = $$it's me$$ AND c = $x$it's $$ me$x$ AND d", "b = ? AND c = ? AND d"),
        ("b = $$cut off", "b = ?"),
        ("b = 5035550186 AND c = 1.5e3", "b = ? AND c = ?"),
        ('SAVEPOINT "s1"', 'SAVEPOINT "s1"'),
        ("x" * 5000, "x" * 1000),
    ],
)
def test_shape_has_no_literal(sql, shape):
    assert slow_queries.shape(sql) == shape


@pytest.mark.parametrize(
    ("limit", "program", "watched"),
    [
        (500, "gunicorn -c x", True),
        (500, "manage.py work", True),
        (500, "/srv/site/manage.py prepare", False),
        (500, "manage.py", False),
        (0, "gunicorn", False),
    ],
)
def test_what_runs_for_long_is_watched(settings, monkeypatch, limit, program, watched):
    asked = []
    monkeypatch.setattr(slow_queries.connection_created, "connect", lambda *a, **k: asked.append(a))
    settings.SLOW_QUERY_MS = limit
    slow_queries.watch(program.split())
    assert asked == ([(slow_queries._watch_connection,)] if watched else [])
