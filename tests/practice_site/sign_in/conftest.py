"""Members of staff, and how they come in step by step."""

import re
from base64 import b32decode

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from practice_site.sign_in import session
from tests.intake.conftest import (  # noqa: F401
    make_request,
    practice,
    staff_user,
)
from tests.signing_in import app_of, sign_in
from tests.walking_in import PASSWORD, code_of

LOGIN = "/staff/login/"
SECOND = "/staff/login/second/"


@pytest.fixture
def dana(practice) -> User:  # noqa: F811
    """Staff with a password, an app, and the right to read requests."""
    user = User.objects.create_user(
        "dana", "dana@practice.example", PASSWORD, is_staff=True, first_name="Dana"
    )
    user.user_permissions.add(Permission.objects.get(codename="view_contactrequest"))
    app_of(user)
    return user


@pytest.fixture
def owner(practice) -> User:  # noqa: F811
    user = User.objects.create_user("olive", "olive@practice.example", PASSWORD, is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="change_user"))
    user.user_permissions.add(Permission.objects.get(codename="view_user"))
    return user


@pytest.fixture
def at_work(client, dana) -> Client:
    return sign_in(client, dana)


@pytest.fixture
def client_class() -> type[Client]:
    """Another browser."""
    return Client


@pytest.fixture
def unverified(dana) -> Client:
    """Signed in, as far as Django asks, and without a second factor."""
    client = Client()
    client.force_login(dana)
    signed_in = client.session
    session.mark(signed_in)
    signed_in.save()
    return client


def give_password(client, name="dana", password=PASSWORD, **more):
    return client.post(LOGIN, {"username": name, "password": password, **more})


def give_code(client, code):
    return client.post(SECOND, {"code": code})


def new_code(user, after=0):
    return code_of(app_of(user).bin_key, after)


def secret_in(page):
    return b32decode(re.findall(r'"qr-key"><code>([^<]+)<', page)[0].replace(" ", ""))
