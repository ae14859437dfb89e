"""Reads a posted form without trusting that a browser of ours sent it."""

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from intake.forms.contact import ContactForm

FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
KNOWN = (*ContactForm.base_fields, "step")
SEVERAL = ("times_ok",)
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


def read(request: HttpRequest) -> QueryDict:
    """What was typed under the names we know: the last value of each, without NUL.

    Bytes that are not UTF-8 come out as the replacement character, which the person then sees.
    Raises Unreadable.
    """
    if request.content_type not in FORM_TYPES or not _in_utf8(request):
        raise Unreadable
    try:
        posted = request.POST
    except UNREADABLE as error:
        raise Unreadable from error
    typed = QueryDict(mutable=True)
    for name in KNOWN:
        values = [value.replace("\x00", "") for value in posted.getlist(name)]
        if values:
            typed.setlist(name, values if name in SEVERAL else values[-1:])
    return typed


def pairs(typed: QueryDict) -> list[tuple[str, str]]:
    """Everything but the step, to be carried along in hidden inputs."""
    lists = ((name, values) for name, values in typed.lists() if name != "step")
    return [(name, str(value)) for name, values in lists for value in values]


def _in_utf8(request: HttpRequest) -> bool:
    charset = (request.content_params or {}).get("charset", "utf-8")
    return charset.lower() in ("utf-8", "utf8")
