"""Reads a posted form without trusting that a browser of ours sent it."""

from django.http import HttpRequest, QueryDict

from intake.forms.contact import ContactForm
from pages.posted import form_of

KNOWN = (*ContactForm.base_fields, "told", "step")
SEVERAL = ("times_ok",)


def read(request: HttpRequest) -> QueryDict:
    """What was typed under the names we know: the last value of each, without NUL.

    Bytes that are not UTF-8 come out as the replacement character, which the person then sees.
    Raises Unreadable.
    """
    posted = form_of(request)
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
