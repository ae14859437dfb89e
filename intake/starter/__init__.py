"""What every site begins with: words for each ending, and help that is there for the whole country.

Staff own both from the first day on. Pure: reads the files beside it, and no database.
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


@cache
def ending_words() -> dict[str, str]:
    """By the name of the ending."""
    found: dict[str, str] = _read("ending_words.yaml")
    return {ending: text.strip() for ending, text in found.items()}


@cache
def referrals() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _read("referrals.yaml")
    return found


def _read(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text("utf-8"))
