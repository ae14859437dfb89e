"""End-to-end tests without a browser: a whole site in processes of its own, over HTTP."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import postgres
from tests.site import RunningSite
from tests.visitor import Visitor

UNHURRIED = {"INTAKE_MIN_FILL_SECONDS": "0"}


def pytest_collection_modifyitems(items):
    try:
        postgres.binaries()
    except LookupError as error:
        for item in items:
            if "tests/end_to_end/" in str(item.path) and item.get_closest_marker("postgres"):
                item.add_marker(pytest.mark.skip(str(error)))


@contextmanager
def fresh_database() -> Iterator[dict[str, str]]:
    """The settings of a database: on the suite's PostgreSQL when that is what runs."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        yield {}
        return
    with postgres.cluster(durable=True) as server:
        yield {"DATABASE_URL": server.url}


@contextmanager
def running(folder: Path, request: pytest.FixtureRequest) -> Iterator[RunningSite]:
    """A prepared site, started. On SQLite a copy, since preparing takes seconds."""
    with fresh_database() as database:
        site = RunningSite(folder, **UNHURRIED, **database)
        if database:
            site.prepare()
        else:
            shutil.copytree(request.getfixturevalue("prepared"), site.data_dir)
        try:
            yield site.start()
        finally:
            site.__exit__()


@pytest.fixture
def site(tmp_path, request):
    with running(tmp_path, request) as started:
        yield started


@pytest.fixture(scope="module")
def shared_site(tmp_path_factory, request):
    """For tests that leave the site as it was."""
    with running(tmp_path_factory.mktemp("site"), request) as started:
        yield started


@pytest.fixture
def visitor(site):
    return Visitor(site.url)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """A DATA_DIR as `prepare` leaves it, on SQLite. To be copied, since preparing takes seconds."""
    return RunningSite(tmp_path_factory.mktemp("prepared")).prepare().data_dir


@pytest.fixture
def make_site(tmp_path, prepared):
    """Prepared sites on SQLite that are not started yet; all end with the test."""
    made: list[RunningSite] = []

    def make(**variables: str) -> RunningSite:
        folder = tmp_path / f"site-{len(made)}"
        made.append(RunningSite(folder, **{**UNHURRIED, **variables}))
        shutil.copytree(prepared, folder / "data")
        return made[-1]

    yield make
    for each in made:
        each.__exit__()
