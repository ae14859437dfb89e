"""How a test becomes a member of staff."""

from django.contrib.auth.models import User
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from practice_site.sign_in import session


def sign_in(client: Client, user: User) -> Client:
    """As `user`, with a second factor, as a walk through the sign-in would leave the session."""
    client.force_login(user)
    signed_in = client.session
    signed_in[DEVICE_ID_SESSION_KEY] = app_of(user).persistent_id
    session.mark(signed_in)
    signed_in.save()
    return client


def app_of(user: User) -> TOTPDevice:
    """The authenticator app of `user`, enrolled if there is none."""
    found = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    return found or TOTPDevice.objects.create(user=user, name="Authenticator app")
