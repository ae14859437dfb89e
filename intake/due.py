"""What falls due by the clock alone: check-ins, places that end, promises that have passed.

Each request is done in a transaction of its own, that looks again under the row's lock. A worker
that is killed in between, or a second one beside it, leaves nothing half done and nothing twice.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from intake.clock import practice_clock
from intake.models import ContactRequest, Notice
from intake.promise import Clock

log = logging.getLogger(__name__)

A_ROUND = 50


def ask_check_ins() -> int:
    now = timezone.now()
    return _each(
        ContactRequest.objects.to_ask(now)[:A_ROUND], lambda request: request.ask_check_in(now)
    )


def miss_check_ins() -> int:
    now = timezone.now()
    return _each(
        ContactRequest.objects.unanswered(now)[:A_ROUND], lambda request: request.miss_check_in(now)
    )


def tell_late() -> int:
    """The page says that someone has been told: this makes it true."""
    now = timezone.now()
    return _each(
        ContactRequest.objects.broken_promises(now)[:A_ROUND], lambda request: _tell(request, now)
    )


def tell_overdue() -> int:
    """A working day after it was due; a promise is told then to those who oversee."""
    clock, now = practice_clock(), timezone.now()
    return _overdue(clock, now, Notice.Kind.OVERDUE) + _overdue(clock, now, Notice.Kind.UNMET)


def _overdue(clock: Clock, now: datetime, kind: str) -> int:
    found = ContactRequest.objects.told_overdue(clock, now, kind)[:A_ROUND]
    return _each(found, lambda request: _tell_overdue(request, clock, now, kind))


def _tell_overdue(request: ContactRequest, clock: Clock, now: datetime, kind: str) -> bool:
    with transaction.atomic():
        rows = ContactRequest.objects.told_overdue(clock, now, kind).filter(pk=request.pk)
        found = rows.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
        if found:
            Notice.objects.tell_overdue(found, kind)
    return bool(found)


def miss_asks() -> int:
    now = timezone.now()
    return _each(
        ContactRequest.objects.asked_in_vain(now)[:A_ROUND], lambda request: request.miss_ask(now)
    )


def return_left_behind() -> int:
    """Whichever way an account was closed, nothing of theirs is left with nobody."""
    found = ContactRequest.objects.left_behind()[:A_ROUND]
    return _each(found, lambda request: request.give_back(None))


def _tell(request: ContactRequest, now: datetime) -> bool:
    with transaction.atomic():
        rows = ContactRequest.objects.broken_promises(now).filter(pk=request.pk)
        found = rows.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
        if found:
            Notice.objects.tell_late(found)
    return bool(found)


def _each(requests: Iterable[ContactRequest], do: Callable[[ContactRequest], bool]) -> int:
    """How many were done. One that fails stops none of the others and is tried again."""
    return sum(_attempt(request, do) for request in requests)


def _attempt(request: ContactRequest, do: Callable[[ContactRequest], bool]) -> bool:
    try:
        return do(request)
    except Exception as error:
        facts = {"request": str(request.pk)}
        log.warning("What was due was not done", extra={"facts": facts}, exc_info=error)
        return False
