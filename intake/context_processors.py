"""What every page may say about hearing back."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from intake.clock import clock_of
from pages.models import Practice


def promise(request: HttpRequest) -> dict[str, Any]:
    """`promise`: "Tuesday, November 25, 5 pm", worked out where a template asks for it."""
    return {"promise": SimpleLazyObject(lambda: promise_in_words(request))}


def promise_in_words(request: HttpRequest) -> str:
    """'' where there is no practice to promise anything.

    A database that is away is an error here: a page without its promise must not be kept.
    """
    try:
        clock = clock_of(Practice.of(request))
    except Practice.DoesNotExist:
        return ""
    return clock.in_words(clock.promised_at(timezone.now()))
