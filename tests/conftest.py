"""What every part of the suite may use: the example practice, loaded."""

import pytest

from pages import starter as starter_files


@pytest.fixture(scope="session")
def starter_read() -> starter_files.Starter:
    return starter_files.read()


@pytest.fixture
def starter(db, starter_read) -> list[str]:
    """The example practice, loaded. What the loader wrote."""
    return starter_files.load(starter_read)
