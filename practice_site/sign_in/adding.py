"""Adding a second factor: the first one through a one-time link, another after sign-in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import FormView
from django_otp.models import Device

from intake.receipts import in_blocks
from pages.models import Practice
from practice_site.sign_in import codes, factors, half
from practice_site.sign_in.forms import AppForm

WRONG = (
    "That is not the code of this app now. Look at it again; if it stays wrong, check that the "
    "clock of the phone is right."
)


def who(request: HttpRequest) -> User | None:
    if admin.site.has_permission(request):
        return request.user  # type: ignore[return-value]  # has_permission has looked
    return half.by_link(request)


@contextmanager
def alone(request: HttpRequest, user: User) -> Iterator[None]:
    """One after the other, so that a link makes no more than a first factor."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if who(request) is None:
            raise PermissionDenied
        yield


def done(request: HttpRequest, user: User, device: Device) -> str:
    """Where to go. After the first factor come the recovery codes, and then the staff site."""
    if admin.site.has_permission(request):
        messages.success(request, f"Added: {device.name}.")
        return reverse("your_sign_in")
    codes.make(request, user, device)
    return reverse("recovery_codes")


@method_decorator(never_cache, name="dispatch")
class AddFactor(FormView):
    """A passkey by script, an authenticator app without."""

    template_name = "admin/sign_in/add.html"
    form_class = AppForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user = who(request)
        if user is None:
            return HttpResponseRedirect(reverse("admin:login"))
        self.user, self.first = user, not admin.site.has_permission(request)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: AppForm) -> HttpResponse:
        typed = form.cleaned_data
        with alone(self.request, self.user):
            device = factors.add_app(self.user, typed["code"], typed["name"])
        if device is None:
            form.add_error("code", WRONG)
            return self.form_invalid(form)
        return HttpResponseRedirect(done(self.request, self.user, device))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        device = factors.app_in_the_making(self.user)
        address = factors.app_address(device, Practice.current().name)
        return {
            **admin.site.each_context(self.request),
            **super().get_context_data(**kwargs),
            "title": "Your second factor" if self.first else "Add another way to sign in",
            "first": self.first,
            "picture": factors.picture(address),
            "spaced": in_blocks(factors.app_secret(device)),
            "address": address,
        }
