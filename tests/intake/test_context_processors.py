from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from intake.context_processors import promise


@pytest.mark.django_db
def test_promise_is_said_in_words(rf, practice, monkeypatch):
    friday = datetime(2025, 11, 21, 18, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: friday)
    assert str(promise(rf.get("/"))["promise"]) == "Tuesday, November 25, 5 pm"


@pytest.mark.django_db
def test_promise_costs_nothing_until_it_is_read(rf, practice):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        promise(rf.get("/"))
    assert len(queries) == 0


@pytest.mark.django_db
def test_without_a_practice_nothing_is_promised(rf):
    assert not promise(rf.get("/"))["promise"]


def test_without_a_database_nothing_is_promised(rf, django_db_blocker, monkeypatch):
    from django.db import OperationalError
    from django.db.backends.base.base import BaseDatabaseWrapper

    # The real thing is in test_given_back: a process whose database cannot be reached.
    def refuse(self):
        raise OperationalError

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", refuse)
    with django_db_blocker.unblock():
        connection.close()
        assert not promise(rf.get("/"))["promise"]
