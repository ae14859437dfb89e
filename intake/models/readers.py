"""Who of the staff is told: whoever has a request in hand, whoever reads all, whoever oversees."""

from typing import TYPE_CHECKING

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
    can = whom.is_active and whom.is_staff and whom.email and rights.may_see(whom, request)
    return [whom] if can else []


def desk_or(these: list[User]) -> list[User | None]:
    """These; else all readers; else whoever has an address when the mail goes out."""
    return [*these] or [*readers()] or [None]


def _with(permission: str) -> models.QuerySet[User]:
    users = User.objects.with_perm(permission, backend=BACKEND)
    # In one order, so that two requests at once never wait for each other.
    return users.filter(is_staff=True).exclude(email="").order_by("pk")
