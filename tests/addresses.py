"""Every public address of a running site: from its URL list and its sitemap."""

import os
import re
from collections.abc import Iterator

import django

from tests.visitor import Visitor

NOT_PAGES = ("/healthz", "/leave/", "/robots.txt", "/sitemap.xml")


def public_addresses(visitor: Visitor) -> list[str]:
    """Sorted and without doubles. Each answers 200 with a page."""
    listed = {path for path in _fixed_paths() if path not in NOT_PAGES}
    mapped = set(re.findall(r"<loc>https?://[^/]+(/[^<]*)</loc>", visitor.get("/sitemap.xml").text))
    mapped |= set(re.findall(r'href="(/therapists/[^"#]+)"', _all_text(visitor, mapped)))
    contact = set(re.findall(r'href="(/contact/[^"]+)"', _all_text(visitor, mapped)))
    return sorted(listed | mapped | contact)


def _all_text(visitor: Visitor, paths: set[str]) -> str:
    return "".join(visitor.get(path).text for path in sorted(paths))


def _fixed_paths() -> Iterator[str]:
    """The addresses of the URL list that take no argument, staff's left out."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.urls import URLPattern, get_resolver  # the apps come first

    def walk(resolver: object, prefix: str) -> Iterator[str]:
        for pattern in resolver.url_patterns:  # type: ignore[attr-defined]
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield route
            else:
                yield from walk(pattern, route)

    for route in walk(get_resolver(), "/"):
        if "<" not in route and "(" not in route and not route.startswith("/staff/"):
            yield route
