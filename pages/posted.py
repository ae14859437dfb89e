"""What is posted to a public page: where it comes from, and the form it carries.

No cookie tells a page of ours from another site's. Browsers say it in two headers that no page can
set. Programs without a browser send neither and are let in: they have no one's authority to borrow
here.
"""

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
# LookupError and ValueError: a charset that Python knows, but not as one of text.
UNREADABLE = (
    BadRequest,
    SuspiciousOperation,
    MultiPartParserError,
    UnreadablePostError,
    LookupError,
    ValueError,
)


class Unreadable(Exception):  # noqa: N818  # a sentence, not a kind of error
    """The body is no form, or not one in UTF-8."""


def is_foreign(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site", "")
    origin = request.headers.get("Origin", "")
    if site == "cross-site":
        return True
    if site == "same-origin" and origin == "null":
        return False  # some privacy settings hide the origin even from the site itself
    return bool(origin) and origin not in _ours(request)


def form_of(request: HttpRequest) -> QueryDict:
    """Raises Unreadable."""
    if request.content_type not in FORM_TYPES or not _in_utf8(request):
        raise Unreadable
    try:
        return request.POST
    except UNREADABLE as error:
        raise Unreadable from error


def _ours(request: HttpRequest) -> tuple[str, str]:
    return f"{request.scheme}://{request.get_host()}", settings.SITE_URL


def _in_utf8(request: HttpRequest) -> bool:
    charset = (request.content_params or {}).get("charset", "utf-8")
    return charset.lower() in ("utf-8", "utf8")
