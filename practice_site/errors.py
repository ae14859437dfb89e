"""Error pages that always render: with an odd request, without a database."""

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pages.models.last_known import RETRY_AFTER_SECONDS, database_is_away
from pages.site import Site

logger = logging.getLogger(__name__)


def page(request: HttpRequest, status: int, **context: str) -> HttpResponse:
    response = render(request, f"{status}.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Whoever calls says the id, and it finds the line in the log, with what broke."""
    request_id = secrets.token_hex(4)
    logger.exception("A page broke", extra={"facts": {"request": request_id}})
    return page(request, 500, request_id=request_id)


def database_away(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """The 503 page, where the error says that the database cannot be reached or written."""
    if not database_is_away(error):
        return None
    logger.error("The database did not answer", exc_info=error)
    Site.of(request).database_failed = True
    response = page(request, 503)
    response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response
