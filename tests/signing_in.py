"""How a test becomes a member of staff."""

from django.contrib.auth.models import User
from django.test import Client


def sign_in(client: Client, user: User) -> Client:
    """As `user`, as far as the staff site asks."""
    client.force_login(user)
    return client
