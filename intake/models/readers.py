"""Who of the staff is told: whoever has a request in hand, whoever it asks for, whoever reads all,
whoever oversees."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.auth.models import User
from django.db import models

from intake.models import rights
from intake.models.absence import Absence

if TYPE_CHECKING:
    from intake.models.contact_request import ContactRequest

BACKEND = "django.contrib.auth.backends.ModelBackend"


def readers() -> models.QuerySet[User]:
    """Staff who may read requests and have an address."""
    return _with(rights.READS_ALL)


def overseers() -> models.QuerySet[User]:
    """Who is told of what others left undone."""
    return _with(rights.OVERSEES)


def owners() -> models.QuerySet[User]:
    """Who may change accounts, and is told where someone gets a new way to sign in."""
    return _with("auth.change_user")


def in_hand(request: "ContactRequest") -> list[User]:
    """Who has it, or stands in for them today; nobody where that one could not open it."""
    if request.owner_id is None:
        return []
    whom = Absence.objects.cover_of(request.owner_id) or User.objects.get(pk=request.owner_id)
    return [whom] if _can_be_told(whom, request) else []


def asked_for(requests: "Sequence[ContactRequest]") -> dict[UUID, User]:
    """Of each request the therapist whom it names, or who stands in for them today; none where that
    one could not open it. The same few queries for one request and for many of a therapist."""
    names = {request.therapist_id for request in requests} - {None}
    named = User.objects.filter(therapist__in=names).select_related("therapist", "absence__cover")
    whom = {each.therapist.pk: _here(each) for each in named}
    return {
        request.pk: whom[request.therapist_id]
        for request in requests
        if request.therapist_id in whom and _can_be_told(whom[request.therapist_id], request)
    }


def desk_or(these: list[User]) -> list[User | None]:
    """These; else all readers; else whoever has an address when the mail goes out."""
    return [*these] or [*readers()] or [None]


def _here(user: User) -> User:
    absence: Absence | None = getattr(user, "absence", None)
    return absence.cover if absence and absence.is_now else user


def _can_be_told(user: User, request: "ContactRequest") -> bool:
    works_here = user.is_active and user.is_staff
    return bool(works_here and user.email and rights.may_see(user, request))


def _with(permission: str) -> models.QuerySet[User]:
    users = User.objects.with_perm(permission, backend=BACKEND)
    # In one order, so that two requests at once never wait for each other.
    return users.filter(is_staff=True).exclude(email="").order_by("pk")
