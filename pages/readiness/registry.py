"""The rules of readiness, and one look at all of them."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from django.db import DatabaseError, InterfaceError, connection, models
from django.urls import NoReverseMatch, reverse

from pages.models import Practice
from pages.models.last_known import database_is_away

log = logging.getLogger(__name__)
Facts = TypeVar("Facts")
Gather = Callable[[], Any]


class Stage(StrEnum):
    FIRST = "Mend before going live"
    AGAIN = "Look at again"


@dataclass(frozen=True)
class Where:
    """A screen of the staff site; without a view, the name of a setting or a command."""

    label: str
    view: str = ""
    pk: Any = None
    anchor: str = ""

    @classmethod
    def screen(cls, row: models.Model) -> "Where":
        return cls(f"Open “{row}”", f"{row._meta.label_lower.replace('.', '_')}_change", row.pk)

    @classmethod
    def listing(cls, label: str, model: type[models.Model]) -> "Where":
        return cls(label, f"{model._meta.label_lower.replace('.', '_')}_changelist")

    @property
    def url(self) -> str:
        """'' where there is no screen, or where this process has no staff site."""
        try:
            page = reverse(f"admin:{self.view}", args=[self.pk] if self.pk is not None else [])
        except NoReverseMatch:
            return ""
        return f"{page}#{self.anchor}" if self.anchor else page


@dataclass(frozen=True)
class Finding:
    what: str
    where: Where


@dataclass(frozen=True)
class Rule:
    """`of` gathers the facts, `judge` is pure."""

    key: str
    about: str
    why: str
    stage: Stage
    of: Gather
    judge: Callable[[Any], Iterable[Finding]]


@dataclass(frozen=True)
class Report:
    """`facts` is what was gathered; None where that broke."""

    rule: Rule
    findings: tuple[Finding, ...]
    facts: Any = field(default=None, repr=False, compare=False)


RULES: dict[str, Rule] = {}


def rule(
    key: str, *, about: str, why: str, of: Callable[[], Facts], stage: Stage = Stage.FIRST
) -> Callable[[Callable[[Facts], Iterable[Finding]]], Callable[[Facts], Iterable[Finding]]]:
    """Registers a pure function from what `of` gathers to findings; none means all is well.

    Rules that name the same gathering function share one call of it.
    """

    def register(
        judge: Callable[[Facts], Iterable[Finding]],
    ) -> Callable[[Facts], Iterable[Finding]]:
        if key in RULES:
            raise ValueError(f"Two rules are called “{key}”.")
        RULES[key] = Rule(key, about, why, stage, of, judge)
        return judge

    return register


def report() -> list[Report]:
    """What every rule says now. Raises the database's own error where it does not answer."""
    gathered: dict[Gather, Any] = {}
    return [_look(each, gathered) for each in RULES.values()]


def findings() -> list[Report]:
    """The rules that found something."""
    return [each for each in report() if each.findings]


def _look(each: Rule, gathered: dict[Gather, Any]) -> Report:
    try:
        facts = _facts(each.of, gathered)
        return Report(each, tuple(each.judge(facts)), facts)
    except Practice.DoesNotExist:
        return Report(each, ())  # the rule about the practice says so, once
    except Exception as error:  # one that breaks must not hide the others
        if isinstance(error, DatabaseError | InterfaceError) and database_is_away(error):
            _ask_database()
        log.warning(
            "A rule of readiness broke", extra={"facts": {"rule": each.key}}, exc_info=error
        )
        return Report(each, (_broken(error),))


def _facts(of: Gather, gathered: dict[Gather, Any]) -> Any:
    if of not in gathered:
        try:
            gathered[of] = of()
        except Exception as error:  # kept, so that the next rule need not try again
            gathered[of] = error
    if isinstance(gathered[of], Exception):
        raise gathered[of]
    return gathered[of]


def _ask_database() -> None:
    """Raises where it is really away; SQLite says the same of a table that is not there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _broken(error: Exception) -> Finding:
    what = f"This could not be looked at ({type(error).__name__}), so nobody knows."
    return Finding(what, Where("Ask whoever runs the site; the log says more"))
