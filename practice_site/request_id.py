"""A name for each request that reaches Django, short enough to be said on the phone.

It stands in every line that is logged meanwhile, on the error pages that ask to call, and in a
header of what broke. It is made here: what a client or a proxy sends as one is not looked at.
"""

import logging
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from http import HTTPMethod
from time import perf_counter

from django.http import HttpRequest
from django.http.response import HttpResponseBase

logger = logging.getLogger(__name__)

HEADER = "X-Request-ID"
# No two of these look alike, and no two sound alike on a bad line.
ALPHABET = "234678FKLMRWY"
# In threes, so that nobody takes it for the short code of a contact request, which comes in fours.
LENGTH, GROUP = 9, 3
COUNT = len(ALPHABET) ** LENGTH
METHODS = frozenset(HTTPMethod)

_current: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


class RequestIdMiddleware:
    """Outermost, so that whatever is logged of a request carries its id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.request_id = new()  # type: ignore[attr-defined]
        before, started = _current.set(request), perf_counter()
        try:
            response = self.get_response(request)
            log_answer(request, response.status_code, perf_counter() - started)
        finally:
            _current.reset(before)
        if response.status_code >= 500:
            response.headers[HEADER] = of(request)
        return response


def new() -> str:
    """One in ten billion."""
    number = secrets.randbelow(COUNT)
    letters = [ALPHABET[number // len(ALPHABET) ** at % len(ALPHABET)] for at in range(LENGTH)]
    return "-".join("".join(letters[at : at + GROUP]) for at in range(0, LENGTH, GROUP))


def of(request: HttpRequest | None) -> str:
    return getattr(request, "request_id", "")


def current() -> str:
    """Of the request that this thread answers now; '' where it answers none."""
    return of(_current.get())


def current_route() -> str:
    return route(_current.get())


def route(request: HttpRequest | None) -> str:
    """The name of the view, without what its address holds; '' before one is found."""
    match = getattr(request, "resolver_match", None)
    return match.view_name if match else ""


def log_answer(request: HttpRequest, status: int, seconds: float) -> None:
    """One line for what a view answered, or nobody could: who asked and for what stays out of it.

    Files, and a health page that is well, would drown the rest.
    """
    name = route(request)
    if status < 400 and name in ("", "healthz", "staff_healthz"):
        return
    facts = {
        "route": name,
        "method": request.method if request.method in METHODS else "other",
        "status": status,
        "ms": round(seconds * 1000),
    }
    logger.log(level_of(status), "Answered", extra={"facts": facts})


def level_of(status: int) -> int:
    if status >= 500:
        return logging.ERROR
    return logging.WARNING if status >= 400 else logging.INFO
