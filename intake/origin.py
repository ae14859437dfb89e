"""Whether a POST comes from a page of ours, without a cookie to tell by.

Browsers say it in two headers that no page can set. Programs without a browser send neither and
are let in: they have no one's authority to borrow here.
"""

from django.conf import settings
from django.http import HttpRequest


def is_foreign(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site", "")
    origin = request.headers.get("Origin", "")
    if site == "cross-site":
        return True
    if site == "same-origin" and origin == "null":
        return False  # some privacy settings hide the origin even from the site itself
    return bool(origin) and origin not in _ours(request)


def _ours(request: HttpRequest) -> tuple[str, str]:
    return f"{request.scheme}://{request.get_host()}", settings.SITE_URL
