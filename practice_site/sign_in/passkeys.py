"""The two ceremonies of a passkey, each begun and completed by a script of ours.

The library does the proof; here stands who may begin, and what follows.
"""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django_otp_webauthn import exceptions
from django_otp_webauthn.utils import rewrite_exceptions
from django_otp_webauthn.views import (
    BeginCredentialAuthenticationView,
    BeginCredentialRegistrationView,
    CompleteCredentialAuthenticationView,
    CompleteCredentialRegistrationView,
)

from pages.models import Practice
from practice_site.sign_in import adding, entry, factors, half, session

STATE = "otp_webauthn_authentication_state"


def practice_name(request: HttpRequest) -> str:
    """What a device calls us when it shows its passkeys."""
    return Practice.current().name


def ended(request: HttpRequest) -> session.Ended | None:
    """The sign-in that is to be woken on its page; None where someone signs in anew."""
    return session.ended(request) if request.GET.get("wake") else None


class WhoSignsIn:
    """Known after a password, else whoever the passkey says."""

    request: HttpRequest

    def get_user(self) -> User | None:
        known = half.by_password(self.request)
        return known.user if known else None


class BeginSignIn(WhoSignsIn, BeginCredentialAuthenticationView):
    """Without a password the device has to know its owner; after one a touch is enough."""

    def post(self, *args: Any, **kwargs: Any) -> JsonResponse:
        known, woken = self.get_user(), ended(self.request)
        user = User.objects.filter(pk=woken.user).first() if woken else known
        options, state = self.get_helper().authenticate_begin(
            user=user, require_user_verification=woken is not None or known is None
        )
        self.request.session[STATE] = state
        return JsonResponse(options)


class CompleteSignIn(WhoSignsIn, CompleteCredentialAuthenticationView):
    """A page is woken only for the one whose page it is."""

    def complete_auth(self, device: Any) -> None:
        woken = ended(self.request)
        if not device.user.is_staff:
            raise exceptions.CredentialNotFound
        if self.request.GET.get("wake") and (woken is None or woken.user != device.user_id):
            raise exceptions.CredentialUserMismatch
        known = half.by_password(self.request)
        self.target = entry.finish(
            self.request,
            device.user,
            device,
            known.next if known else entry.safe_next(self.request),
            woken.since if woken else None,
        )

    def get_success_data(self, device: Any) -> dict[str, Any]:
        """Forms on a page that was woken need the new token."""
        return {"to": self.target, "token": get_token(self.request)}


class WhoAdds:
    """Whoever is signed in with both factors, or came through a one-time link and has none."""

    request: Any  # the library puts `data` on it

    def get_user(self) -> User | None:
        user = adding.who(self.request)
        if user and not hasattr(user, "is_verified"):
            user.is_verified = lambda: False  # type: ignore[attr-defined]  # as django_otp says it
        return user


class BeginAdding(WhoAdds, BeginCredentialRegistrationView):
    pass


class CompleteAdding(WhoAdds, CompleteCredentialRegistrationView):
    def post(self, *args: Any, **kwargs: Any) -> JsonResponse:
        user, state = self.get_user(), self.get_state()
        if user is None:
            raise exceptions.NotAuthenticated
        with adding.alone(self.request, user), rewrite_exceptions():
            device = self.get_helper().register_complete(
                user=user, state=state, data=self.request.data
            )
            factors.add_passkey(user, device, str(self.request.data.get("name", "")))
        return JsonResponse({"to": adding.done(self.request, user, device)})
