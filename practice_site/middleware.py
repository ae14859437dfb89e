"""What wraps every answer: the policy by name, own origin, https, body limit and ETags."""

import logging
from collections.abc import Callable
from functools import cache
from typing import Any, TypeGuard

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseForbidden,
    HttpResponseNotModified,
    HttpResponsePermanentRedirect,
)
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render

from practice_site.errors import database_away, unavailable
from practice_site.etags import OF_THE_BODY, etag_of, is_public, matches

logger = logging.getLogger(__name__)

Policy = dict[str, list[str]]
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class NamedPolicyMiddleware:
    """The public policy everywhere, the staff policy under /staff/, unless a view names another.

    Each is put together once. django-csp's own middleware does so twice for every answer.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_staff = request.path_info.startswith(settings.STAFF_PATH)
        policy = settings.CSP_STAFF if is_staff else settings.CSP_PUBLIC
        # What its decorator `csp` left on the answer of a view.
        named: Policy = getattr(response, "_csp_config", policy)
        words = tuple((name, tuple(sources)) for name, sources in named.items())
        response.headers.setdefault(HEADER, _policy(words))
        return response


@cache
def _policy(words: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    return build_policy(config=dict(words))


class StaffCsrfMiddleware(CsrfViewMiddleware):
    """Django's own protection, where there are sign-in cookies to protect.

    Elsewhere it has nothing to guard, and a malformed cookie would make it set one.
    """

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info.startswith(settings.STAFF_PATH):
            super().process_request(request)

    def process_view(
        self,
        request: HttpRequest,
        callback: Callable[..., HttpResponseBase],
        callback_args: tuple[Any, ...],
        callback_kwargs: dict[str, Any],
    ) -> HttpResponseForbidden | None:
        if not request.path_info.startswith(settings.STAFF_PATH):
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)


class OwnOriginMiddleware:
    """Keeps what we serve from being used by other sites."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class HttpsMiddleware:
    """Sends people who came over http to https, but never round in a circle.

    The site itself hears plain http from the proxy, which says how people came. Where nobody says
    it, a redirect would come back the same way, for ever: then the log says what to set, and
    people get the page with the practice's phone.
    """

    NO_PROXY = (
        "SITE_URL is https and TRUSTED_PROXIES is 0, so no page can be shown: set TRUSTED_PROXIES "
        "to the number of proxies in front of the site, usually 1, and start it again"
    )
    UNSAID = (
        "SITE_URL is https and the proxy does not say how people came, so no page can be shown: "
        "have it set X-Forwarded-Proto, to https or http"
    )

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not settings.HTTPS or request.is_secure() or request.path_info == "/healthz":
            return self.get_response(request)
        if settings.TRUSTED_PROXIES and "X-Forwarded-Proto" in request.headers:
            host, path = request.get_host(), request.get_full_path()
            return HttpResponsePermanentRedirect(f"https://{host}{path}")
        logger.error(self.UNSAID if settings.TRUSTED_PROXIES else self.NO_PROXY)
        return unavailable(request)


class BodyLimitMiddleware:
    """Refuses a body over the limit before a byte of it is read: 413, or 411 without a length."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            return HttpResponse("Send the length of the request.", "text/plain", status=411)
        upload = is_upload(request)
        limit = settings.UPLOAD_LIMIT_BYTES if upload else settings.BODY_LIMIT_BYTES
        if length.isdecimal() and int(length) <= limit:
            return self.get_response(request)
        response = render(request, "413.html", {"upload": upload}, status=413)
        response.headers["Connection"] = "close"
        return response


def is_upload(request: HttpRequest) -> bool:
    """A form with a file in it, sent to the staff site."""
    return (
        request.method == "POST"
        and request.path_info.startswith(settings.STAFF_PATH)
        and request.content_type == "multipart/form-data"
    )


class EtagMiddleware:
    """A public page has an ETag, and whoever has it already is told so, as from memory.

    Django's own would read If-Match too, answer a HEAD otherwise than a GET, and refuse a date
    that we do not know.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method not in ("GET", "HEAD") or not is_whole_and_public(response):
            return response
        if "ETag" not in response.headers:
            response.headers["ETag"] = etag_of(response.content)
        if matches(request.headers.get("If-None-Match", ""), response.headers["ETag"]):
            return not_modified(response)
        return response


def is_whole_and_public(response: HttpResponseBase) -> TypeGuard[HttpResponse]:
    public = is_public(response.headers.get("Cache-Control", ""))
    return isinstance(response, HttpResponse) and response.status_code == 200 and public


def not_modified(response: HttpResponse) -> HttpResponse:
    kept = {k: v for k, v in response.headers.items() if k.lower() not in OF_THE_BODY}
    return HttpResponseNotModified(headers=kept)


class DatabaseAwayMiddleware:
    """A view that cannot reach the database answers 503 with plain words, not 500."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return database_away(request, error)
