"""What a process that serves staff alone does with the forms of the public."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class FormsElsewhereMiddleware:
    """At an address of their own staff see the pages, and whoever wants to write is sent on.

    So strangers type nothing into a process that can read. Where staff share the site's address, it
    is the proxy that decides, and what it lets through is taken: better here than nowhere.
    """

    def __init__(self, get_response: GetResponse) -> None:
        if settings.SURFACE != "staff" or settings.STAFF_URL == settings.SITE_URL:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], *_: Any
    ) -> HttpResponseBase | None:
        found = request.resolver_match
        if found is None or found.app_name != "intake":
            return None
        return HttpResponseRedirect(f"{settings.SITE_URL}{request.get_full_path()}")
