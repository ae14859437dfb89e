from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def member(request: HttpRequest) -> User:
    """Who is signed in: the staff site lets nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
