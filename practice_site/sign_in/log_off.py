"""Logs off who was idle too long, before anything else looks at who it is."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from practice_site.errors import database_away
from practice_site.sign_in import kept, session

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class LogOffMiddleware:
    """Looks at no session outside the staff site: pages there are the same for everyone."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            look_at_the_clock(request)
        except (DatabaseError, InterfaceError) as error:
            away = database_away(request, error)
            if away is None:
                raise
            return away
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        """Only here is it known that the form came from one of our own pages."""
        typed = request.method == "POST" and session.is_someones_doing(request)
        whose = session.whose_was_it(request) if typed and for_staff(request) else None
        if whose:
            kept.keep(request, whose)


def look_at_the_clock(request: HttpRequest) -> None:
    """The first look at the session, so the first to find that the database is away."""
    if for_staff(request):
        session.end_if_over(request)
        if session.is_someones_doing(request):
            session.touch(request)


def for_staff(request: HttpRequest) -> bool:
    return request.path_info.startswith(settings.STAFF_PATH)
