import shutil
from collections.abc import Callable, Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client

from pages.models import (
    CrisisLine,
    Holiday,
    Page,
    Practice,
    Region,
    Section,
    Source,
    last_known,
)
from pages.starter.reading import FOLDER
from tests.signing_in import sign_in


@pytest.fixture
def practice(db) -> Practice:
    region = Region.objects.create(code="us", name="United States")
    practice = Practice.objects.create(
        name="Lantern Street Therapy",
        is_example=True,
        phone="(503) 555-0101",
        text_number="(503) 555-0102",
        street="1 Lantern Street",
        town="Brookmere",
        state="Oregon",
        postal_code="97000",
        region=region,
        time_zone="America/Los_Angeles",
        service_states=["Oregon", "Washington"],
        first_reader="Ines",
        first_reader_role="our front desk lead",
        fee="$100 to $120",
        insurers="Brookmere Mutual",
        channels=["call", "text", "email", "own"],
        neutral_sender="Ines",
    )
    for weekday in range(5):
        practice.opening_hours.create(weekday=weekday, opens=time(9), closes=time(17))
    Holiday.objects.create(practice=practice, date=date(2026, 12, 25), name="Christmas Day")
    line(region, "danger", "911", call="911")
    line(region, "talk", "988 Lifeline", call="988", text_number="988")
    line(region, "home", "Hotline", call="18007997233", text_number="88788", text_word="START")
    return practice


def line(region: Region, group: str, name: str, **numbers: str) -> CrisisLine:
    return CrisisLine.objects.create(
        region=region,
        group=group,
        name=name,
        what="When.",
        how="How.",
        checked_on=date(2026, 11, 20),
        source_url="https://line.example",
        **numbers,
    )


@pytest.fixture
def draft(practice) -> Page:
    """A draft with one section, not public."""
    draft = Page.objects.create(
        slug="shelter", kind="topic", group="read", label="Shelter", title="Shelter",
        heading="A roof, and {practice}", summary="In short.", description="About shelter.",
    )  # fmt: skip
    Section.objects.create(page=draft, position=10, heading="Why", body="Because [@bowlby].")
    return draft


@pytest.fixture
def source(db) -> Source:
    return Source.objects.create(
        key="bowlby", authors="Bowlby, J.", year=1988, title="A Secure Base", statement="An idea."
    )


@pytest.fixture
def editor(db) -> User:
    return User.objects.create_superuser("ana", password="a long enough pass phrase")


@pytest.fixture
def staff(editor) -> Client:
    client = Client()
    sign_in(client, editor)
    return client


@pytest.fixture
def database_away(practice) -> Iterator[None]:
    """Every query fails, as it does when the server is gone; a copy was kept before."""
    last_known.keep()
    with connection.execute_wrapper(refuse):
        yield


def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    raise OperationalError("the server is gone")


@pytest.fixture
def starter_folder(tmp_path: Path) -> Path:
    """A copy of the starter files that a test may spoil."""
    folder = tmp_path / "starter"
    for name in ("pages", "regions"):
        shutil.copytree(FOLDER / name, folder / name)
    for name in ("practice.yaml", "sources.yaml", "glossary.yaml"):
        shutil.copy(FOLDER / name, folder / name)
    return folder


@pytest.fixture
def change(starter_folder: Path) -> Callable[[str, str, str], Path]:
    """Puts other words into one of the copied starter files."""

    def changed(name: str, old: str, new: str) -> Path:
        file = starter_folder / name
        text = file.read_text(encoding="utf-8")
        assert text.count(old) >= 1
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return starter_folder

    return changed
