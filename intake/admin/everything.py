"""Everything held about one request, in words: for the person it is about.

Made from the tables themselves, so that a column or a table that is added later is in it too. Staff
appear by their role: who they are is about them, not about the person.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone

from intake import moments
from intake.admin import history
from intake.admin.person import LOCATIONS
from intake.fields import SealedTextField
from intake.models import ContactRequest, Event, Key
from intake.models.choices import DayPart
from intake.receipts import in_blocks

if TYPE_CHECKING:
    # Generic in the stubs only.
    Field = models.Field[Any, Any]
else:
    Field = models.Field

# Beside keys, keyed hashes and numbers of rows, which are told apart by their type: what only keeps
# our own work in order. `couple` would tell of another person's request.
KEPT_BACK = {
    "couple", "version", "activity_seq", "indexed_at", "dedupe", "leased_until", "attempts",
    "error_class", "seen_seq",
}  # fmt: skip
LABELS = {
    "reference": "Short code",
    "origin": "How it reached us",
    "held_reason": "Held for review because",
    "urgent": "Looked at first",
    "status": "Where it stands",
    "outcome": "How it ended",
    "ending_with": "What it ended with",
    "ending_reason": "Why nothing was said",
    "owner": "In the hands of",
    "received_at": "Received",
    "promised_at": "Promised answer by",
    "due_at": "Next step by",
    "due_kind": "Next step",
    "first_opened_at": "First read",
    "first_attempt_at": "First try to reach you",
    "first_talk_at": "First talk",
    "waiting_since": "On the waiting list since",
    "closed_at": "Closed",
    "hold_kind": "Kept for now because of",
    "hold_by": "Kept by",
    "hold_until": "Kept until",
    "words_purge_on": "Your words are erased on",
    "identity_purge_on": "Your name and contact data are erased on",
    "words_purged_at": "Your words were erased",
    "identity_purged_at": "Your name and contact data were erased",
    "gone_by": "Erased by",
    "seeking_for": "Help for",
    "adult": "18 or older",
    "location": "Where you will be during sessions",
    "contact_method": "How to reach you",
    "contact_private": "Could someone else answer or read",
    "voicemail": "Voicemail",
    "mail_wanted": "Mail wanted",
    "times_ok": "Good times",
    "therapist": "Therapist asked for",
    "service": "Kind of help",
    "format": "In person or online",
    "payment": "Payment",
    "how_found": "How you found us",
    "privacy_edition": "Privacy page as shown to you",
    "help_edition": "Get help page as shown to you",
    "contact_note": "To reach you safely",
    "message": "What you wrote",
    "needs": "What would make it easier",
    "insurer": "Insurance",
    "at": "When",
    "by": "By",
    "for_staff": "Words",
    "to_user": "To",
    "to_person": "Mail to you",
    "sent_at": "Sent",
    "made_at": "Made",
    "Notice.due_at": "To be sent",
    "Notice.kind": "About",
    "text": "Words",
}
PARTS = {
    "ContactRequest": "What you sent, and where it stands",
    "Note": "Notes that staff wrote",
    "Message": "Messages to you",
    "CheckIn": "Questions while you were on the waiting list",
    "Notice": "Mail that was sent about it, to you and to staff",
    "Receipt": "Your private code",
    "SentPage": "The page after sending",
}
READINGS = (Event.Verb.OPENED, Event.Verb.PRINTED, Event.Verb.COPIED, Event.Verb.EXPORTED)
NOTHING = "(nothing)"


@dataclass(frozen=True, repr=False)
class Cell:
    name: str
    label: str
    value: Any  # as JSON has it
    text: str


@dataclass(frozen=True, repr=False)
class Part:
    title: str
    rows: list[list[Cell]]


@dataclass(frozen=True, repr=False)
class Record:
    """One request and all that belongs to it."""

    reference: str
    parts: list[Part]

    def as_json(self) -> dict[str, Any]:
        parts = {
            part.title: [{cell.name: cell.value for cell in row} for row in part.rows]
            for part in self.parts
        }
        return {"reference": self.reference, "parts": parts}


def everything(request: ContactRequest, tz: ZoneInfo) -> Record:
    """Raises WrongKey or SealBroken where something does not open: half a copy is none."""
    parts = [Part(PARTS["ContactRequest"], [cells(request, tz)]), *_belonging(request, tz)]
    events = list(request.events.select_related("actor").order_by("seq"))
    parts.append(Part("Who read it", [_line(e, request, tz) for e in events if _is_reading(e)]))
    parts.append(Part("Everything that happened", [_line(e, request, tz) for e in events]))
    return Record(in_blocks(request.reference, "-"), [part for part in parts if part.rows])


def cells(row: models.Model, tz: ZoneInfo) -> list[Cell]:
    return [_cell(row, field, tz) for field in shown(type(row))]


def shown(table: type[models.Model]) -> list[Field]:
    return [field for field in table._meta.concrete_fields if not _is_kept_back(field)]


def role_of(user: User | None) -> str:
    if user is None:
        return ""
    roles = ", ".join(user.groups.order_by("name").values_list("name", flat=True))
    return f"Staff ({roles})" if roles else "Staff"


def _is_kept_back(field: Field) -> bool:
    if field.name in KEPT_BACK or field.primary_key or isinstance(field, models.UUIDField):
        return True
    if isinstance(field, models.BinaryField):
        return not isinstance(field, SealedTextField)
    return field.related_model in (ContactRequest, Key)


def _belonging(request: ContactRequest, tz: ZoneInfo) -> Iterator[Part]:
    """Of each table that points at the request, every row that does."""
    for relation in ContactRequest._meta.related_objects:
        table, name = relation.related_model, relation.field.name
        if table is Event or isinstance(table, str):
            continue
        rows = list(table._base_manager.filter(**{name: request}).order_by("pk"))
        for row in rows:
            setattr(row, name, request)  # whose keys are open already
        title = PARTS.get(table.__name__, str(table._meta.verbose_name_plural).capitalize())
        yield Part(title, [cells(row, tz) for row in rows if shown(table)])


def _is_reading(event: Event) -> bool:
    return event.verb in READINGS


def _line(event: Event, request: ContactRequest, tz: ZoneInfo) -> list[Cell]:
    what = history.what(request, event, timezone.now(), tz)
    who = role_of(event.actor) or history.OTHERS[Event.ActorKind(event.actor_kind)]
    return [
        Cell("at", "When", event.at.isoformat(), moments.exact(event.at, tz)),
        Cell("by", "By", who, "You" if who == "They" else who),
        Cell("what", "What", event.verb, what),
    ]


def _cell(row: models.Model, field: Field, tz: ZoneInfo) -> Cell:
    own = f"{type(row).__name__}.{field.name}"
    label = LABELS.get(own) or LABELS.get(field.name, str(field.verbose_name))
    value = _value(row, field)
    text = _in_words(row, field, value, tz)
    plain = value.isoformat() if isinstance(value, date) else value
    return Cell(field.name, label[:1].upper() + label[1:], plain, text or NOTHING)


def _value(row: models.Model, field: Field) -> Any:
    value = getattr(row, field.name)
    if isinstance(value, User):
        return role_of(value)
    return str(value) if isinstance(value, models.Model) else value


def _in_words(row: models.Model, field: Field, value: Any, tz: ZoneInfo) -> str:
    if field.name == "location":
        return LOCATIONS.get(value, str(value))
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")() or "")
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return moments.exact(value, tz)
    if isinstance(value, date):
        return f"{value:%b} {value.day}, {value.year}"
    if isinstance(value, list):
        return ", ".join(_day_parts().get(each, str(each)) for each in value)
    return "" if value is None else str(value)


@cache
def _day_parts() -> dict[str, str]:
    return {str(value): str(label) for value, label in DayPart.choices}
