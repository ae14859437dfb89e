"""The two half-way states: a password without its second factor, and a one-time link that was used.

Both are kept in a session that is signed in as nobody, and both end by themselves.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from practice_site.sign_in import factors
from practice_site.sign_in.session import now

PASSWORD = "password_of"  # noqa: S105  # the name of a state
LINK = "link_of"
SECONDS = {PASSWORD: 10 * 60, LINK: 60 * 60}


@dataclass(frozen=True)
class Half:
    user: User
    next: str


def enter(request: HttpRequest, state: str, user: User, target: str = "") -> None:
    """The session gets a new name, so that nobody who knew the old one is half-way in."""
    leave(request)
    request.session.cycle_key()
    request.session[state] = {
        "user": user.pk,
        "until": now() + SECONDS[state],
        "password": user.get_session_auth_hash(),
        "next": target,
    }


def found(request: HttpRequest, state: str) -> Half | None:
    """None where it is over, or where the password has changed meanwhile."""
    kept: dict[str, Any] | None = request.session.get(state)
    if not kept or kept["until"] <= now():
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True, is_staff=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), kept["password"]):
        return None
    return Half(user, kept["next"])


def by_password(request: HttpRequest) -> Half | None:
    return found(request, PASSWORD)


def by_link(request: HttpRequest) -> User | None:
    """Whoever may add a first factor: a password alone never does, nor does a link beside one."""
    half = found(request, LINK)
    return half.user if half and not factors.of(half.user) else None


def leave(request: HttpRequest) -> None:
    for state in (PASSWORD, LINK):
        request.session.pop(state, None)
