"""What a signed-in session holds, and when it is over. Moments are seconds since 1970."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY, login
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone
from django_otp import login as verify
from django_otp.models import Device

IDLE = timedelta(minutes=15)
WARNING = timedelta(minutes=2)  # before the end
AT_MOST = timedelta(hours=12)
# Seen again within this, it is not written anew: a page and its redirect are one visit.
GRAIN = timedelta(seconds=5)

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
ENDED = "ended"
KEPT = "kept"  # what was typed meanwhile, see kept.py
# Requests of scripts, frames and pictures: whoever sits there did nothing. But for those that go
# from one request to the next in place of a page load (static/js/staff/in-place.js).
NAVIGATION = "document"
BY_HAND = "X-By-Hand"


@dataclass(frozen=True)
class Ended:
    """A sign-in that is over: whose it was, and since when."""

    user: int
    since: float


def begin(request: HttpRequest, user: User, device: Device, since: float | None = None) -> None:
    """Signs in, with both factors proved. A sign-in that is woken keeps its beginning."""
    login(request, user)
    verify(request, device)
    mark(request.session, since)


def mark(session: Any, since: float | None = None) -> None:
    session.pop(ENDED, None)
    session[SIGNED_IN_AT] = since or now()
    session[SEEN_AT] = now()


def end_if_over(request: HttpRequest) -> None:
    """Signs out where the time is over. What is left says whose it was, to be woken."""
    session = request.session
    if SESSION_KEY in session and seconds_left(session) <= 0:
        ended = [int(session[SESSION_KEY]), session.get(SIGNED_IN_AT, 0)]
        kept = session.get(KEPT)
        session.flush()
        session[ENDED] = ended
        if kept:
            session[KEPT] = kept


def whose_was_it(request: HttpRequest) -> int | None:
    """Whose sign-in ended here, while nobody is signed in."""
    found = request.session.get(ENDED)
    return int(found[0]) if found and SESSION_KEY not in request.session else None


def ended(request: HttpRequest) -> Ended | None:
    """The sign-in that ended here and may be woken; None after twelve hours in all."""
    found = request.session.get(ENDED)
    if not found or found[1] + AT_MOST.total_seconds() <= now():
        return None
    return Ended(*found)


def seconds_left(session: Any) -> float:
    """Until the sign-in is over; of one that nobody began by `begin`, none."""
    idle = session.get(SEEN_AT, 0) + IDLE.total_seconds()
    whole = session.get(SIGNED_IN_AT, 0) + AT_MOST.total_seconds()
    return float(min(idle, whole) - now())


def touch(request: HttpRequest) -> None:
    session = request.session
    if SESSION_KEY in session and now() - session.get(SEEN_AT, 0) >= GRAIN.total_seconds():
        session[SEEN_AT] = now()


def is_someones_doing(request: HttpRequest) -> bool:
    """A page that a person asked for, as far as the browser says."""
    destination = request.headers.get("Sec-Fetch-Dest")
    if destination:
        return destination == NAVIGATION or BY_HAND in request.headers
    accepted = request.headers.get("Accept", "")
    return not accepted or "text/html" in accepted


def now() -> float:
    return timezone.now().timestamp()
