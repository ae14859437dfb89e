"""One line of the queue, in words: what is due first, then who, then how to reach them."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse

from intake import moments
from intake.admin.safe_contact import Wish, reach, wishes
from intake.encryption import SealBroken, WrongKey
from intake.models import ContactRequest
from intake.receipts import in_blocks

Status = ContactRequest.Status
# Where a request stands in the order of the queue: what may be urgent, then what is due first.
Place = tuple[bool, datetime, str]


@dataclass(frozen=True)
class Row:
    """`url` leads to it; a POST to `opens` opens it as well."""

    url: str
    opens: str
    reference: str
    initial: str
    due: str
    late: bool
    today: bool
    reach: str
    wishes: list[Wish]
    service: str
    owner: str
    status: str
    urgent: bool
    unread: bool
    place: Place
    current: bool = False


def row(
    request: ContactRequest, now: datetime, tz: ZoneInfo, query: str = "", current: bool = False
) -> Row:
    due_at = request.due_at or request.closed_at or now
    is_open = request.status != Status.CLOSED
    tomorrow = moments.end_of_today(now, tz)
    return Row(
        url=address_of(request, "change", query),
        opens=address_of(request, "open", query),
        reference=in_blocks(request.reference, "-"),
        initial=initial(request),
        due=due_of(request, now, tz),
        late=is_open and due_at < now,
        today=is_open and now <= due_at < tomorrow,
        reach=reach(request),
        wishes=wishes(request),
        service=request.service.name if request.service else "",
        owner=owner_of(request),
        status=status_of(request),
        urgent=request.urgent,
        unread=is_open and is_unread(request),
        place=place_of(request.urgent, due_at, request.pk),
        current=current,
    )


def address_of(request: ContactRequest, name: str, query: str) -> str:
    url = reverse(f"admin:intake_contactrequest_{name}", args=[request.pk])
    return f"{url}?{query}" if query else url


def due_of(request: ContactRequest, now: datetime, tz: ZoneInfo) -> str:
    if request.due_at is None:
        return moments.day_and_hour(request.closed_at or now, now, tz)
    return moments.due(request.due_at, now, tz, request.due_part or "")


def status_of(request: ContactRequest) -> str:
    if request.status == Status.CLOSED:
        return str(request.get_outcome_display())
    return "Held for review" if request.held_reason else str(request.get_status_display())


def is_unread(request: ContactRequest) -> bool:
    """By whom the list was made for (`with_seen`)."""
    seen: int | None = getattr(request, "seen_seq", None)
    return seen is None or seen < request.activity_seq


def place_of(urgent: bool, due_at: datetime, pk: object) -> Place:
    return not urgent, due_at, str(pk)


def initial(request: ContactRequest) -> str:
    """The first letter; '' on a machine without the key, or where it does not open."""
    try:
        return request.initial
    except (WrongKey, SealBroken):
        return ""


def name_of(user: AbstractBaseUser) -> str:
    return str(user.get_short_name() or user.get_username())  # type: ignore[attr-defined]


def owner_of(request: ContactRequest) -> str:
    """Who has it, and who stands in for them today."""
    if request.owner is None:
        return ""
    absence = getattr(request.owner, "absence", None)
    covered = f" (away: {name_of(absence.cover)})" if absence and absence.is_now else ""
    return f"{name_of(request.owner)}{covered}"
