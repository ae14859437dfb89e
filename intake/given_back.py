"""Answers for when something goes wrong: what was typed comes back, ready to be sent again."""

import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render

from intake.forms.contact import WRITTEN
from intake.forms.typed import pairs, read
from pages.models.last_known import RETRY_AFTER_SECONDS, database_is_away
from pages.posted import Unreadable
from pages.site import Site

log = logging.getLogger(__name__)

BUTTONS = {"send": "Send my request", "check": "Check before sending"}
Respond = Callable[..., HttpResponseBase]


def gives_back(again: Callable[..., HttpResponse]) -> Callable[[Respond], Respond]:
    """Nothing typed is lost to a fault of ours, whatever it is.

    `again(request, page, status, **context)` shows the page "away" or "broken" with what was typed.
    """

    def gives_it_back(view: Respond) -> Respond:
        @wraps(view)
        def careful(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except Unreadable:
                return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)
            except Http404:
                raise
            except Exception as error:
                return (_away if database_is_away(error) else _broken)(request, again)

        return careful

    return gives_it_back


def given_back(
    request: HttpRequest, page: str, status: int, typed: QueryDict | None = None, **context: Any
) -> HttpResponse:
    """A page that could not do what was asked, with what was typed, ready to be sent again."""
    typed = typed if typed is not None else _typed(request)
    step = "send" if typed.get("step") == "send" and page != "refused" else "check"
    context |= {
        "pairs": pairs(typed),
        "words": [typed[name] for name in WRITTEN if typed.get(name)],
        "step": step,
        "button": BUTTONS[step],
    }
    return render(request, f"intake/{page}.html", context, status=status)


gives_words_back = gives_back(given_back)


def _away(request: HttpRequest, again: Callable[..., HttpResponse]) -> HttpResponse:
    log.exception("The database is away")
    Site.of(request).database_failed = True
    response = again(request, "away", HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def _broken(request: HttpRequest, again: Callable[..., HttpResponse]) -> HttpResponse:
    log.exception("A page of the intake broke")
    return again(request, "broken", HTTPStatus.INTERNAL_SERVER_ERROR)


def _typed(request: HttpRequest) -> QueryDict:
    try:
        return read(request)
    except Unreadable:
        return QueryDict()
