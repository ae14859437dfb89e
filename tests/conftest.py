"""What every part of the suite may use: the example practice, loaded."""

import pytest
from django.db import transaction

from pages import starter as starter_files
from tests import completed as completed_site


@pytest.fixture(scope="session")
def starter_read() -> starter_files.Starter:
    return starter_files.read()


@pytest.fixture
def starter(db, starter_read) -> list[str]:
    """The example practice, loaded. What the loader wrote."""
    return starter_files.load(starter_read)


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
