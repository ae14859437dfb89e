"""Telephone numbers as people write them, read for the practice's region."""

import re
import unicodedata

from pages.phone import PLANS, Plan

_INTERNATIONAL = re.compile(r"\+[1-9]\d{7,14}")
_EXTENSION = re.compile(r"\d\s*(,|;|#|x|ext|extension)[\s.:#]*\d+\s*$", re.IGNORECASE)
_WRITTEN = re.compile(r"[\d\s()./\-\u2010-\u2015+]+")


class PhoneError(ValueError):
    """This is not a whole telephone number."""


class ExtensionError(PhoneError):
    """A whole number with an extension behind it, which no list of ours can dial."""


def parse(typed: str, region: str = "us") -> str:
    """The number in international form, "+15035550142". Raises PhoneError for anything else.

    In a region whose numbers we do not know, only a number with its country's code is whole.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if _EXTENSION.search(text):
        raise ExtensionError
    if not _WRITTEN.fullmatch(text):
        raise PhoneError
    number = _international(_dialled(text), PLANS.get(region))
    if not _INTERNATIONAL.fullmatch(number):
        raise PhoneError
    return number


def _dialled(text: str) -> str:
    """Digits alone, with a plus only where the number began with one."""
    digits = "".join(str(unicodedata.decimal(mark)) for mark in text if mark.isdecimal())
    return "+" + digits if text.lstrip("( ").startswith("+") else digits


def _international(dialled: str, plan: Plan | None) -> str:
    """The number with its country's code; '' where it is not a whole one of the plan's."""
    if plan is None:
        return dialled
    if plan.trunk == "0" and dialled.startswith(plan.abroad):
        dialled = "+" + dialled.removeprefix(plan.abroad)
    if dialled.startswith("+") and not dialled.startswith("+" + plan.code):
        return dialled
    local = dialled.removeprefix("+" + plan.code)
    national = next(filter(plan.national.fullmatch, _readings(local, plan)), "")
    return f"+{plan.code}{national}" if national else ""


def _readings(local: str, plan: Plan) -> tuple[str, ...]:
    """As it stands, without what is dialled first at home, or without the country's code."""
    return local, local.removeprefix(plan.trunk), local.removeprefix(plan.code)
