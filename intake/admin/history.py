"""A request's history in words. Choices, names and moments only: events hold nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from intake import moments
from intake.models import ContactRequest, Event

PLAIN = {
    Event.Verb.OPENED: "opened it",
    Event.Verb.TAKEN: "took it",
    Event.Verb.REOPENED: "reopened it",
    Event.Verb.NOTED: "added a note",
    Event.Verb.RELEASED: "released it from review",
    Event.Verb.WROTE: "wrote a message",
    Event.Verb.NARROWED: "changed how to reach them",
    Event.Verb.WITHDREW: "took it back",
    Event.Verb.ERASED: "erased everything",
    Event.Verb.ASKED: "asked whether they are still looking",
    Event.Verb.ANSWERED: "answered the check-in",
    Event.Verb.LIST_ENDED: "ended the place on the list",
}
SENT = {"web": "sent on the website", "phone": "taken by phone", "walk_in": "taken in person"}


@dataclass(frozen=True)
class Line:
    at: datetime
    when: str
    what: str


def lines(request: ContactRequest, now: datetime, tz: ZoneInfo) -> list[Line]:
    """The newest first."""
    events = request.events.select_related("actor").order_by("-seq")
    return _in_words(request, events, now, tz)


def since(request: ContactRequest, seq: int, now: datetime, tz: ZoneInfo) -> list[Line]:
    """What changed after event number `seq`; reading changes nothing."""
    events = request.events.filter(seq__gt=seq).exclude(verb=Event.Verb.OPENED)
    return _in_words(request, events.select_related("actor").order_by("seq"), now, tz)


def _in_words(
    request: ContactRequest, events: Iterable[Event], now: datetime, tz: ZoneInfo
) -> list[Line]:
    return [
        Line(e.at, moments.ago(e.at, now, tz), f"{who(e)} {what(request, e, now, tz)}")
        for e in events
    ]


def who(event: Event) -> str:
    if event.actor is None:
        return "Request"
    return str(event.actor.get_short_name() or event.actor.get_username())


def what(request: ContactRequest, event: Event, now: datetime, tz: ZoneInfo) -> str:
    if event.verb == Event.Verb.SENT:
        return SENT[request.origin]
    if event.verb == Event.Verb.STATUS_SET:
        return _status(event.facts, now, tz)
    if event.verb == Event.Verb.CLOSED:
        return _closed(event.facts)
    return PLAIN[Event.Verb(event.verb)]


def _status(facts: dict[str, Any], now: datetime, tz: ZoneInfo) -> str:
    status = ContactRequest.Status(facts["status"]).label
    due_at = datetime.fromisoformat(facts["due_at"])
    return f"set it to “{status}”, next by {moments.day_and_hour(due_at, now, tz)}"


def _closed(facts: dict[str, Any]) -> str:
    outcome = ContactRequest.Outcome(facts["outcome"]).label
    reason = facts.get("ending_reason")
    because = f" ({ContactRequest.EndingReason(reason).label.lower()})" if reason else ""
    return f"closed it: {outcome.lower()}{because}"
