"""End-to-end tests without a browser: a whole site in processes of its own, over HTTP."""

import os

import pytest

from tests import postgres
from tests.site import RunningSite
from tests.visitor import Visitor


@pytest.fixture
def database(tmp_path):
    """The settings of a fresh database: on the suite's PostgreSQL when that is what runs."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        yield {}
        return
    with postgres.cluster(durable=True) as server:
        yield {"DATABASE_URL": server.url}


@pytest.fixture
def site(tmp_path, database):
    with RunningSite(tmp_path, INTAKE_MIN_FILL_SECONDS="0", **database) as running:
        yield running


@pytest.fixture
def visitor(site):
    return Visitor(site.url)
