"""What stands beside a request on its page, brought along in the one query that reads it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject

from intake.models.ask import Ask
from pages.models.as_list import AsList, listed

if TYPE_CHECKING:
    from intake.models.contact_request import ContactRequest

# Further apart, the same phone or address is a new matter.
SAME_PERSON_FOR = timedelta(days=90)


@dataclass(frozen=True)
class Beside:
    """Another request of the same phone or address, or the other half of a couple."""

    pk: UUID
    reference: str
    received_at: datetime
    closed_at: datetime | None
    couple: bool


@dataclass(frozen=True)
class Asked:
    """A question to a colleague, and what became of it."""

    to: int
    name: str
    due_at: datetime
    settled_at: datetime | None
    answer: str
    from_on: str


def listed_beside(seen: "models.QuerySet[ContactRequest]") -> models.Subquery:
    same = (
        Q(phone_index=OuterRef("phone_index"))
        | Q(email_index=OuterRef("email_index"))
        | Q(couple=OuterRef("couple"))
    )
    names = ("id", "reference", "received_at", "closed_at", "couple")
    fields = {name: name for name in names}
    others = seen.filter(same, kind=OuterRef("kind")).exclude(pk=OuterRef("pk")).order_by()
    rows = others.values("kind").annotate(listed=AsList(JSONObject(**fields)))
    return models.Subquery(rows.values("listed"))


def listed_asks() -> models.Subquery:
    names = ("due_at", "settled_at", "answer", "from_on")
    who = {"to": "to_id", "first_name": "to__first_name", "username": "to__username"}
    return listed(Ask.objects.all(), "request", **who, **{name: name for name in names})


def beside(request: "ContactRequest") -> list[Beside]:
    """The newest first. Only where `with_beside` asked."""
    found = [_beside(row, request) for row in request.beside_it or []]
    near = [
        each
        for each in found
        if each.couple or abs(each.received_at - request.received_at) <= SAME_PERSON_FOR
    ]
    return sorted(near, key=lambda each: each.received_at, reverse=True)


def asks(request: "ContactRequest") -> list[Asked]:
    """The newest first. Only where `with_beside` asked."""
    found = [_asked(row) for row in request.asks_of_it or []]
    return sorted(found, key=lambda each: each.due_at, reverse=True)


def _beside(row: dict[str, Any], request: "ContactRequest") -> Beside:
    couple = (
        request.couple is not None
        and bool(row["couple"])
        and (UUID(row["couple"]) == request.couple)
    )
    return Beside(
        UUID(row["id"]),
        row["reference"],
        _moment(row["received_at"]),
        _moment(row["closed_at"]) if row["closed_at"] else None,
        couple,
    )


def _asked(row: dict[str, Any]) -> Asked:
    settled_at = _moment(row["settled_at"]) if row["settled_at"] else None
    name = row["first_name"] or row["username"]
    due_at, day = _moment(row["due_at"]), row["from_on"] or ""
    return Asked(row["to"], name, due_at, settled_at, row["answer"], day)


def _moment(text: str) -> datetime:
    """As a database writes it into JSON: SQLite without its zone, which is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
