"""What went between the practice and one person: messages, mail, check-ins. With exact times."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from intake import moments
from intake.admin.history import who
from intake.encryption import SealBroken, WrongKey
from intake.models import CheckIn, ContactRequest, Event, Message, Notice
from intake.models.choices import NoMail

MAIL = {
    "confirm": "Mail to them: it reached us",
    "check_in": "Mail to them: are they still looking?",
    "written": "Mail to them: a message waits",
    "ended": "Mail to them: their place has ended",
}


@dataclass(frozen=True)
class Entry:
    at: datetime
    when: str
    what: str
    more: str = ""
    words: str = ""


def entries(
    request: ContactRequest, events: Iterable[Event], tz: ZoneInfo, is_read: bool
) -> list[Entry]:
    """The newest first. Words only while the request is read."""
    events = list(events)
    found = [
        *_messages(request, events, tz, is_read),
        *_mail(request, tz),
        *_check_ins(events, tz),
    ]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _messages(
    request: ContactRequest, events: list[Event], tz: ZoneInfo, is_read: bool
) -> Iterator[Entry]:
    written = {
        event.facts["message"]: event
        for event in events
        if event.verb in Event.WITH_MESSAGE and "message" in event.facts
    }
    if not written:
        return
    for message in request.messages.select_related("by"):
        event = written.get(str(message.pk))
        yield Entry(
            message.at,
            moments.exact(message.at, tz),
            f"{who(event) if event else message.by} wrote to them",
            _reaching(message, event),
            _words(message) if is_read else "",
        )


def _reaching(message: Message, event: Event | None) -> str:
    """Who can read it, and whether a mail said that it waits."""
    if message.for_person is None:
        return "Only staff can read it."
    if message.withdrawn_at:
        return "Taken back before they read it."
    why_not = event.facts.get("mail", "") if event else NoMail.OTHER
    if not why_not:
        return "They can read it with their code."
    return f"They can read it with their code. No mail: {NoMail(why_not).label}."


def _words(message: Message) -> str:
    try:
        return message.for_staff
    except (WrongKey, SealBroken):
        return ""


def _mail(request: ContactRequest, tz: ZoneInfo) -> Iterator[Entry]:
    notices = list(request.notices.filter(to_person=True))
    for notice in notices:
        at = notice.sent_at or notice.made_at
        yield Entry(at, moments.exact(at, tz), MAIL[notice.kind], _sending(notice, tz))
    if not any(notice.kind == Notice.Kind.CONFIRM for notice in notices):
        at, why_not = request.received_at, NoMail(request.why_no_mail or NoMail.OTHER)
        yield Entry(
            at,
            moments.exact(at, tz),
            "It reached us",
            f"No mail said so: {why_not.label}.",
        )


def _sending(notice: Notice, tz: ZoneInfo) -> str:
    if notice.sent_at:
        return "Sent."
    if notice.error_class:
        again = moments.exact(notice.due_at, tz)
        return f"Not sent yet ({notice.error_class}, {notice.attempts} tries). Again {again}."
    return "Not sent yet."


def _check_ins(events: list[Event], tz: ZoneInfo) -> Iterator[Entry]:
    for event in events:
        when = moments.exact(event.at, tz)
        if event.verb == Event.Verb.ASKED:
            yield Entry(event.at, when, "The site asked: are you still looking?")
        elif event.verb == Event.Verb.ANSWERED:
            answer = event.facts.get("answer", "")
            said = CheckIn.Answer(answer).label if answer else ""
            yield Entry(event.at, when, f"They answered: {said}")
