"""What mail says: to staff a reference and a link, to a person nothing that another may not read.

A person's mail has no name, no answer, no word of therapy, and not the practice's name.
"""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from intake import moments
from intake.digest import Digest, Some
from intake.models import Anchor, ContactRequest, Notice
from intake.promise import in_words
from intake.receipts import in_blocks
from pages.models import Practice
from pages.sentences import weekday_and_date

Letter = tuple[str, str]  # subject and body
Kind = Notice.Kind


def letter(notice: Notice, practice: Practice) -> Letter:
    if notice.kind in OF_NO_REQUEST:
        return OF_NO_REQUEST[Kind(notice.kind)]()
    if notice.request is None:
        return daily(practice) if notice.kind == Kind.DIGEST else held()
    return LETTERS[Kind(notice.kind)](notice.request, practice)


def held() -> Letter:
    link = staff_link(f"{reverse('admin:intake_contactrequest_changelist')}?only=held")
    return (
        "Requests held for review",
        f"Requests are held for review in the inbox. Look at them here: {link}\n",
    )


def sign_in() -> Letter:
    link = staff_link(reverse("admin:auth_user_changelist"))
    return (
        "A new way to sign in",
        "A one-time link was made for a staff account: with it someone sets a new password, or "
        "takes the place of a lost second factor. If nobody asked for one, look at the accounts "
        f"now: {link}\n",
    )


def key() -> Letter:
    link = staff_link(reverse("admin:readiness"))
    return (
        "Time for a new key",
        "The key that seals requests has served its time. Whoever runs the site makes a new one: "
        "manage.py keys rotate. How, and why, stands in docs/operate.md under “A new key each "
        f"month”. Until then this comes once a week. {link}\n",
    )


def new(request: ContactRequest, practice: Practice) -> Letter:
    by = _day(request.promised_at, practice)
    return (
        f"Request {_reference(request)}: answer by {by}",
        f"A new request is in the inbox. Open it here: {_link(request)}\n{while_away(practice)}",
    )


def late(request: ContactRequest, practice: Practice) -> Letter:
    return (
        f"Request {_reference(request)}: we are late",
        "The time by which this person was to hear from us has passed, and they can see that. "
        f"Open the request here: {_link(request)}\n",
    )


def overdue(request: ContactRequest, practice: Practice) -> Letter:
    return (
        f"Request {_reference(request)}: overdue",
        f"This request has been due for more than a working day. Open it here: {_link(request)}\n",
    )


def unmet(request: ContactRequest, practice: Practice) -> Letter:
    return (
        f"Request {_reference(request)}: still overdue",
        "This request has been due for more than a working day, whoever has it was told, and "
        f"nothing was done. See to it here: {_link(request)}\n",
    )


def ask(request: ContactRequest, practice: Practice) -> Letter:
    return (
        f"Request {_reference(request)}: can you take it?",
        "A colleague asks whether you can take a request. Answer within a working day: "
        f"{_link(request)}\n",
    )


def back(request: ContactRequest, practice: Practice) -> Letter:
    return (
        f"Request {_reference(request)}: back at the desk",
        f"Nobody has taken this request yet. Open it here: {_link(request)}\n",
    )


def theirs(request: ContactRequest, practice: Practice) -> Letter:
    return (
        f"Request {_reference(request)}: changed by the person",
        "The person has changed something about this request. Look at it before you contact "
        f"them: {_link(request)}\n",
    )


def against(request: ContactRequest, practice: Practice) -> Letter:
    return (
        f"Request {_reference(request)}: not as they asked",
        "A try to reach this person was not as they had asked for. What it was stands in the "
        f"history of the request: {_link(request)}\n",
    )


def confirm(request: ContactRequest, practice: Practice) -> Letter:
    by = in_words(request.promised_at, practice.tz)
    said = (
        f"Hello. We got your message and will reply by {by}. If we have not, call "
        f"{practice.phone}. We will mail you again only when something waits for you."
    )
    return "We got your message", f"{said}{until_then(practice)}\n"


def check_in(request: ContactRequest, practice: Practice) -> Letter:
    return "Checking in", (
        "Hello. Checking in, as we said we would. To answer, use your code at "
        f"{my_request()}, or call {practice.phone}. No answer needed today.\n"
    )


def written(request: ContactRequest, practice: Practice) -> Letter:
    return "A message for you", (
        "Hello. A message is waiting for you. To read it, use your code at "
        f"{my_request()}, or call {practice.phone}. No answer needed today.\n"
    )


def ended(request: ContactRequest, practice: Practice) -> Letter:
    on = weekday_and_date(practice.today(request.closed_at))
    return "Checking in", (
        "Hello. We have not heard from you, so we have given your place to the next person on "
        f"{on}. Write any time and we will find you a new one.\n"
    )


def heartbeat(request: ContactRequest, practice: Practice) -> Letter:
    return "Nightly test", (
        "The site has sent itself a request tonight, and this mail was the last part of it. All "
        "went well. There is nothing to do.\n"
    )


def daily(practice: Practice) -> Letter:
    """References and counts; what each is about stands in the inbox."""
    now = timezone.now()
    found = Digest.at(now, practice)
    parts = {
        "Late": found.overdue,
        "Due today": found.today,
        "Without an owner": found.unassigned,
        "Held for review": found.held,
    }
    lines = [_listed(name, some) for name, some in parts.items() if some.count]
    if found.unsent:
        lines.append(f"Mail that was not sent yet: {found.unsent}")
    if anchor := Anchor.objects.newest():
        lines.append(f"Newest anchor of the histories: {anchor.short}")
    link = staff_link(reverse("admin:intake_contactrequest_changelist"))
    on = weekday_and_date(practice.today(now))
    return f"What waits on {on}", "\n\n".join([*lines, f"The inbox: {link}\n"])


def _listed(name: str, some: Some) -> str:
    more = some.count - len(some.references)
    lines = [*some.references, *([f"and {more} more"] if more else [])]
    return "\n".join([f"{name}: {some.count}", *(f"  {line}" for line in lines)])


OF_NO_REQUEST = {Kind.SIGN_IN: sign_in, Kind.KEY: key}
LETTERS = {
    Kind.NEW: new,
    Kind.LATE: late,
    Kind.OVERDUE: overdue,
    Kind.UNMET: unmet,
    Kind.ASK: ask,
    Kind.BACK: back,
    Kind.THEIRS: theirs,
    Kind.CONFIRM: confirm,
    Kind.CHECK_IN: check_in,
    Kind.WRITTEN: written,
    Kind.ENDED: ended,
    Kind.AGAINST: against,
    Kind.HEARTBEAT: heartbeat,
}


def until_then(practice: Practice) -> str:
    """Whom to call meanwhile; '' where no line is known."""
    line = practice.crisis.get("talk")
    if line is None:
        return ""
    how = f"{'call or text' if line.same_number else 'call'} {line.call_shown}"
    return f" If you need someone to talk to before then, {how}, day or night."


def while_away(practice: Practice) -> str:
    """What the site says to people during a pause, so that nobody is surprised by the date."""
    back = practice.away_until
    return f"\nThe site says that you are away until {weekday_and_date(back)}.\n" if back else ""


def staff_link(path: str) -> str:
    return f"{settings.STAFF_URL}{path}"


def my_request() -> str:
    return f"{settings.SITE_URL}{reverse('intake:request')}"


def _link(request: ContactRequest) -> str:
    return staff_link(reverse("admin:intake_contactrequest_change", args=[request.pk]))


def _reference(request: ContactRequest) -> str:
    return in_blocks(request.reference, "-")


def _day(moment: datetime, practice: Practice) -> str:
    return moments.day_and_hour(moment, timezone.now(), practice.tz)
