"""What wraps every answer: the policy by name, our own-origin rule, and the body limit."""

from collections.abc import Callable

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from practice_site.errors import database_away

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class NamedPolicyMiddleware(CSPMiddleware):
    """The public policy everywhere, the staff policy under /staff/, unless a view names another."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if parts.config is None and request.path_info.startswith(settings.STAFF_PATH):
            parts.config = None if report_only else settings.CSP_STAFF
        return parts


class OwnOriginMiddleware:
    """Keeps what we serve from being used by other sites."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class BodyLimitMiddleware:
    """Refuses a body over the limit before a byte of it is read: 413, or 411 without a length."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            return HttpResponse("Send the length of the request.", "text/plain", status=411)
        if length.isdecimal() and int(length) <= settings.BODY_LIMIT_BYTES:
            return self.get_response(request)
        response = render(request, "413.html", status=413)
        response.headers["Connection"] = "close"
        return response


class DatabaseAwayMiddleware:
    """A view that cannot reach the database answers 503 with plain words, not 500."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return database_away(request, error)
