"""The small copy of what an error page must still say when the database is away."""

import json
from collections import defaultdict
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
)
from django.forms.models import model_to_dict

from pages.models.crisis_line import CrisisLine
from pages.models.practice import Practice

DERIVED = {
    Practice: ("phone_link", "text_link", "address", "hours_in_words", "call_hours"),
    CrisisLine: ("call_link", "call_shown", "text_link", "text_shown", "same_number"),
}
# What we do wrong. All other errors of a database are its own: away, full, locked, for reading
# only, torn.
OURS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
RETRY_AFTER_SECONDS = "60"


def database_is_away(error: Exception) -> bool:
    return isinstance(error, DatabaseError | InterfaceError) and not isinstance(error, OURS)


def path() -> Path:
    return Path(settings.DATA_DIR) / "practice.json"


def keep() -> None:
    """Writes the copy, all of it or nothing."""
    try:
        practice = Practice.current()
    except Practice.DoesNotExist:
        return
    crisis = {kind: _facts(line) for kind, line in practice.crisis.items()}
    path().parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"practice": _facts(practice), "crisis": crisis}, default=str)
    with NamedTemporaryFile("w", dir=path().parent, suffix=".part", delete=False) as part:
        try:
            part.write(text)
            part.flush()
            Path(part.name).replace(path())
        except OSError:
            Path(part.name).unlink()
            raise


def read() -> dict[str, Any]:
    """{"practice": ..., "crisis": ...}; both empty where no copy was ever kept."""
    try:
        kept: dict[str, Any] = json.loads(path().read_text())
    except (OSError, ValueError):
        kept = {"practice": {}, "crisis": {}}
    return {"practice": defaultdict(str, kept["practice"]), "crisis": kept["crisis"]}


def _facts(row: Practice | CrisisLine) -> dict[str, Any]:
    derived = {name: getattr(row, name) for name in DERIVED[type(row)]}
    return {**model_to_dict(row), **derived}
