"""Addresses of the sign-in, under /staff/. The first ones are open, each guards itself."""

from typing import Any

from django.contrib import admin
from django.urls import URLPattern, path

from practice_site.sign_in import (
    adding,
    codes,
    entry,
    for_others,
    kept,
    links,
    own,
    passkeys,
)


def verified(route: str, view: Any, name: str) -> URLPattern:
    """Only with both factors."""
    guarded: URLPattern = path(route, admin.site.admin_view(view), name=name)
    return guarded


urlpatterns = [
    path("welcome/<uidb64>/<token>/", links.Welcome.as_view(), name="welcome"),
    path("login/second/", entry.SecondStep.as_view(), name="second_factor"),
    path("login/passkey/begin/", passkeys.BeginSignIn.as_view(), name="passkey_begin"),
    path("login/passkey/complete/", passkeys.CompleteSignIn.as_view(), name="passkey_complete"),
    # For whoever is signed in, and for a fresh visit through a one-time link.
    path("your-sign-in/add/", adding.AddFactor.as_view(), name="add_factor"),
    path("your-sign-in/add/begin/", passkeys.BeginAdding.as_view(), name="add_begin"),
    path("your-sign-in/add/complete/", passkeys.CompleteAdding.as_view(), name="add_complete"),
    path("your-sign-in/codes/", codes.recovery_codes, name="recovery_codes"),
    verified("your-sign-in/", own.your_sign_in, "your_sign_in"),
    verified("your-sign-in/remove/", own.remove_factor, "remove_factor"),
    verified("your-sign-in/new-codes/", own.new_codes, "new_codes"),
    verified("awake/", own.awake, "awake"),
    verified("kept/", kept.kept, "kept"),
    verified("auth/user/<int:pk>/link/", for_others.staff_link, "staff_link"),
]
