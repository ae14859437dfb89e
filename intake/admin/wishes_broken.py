"""What is asked before a try is recorded that was not as the person wished."""

from dataclasses import dataclass
from datetime import datetime

from intake import day_parts
from intake.admin import safe_contact
from intake.models import Attempt, ContactRequest
from intake.models.choices import ContactMethod
from intake.promise import Clock

Method, Result, Against = ContactMethod, Attempt.Result, Attempt.Against
BY_PHONE = (Method.CALL, Method.TEXT)
ASKED_FOR = {Method.CALL: "a call", Method.TEXT: "a text", Method.EMAIL: "an email"}
NOTED = "We note it and tell the owner."
# What a button's step ends with: it was so, or it was at another hour.
SURE, EARLIER = "sure", "earlier"


@dataclass(frozen=True)
class Question:
    """Two buttons: what each says, and which step it takes."""

    words: str
    no: str
    no_step: str
    yes: str
    yes_step: str


def broken(request: ContactRequest, result: str, clock: Clock, now: datetime) -> str:
    """The wish that a try with this result breaks now; '' for none."""
    method = request.contact_method
    if method == Method.OWN:
        return "" if result == Result.TALKED else Against.OWN
    if result == Result.WROTE and method == Method.CALL:
        return Against.WAY
    if result == Result.LEFT_MESSAGE and method != Method.CALL:
        return Against.WAY
    if result == Result.LEFT_MESSAGE and not safe_contact.may_leave(request):
        return Against.VOICEMAIL
    at_their_times = day_parts.is_wished(clock, request.times_ok, now)
    if method in BY_PHONE and result != Result.TALKED and not at_their_times:
        return Against.TIMES
    return ""


def question(request: ContactRequest, result: str, against: str) -> Question:
    yes = f"{result}.{SURE}"
    if against == Against.VOICEMAIL:
        words = "They asked for no voicemail. Did you leave one?"
        return Question(words, "No, I hung up", Result.NO_ANSWER, "Yes, I did", yes)
    if against == Against.TIMES:
        words = f"They asked for {safe_contact.times(request.times_ok)}. Did you try now?"
        return Question(words, "No, earlier", f"{result}.{EARLIER}", "Yes, just now", yes)
    if against == Against.OWN:
        words = "They asked us not to contact them first. Did you?"
    elif result == Result.WROTE:
        words = "They asked for a call. Did you send a text or email?"
    else:
        way = ASKED_FOR[Method(request.contact_method)]
        words = f"They asked for {way}. Did you leave a message by phone?"
    return Question(words, "No, a wrong button", "nothing", "Yes, I did", yes)


def not_now(request: ContactRequest, clock: Clock, now: datetime) -> str:
    """Why this hour is none for a call or text; '' where it is one, or none is wanted."""
    if request.contact_method not in BY_PHONE or safe_contact.do_not_contact(request):
        return ""
    if not day_parts.is_wished(clock, request.times_ok, now):
        return f"Not one of their times now: {safe_contact.times(request.times_ok)}."
    return "" if day_parts.is_open(clock, now) else "The practice is closed at this hour."
