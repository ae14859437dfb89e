"""Who is signed in, and who else works here."""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from intake.models import rights

BACKEND = "django.contrib.auth.backends.ModelBackend"


def member(request: HttpRequest) -> User:
    """Who is signed in: the staff site lets nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def colleagues() -> QuerySet[User]:
    """Everyone who may work requests."""
    ways = (rights.READS_ALL, rights.WORKS_OWN)
    can = Q()
    for way in ways:
        can |= Q(pk__in=User.objects.with_perm(way, backend=BACKEND).values("pk"))
    staff = User.objects.filter(can, is_staff=True, is_active=True)
    return staff.order_by("first_name", "username")
