"""Telephone numbers as people write them, read for the practice's region."""

import re
import unicodedata

# The number of a region: its country code, and how a whole national number looks.
_NORTH_AMERICA = ("1", re.compile(r"[2-9]\d{2}[2-9]\d{6}"))
_REGIONS = {"us": _NORTH_AMERICA, "ca": _NORTH_AMERICA}
_INTERNATIONAL = re.compile(r"\+[1-9]\d{7,14}")
_EXTENSION = re.compile(r"\d\s*(,|;|#|x|ext|extension)[\s.:#]*\d+\s*$", re.IGNORECASE)
_WRITTEN = re.compile(r"[\d\s()./\-\u2010-\u2015+]+")


class PhoneError(ValueError):
    """This is not a whole telephone number."""


class ExtensionError(PhoneError):
    """A whole number with an extension behind it, which no list of ours can dial."""


def parse(typed: str, region: str = "us") -> str:
    """The number in international form, "+15035550142". Raises PhoneError for anything else."""
    text = unicodedata.normalize("NFKC", typed).strip()
    if _EXTENSION.search(text):
        raise ExtensionError
    if not _WRITTEN.fullmatch(text):
        raise PhoneError
    return _international(_dialled(text), region)


def _dialled(text: str) -> str:
    """Digits alone, with a plus only where the number began with one."""
    digits = "".join(str(unicodedata.decimal(mark)) for mark in text if mark.isdecimal())
    return "+" + digits if text.lstrip("( ").startswith("+") else digits


def _international(dialled: str, region: str) -> str:
    code, national = _REGIONS.get(region, _NORTH_AMERICA)
    if dialled.startswith("+" + code) or not dialled.startswith("+"):
        local = dialled.removeprefix("+")
        local = local if national.fullmatch(local) else local.removeprefix(code)
        dialled = f"+{code}{local}" if national.fullmatch(local) else ""
    if not _INTERNATIONAL.fullmatch(dialled):
        raise PhoneError
    return dialled
