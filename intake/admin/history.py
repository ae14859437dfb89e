"""A request's history in words. Choices, names and moments only: events hold nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from intake import moments
from intake.admin import safe_contact
from intake.models import Attempt, CheckIn, ContactRequest, Event
from intake.models.choices import CopyFor, ExportReason, HoldKind, IdentityCheck, Moved
from pages.sentences import full_date

PLAIN = {
    Event.Verb.OPENED: "opened it",
    Event.Verb.LOOKED: "looked at who read what",
    Event.Verb.TAKEN: "took it",
    Event.Verb.CLOSE_UNDONE: "undid the close",
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
    Event.Verb.LEFT: "closed the account of a colleague",
    Event.Verb.GIVEN: "gave it to a colleague",
    Event.Verb.RETURNED: "returned it to the desk",
    Event.Verb.OFFERED: "asked a colleague to take it",
    Event.Verb.OFFER_ANSWERED: "was asked to take it, and answered",
    Event.Verb.OFFER_OVER: "ended the question to a colleague",
    Event.Verb.COUPLED: "made the second record of the couple",
    Event.Verb.TRY_UNDONE: "took the last try back",
    Event.Verb.TICKED: "noted what was asked in the first talk",
    Event.Verb.SEARCHED: "searched",
    Event.Verb.PRINTED: "printed it",
    Event.Verb.COPIED: "made a copy of everything held",
    Event.Verb.EXPORTED: "exported it to a file",
    Event.Verb.WORDS_PURGED: "erased the words",
    Event.Verb.IDENTITY_PURGED: "erased name and number",
    Event.Verb.DATED: "set the days on which it is erased",
    Event.Verb.HELD: "held it back from erasing",
    Event.Verb.LIFTED: "lifted the hold",
    Event.Verb.KEY_ROTATED: "made a new key the primary",
    Event.Verb.KEY_RETIRED: "retired a key",
    Event.Verb.KEY_DESTROYED: "destroyed a key",
    Event.Verb.SHEET_PRINTED: "printed the recovery sheet",
    Event.Verb.SAMPLES_MADE: "made practice data",
    Event.Verb.SAMPLES_REMOVED: "removed the practice data",
    Event.Verb.LINK_MADE: "made a one-time link",
    Event.Verb.FACTOR_ADDED: "added a second factor",
    Event.Verb.FACTOR_REMOVED: "removed a second factor",
    Event.Verb.RECOVERY_MADE: "made new recovery codes",
    Event.Verb.RECOVERY_USED: "signed in with a recovery code",
    Event.Verb.LOCKED_OUT: "locked out an account or an address",
}
ADDED = {"phone": "added their call", "walk_in": "added them: they came in person"}
SENT = {"web": "sent it on the website", "phone": "called", "walk_in": "came in person"}
# What became of the message that came with a close.
UNDONE = {
    "withdrawn": "; its message was taken back, unread",
    "read": "; they had read its message",
    "mailed": "; a mail had told them of its message",
}
# Who acts where no member of staff does.
OTHERS = {Event.ActorKind.PERSON: "They", Event.ActorKind.SYSTEM: "The site"}


@dataclass(frozen=True)
class Line:
    seq: int
    at: datetime
    when: str
    exactly: str
    what: str


def events_of(request: ContactRequest) -> list[Event]:
    """The newest first."""
    return list(request.events.select_related("actor").order_by("-seq"))


def lines(
    request: ContactRequest, events: Iterable[Event], now: datetime, tz: ZoneInfo
) -> list[Line]:
    return _in_words(request, events, now, tz)


def since(request: ContactRequest, seq: int, now: datetime, tz: ZoneInfo) -> list[Line]:
    """What changed after event number `seq`; reading changes nothing."""
    events = request.events.filter(seq__gt=seq).exclude(verb__in=Event.READINGS)
    return _in_words(request, events.select_related("actor").order_by("seq"), now, tz)


def _in_words(
    request: ContactRequest, events: Iterable[Event], now: datetime, tz: ZoneInfo
) -> list[Line]:
    return [
        Line(
            e.seq,
            e.at,
            moments.ago(e.at, now, tz),
            moments.exact(e.at, tz),
            f"{who(e)} {what(request, e, now, tz)}",
        )
        for e in events
    ]


def who(event: Event) -> str:
    if event.actor is None:
        return OTHERS[Event.ActorKind(event.actor_kind)]
    return str(event.actor.get_short_name() or event.actor.get_username())


def what(request: ContactRequest | None, event: Event, now: datetime, tz: ZoneInfo) -> str:
    """What was done, without who did it. No request for a line of the practice's own history."""
    if event.verb == Event.Verb.SENT and request:
        return SENT[request.origin]
    if event.verb == Event.Verb.ADDED:
        return ADDED[event.facts["origin"]]
    if event.verb == Event.Verb.STATUS_SET:
        return _status(event.facts, now, tz)
    if event.verb == Event.Verb.CLOSED:
        return _closed(event.facts)
    if event.verb == Event.Verb.TRIED:
        return _tried(event.facts, now, tz)
    if event.verb == Event.Verb.NEXT_SET:
        return _next(event.facts, now, tz)
    return f"{PLAIN.get(Event.Verb(event.verb), event.get_verb_display().lower())}{_more(event)}"


def _more(event: Event) -> str:
    if event.verb == Event.Verb.NARROWED:
        return f": {narrowed(event.facts)}" if narrowed(event.facts) else ""
    if event.verb == Event.Verb.CLOSE_UNDONE:
        return UNDONE.get(event.facts.get("told", ""), "")
    if event.verb == Event.Verb.OFFER_ANSWERED:
        return f": {offered(event.facts)}"
    if event.verb == Event.Verb.LOOKED:
        return f": {full_date(date.fromisoformat(event.facts['day']))}"
    if event.verb == Event.Verb.ANSWERED and (answer := event.facts.get("answer")):
        return f": {CheckIn.Answer(answer).label}"
    if event.verb == Event.Verb.HELD:
        return held(event.facts)
    return _given_out(event)


def _given_out(event: Event) -> str:
    if event.verb == Event.Verb.SEARCHED:
        return f": {event.facts['hits'] or 'none'} found"
    if event.verb == Event.Verb.PRINTED:
        return " with their words" if event.facts["words"] else " without their words"
    if event.verb == Event.Verb.COPIED:
        asked_by, checked = CopyFor(event.facts["asked_by"]), IdentityCheck(event.facts["checked"])
        return f" for {_lower(asked_by)}: {_lower(checked)}"
    if event.verb == Event.Verb.EXPORTED:
        return f": {_lower(ExportReason(event.facts['reason']))}"
    return ""


def offered(facts: dict[str, Any]) -> str:
    """What a colleague said: "no", "from Jan 5"."""
    if not facts["from_on"]:
        return str(facts["answer"])
    day = date.fromisoformat(facts["from_on"])
    return f"from {day:%b} {day.day}"


def _lower(choice: CopyFor | IdentityCheck | ExportReason) -> str:
    return f"{choice.label[:1].lower()}{choice.label[1:]}"


def held(facts: dict[str, Any]) -> str:
    kind = HoldKind(facts["hold"]).label.lower()
    return f": {kind}, until {facts['until']}" if facts["until"] else f": {kind}"


def narrowed(facts: dict[str, Any]) -> str:
    """What they changed, in the words that staff keep to."""
    found = []
    if facts.get("stop"):
        found.append("do not contact them, they will call")
    if facts.get("voicemail") == "none":
        found.append("no voicemail")
    if "times" in facts:
        found.append(safe_contact.times(facts["times"].split("+")) or "any time of day")
    return ", ".join(found)


def _status(facts: dict[str, Any], now: datetime, tz: ZoneInfo) -> str:
    status = ContactRequest.Status(facts["status"]).label
    due_at = datetime.fromisoformat(facts["due_at"])
    return f"set it to “{status}”, next by {moments.day_and_hour(due_at, now, tz)}"


def _closed(facts: dict[str, Any]) -> str:
    outcome = ContactRequest.Outcome(facts["outcome"]).label.lower()
    return f"closed it: {outcome}{_because(facts)}{_left_with(facts)}"


def _because(facts: dict[str, Any]) -> str:
    reasons = [facts.get("ending_reason"), facts.get("silence")]
    labels = [ContactRequest.EndingReason(each).label.lower() for each in reasons if each]
    return f" ({', '.join(dict.fromkeys(labels))})" if labels else ""


def _left_with(facts: dict[str, Any]) -> str:
    if "message" not in facts:
        return ""
    count = facts.get("referrals", 0)
    with_these = f" with {count} referral{'s' if count > 1 else ''}" if count else ""
    return f", and left them a message{with_these}"


def _tried(facts: dict[str, Any], now: datetime, tz: ZoneInfo) -> str:
    against = facts["against"]
    broken = f" ({Attempt.Against(against).label.lower()})" if against else ""
    return f"tried: {Attempt.Result(facts['result']).label.lower()}{broken}, {_due(facts, now, tz)}"


def _next(facts: dict[str, Any], now: datetime, tz: ZoneInfo) -> str:
    reason = f" ({Moved(facts['reason']).label.lower()})" if facts["reason"] else ""
    return f"set the next step: {_due(facts, now, tz)}{reason}"


def _due(facts: dict[str, Any], now: datetime, tz: ZoneInfo) -> str:
    """ "try again by Tue 11 am"."""
    due_at = datetime.fromisoformat(facts["due_at"])
    kind = ContactRequest.DueKind(facts["due_kind"]).label.lower()
    return f"{kind} by {moments.day_and_hour(due_at, now, tz)}"
