"""What templates may say about the practice, on every page and on error pages too."""

from functools import partial
from typing import Any

from django.db import Error
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from pages.models import Practice, last_known
from pages.site import NAMES, Site


def site(request: HttpRequest) -> dict[str, Any]:
    """Read where a template asks for it, so that staff pages cost nothing."""
    facts = Site.of(request)
    return {name: SimpleLazyObject(partial(known, facts, name)) for name in NAMES}


def known(facts: Site, name: str) -> Any:
    """The fact from the database; while that is away, from the last copy that was kept.

    A row read before the database went still asks it for more, so the copy comes first then.
    """
    if facts.database_failed and (copy := last_known.read().get(name)):
        return copy
    try:
        return getattr(facts, name)
    except (Error, Practice.DoesNotExist):
        return last_known.read().get(name, [])
