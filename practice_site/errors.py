"""Error pages that always render: with an odd request, without a database."""

import logging

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pages.models.last_known import RETRY_AFTER_SECONDS, database_is_away
from pages.site import Site

logger = logging.getLogger(__name__)

OTHER_HOST = (
    "A host was asked for that is neither of SITE_URL nor of STAFF_URL: nothing to mend if it was "
    "a stranger; if it was everyone, have the proxy pass Host on"
)


def page(request: HttpRequest, status: int) -> HttpResponse:
    response = render(request, f"{status}.html", status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    other_host = isinstance(exception, DisallowedHost)
    logger.warning(OTHER_HOST if other_host else "It could not be read", exc_info=exception)
    return page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Whoever calls says the request's id, and it finds the line in the log, with what broke."""
    logger.exception("A page broke")
    return page(request, 500)


def database_away(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """The 503 page, where the error says that the database cannot be reached or written."""
    if not database_is_away(error):
        return None
    logger.error("The database did not answer", exc_info=error)
    Site.of(request).database_failed = True
    return unavailable(request)


def unavailable(request: HttpRequest) -> HttpResponse:
    response = page(request, 503)
    response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response
