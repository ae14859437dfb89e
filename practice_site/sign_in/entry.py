"""Signing in: a passkey alone, or a password and then a passkey or a code."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView
from django_otp.models import Device

from intake import moments
from pages.models import Practice
from practice_site.sign_in import factors, half, kept, session, tries
from practice_site.sign_in.forms import WRONG_CODE, CodeForm, PasswordForm

NO_FACTOR = (
    "This account has no second factor yet, and a password alone opens nothing. Ask the practice’s "
    "owner for a one-time link."
)

LOCKED = "Too many tries, so passwords and codes are off until %s. A passkey still works."


def safe_next(request: HttpRequest) -> str:
    """Where they were going: a page of the staff site, else its first."""
    asked = request.POST.get("next", request.GET.get("next", ""))
    hosts = {request.get_host()}
    ours = asked.startswith(settings.STAFF_PATH) and url_has_allowed_host_and_scheme(
        asked, hosts, require_https=request.is_secure()
    )
    return asked if ours else resolve_url(settings.LOGIN_REDIRECT_URL)


def finish(
    request: HttpRequest, user: User, device: Device, target: str, since: float | None = None
) -> str:
    """Signed in. Returns where to go: first to what they had typed when they were signed out."""
    half.leave(request)
    session.begin(request, user, device, since)
    if kept.found(request):
        return reverse("kept")
    kept.drop_all(request)
    return target


class Entry(FormView):
    """What every step of the sign-in has in common."""

    @method_decorator(never_cache)
    @method_decorator(sensitive_post_parameters())
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(request, *args, **kwargs)

    def locked(self, form: Any, at: datetime) -> HttpResponse:
        """The same words whether there is such an account or not. The form is empty again."""
        until = tries.open_again_at(at).astimezone(Practice.current().tz).time()
        said = LOCKED % moments.hour(until)
        return self.render_to_response(self.get_context_data(form=form, locked=said), status=429)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **admin.site.each_context(self.request),
            **super().get_context_data(**kwargs),
            "next": safe_next(self.request),
        }


class PasswordStep(Entry):
    """The first page: a passkey does it all, a password is half of it."""

    template_name = "admin/login.html"
    form_class = PasswordForm
    extra_context = {"title": "Sign in"}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if admin.site.has_permission(request):
            return HttpResponseRedirect(safe_next(request))
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        counted = tries.begin(request, request.POST.get("username", "")[:254])
        if not counted.allowed:
            return self.locked(PasswordForm(request), counted.at)
        if not form.is_valid():
            return self.form_invalid(form)
        counted.was_right()
        return self.form_valid(form)

    def form_valid(self, form: PasswordForm) -> HttpResponse:
        user: User = form.get_user()
        if not factors.of(user):
            form.add_error(None, NO_FACTOR)
            return self.form_invalid(form)
        half.enter(self.request, half.PASSWORD, user, safe_next(self.request))
        return HttpResponseRedirect(reverse("second_factor"))


class SecondStep(Entry):
    """After the password: a passkey, a code from an app, or a recovery code."""

    template_name = "admin/sign_in/second.html"
    form_class = CodeForm
    extra_context = {"title": "Second step"}
    half: half.Half

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        found = half.by_password(request)
        if found is None:
            return HttpResponseRedirect(reverse("admin:login"))
        self.half = found
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        counted = tries.begin(request, self.half.user.get_username())
        form = self.get_form()
        if not counted.allowed:
            return self.locked(CodeForm(), counted.at)
        if not form.is_valid():
            return self.form_invalid(form)
        device = factors.of_code(self.half.user, form.cleaned_data["code"])
        if device is None:
            form.add_error("code", WRONG_CODE)
            return self.form_invalid(form)
        counted.was_right()
        return HttpResponseRedirect(finish(request, self.half.user, device, self.half.next))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kinds = {factors.kind_of(device) for device in factors.of(self.half.user)}
        return {**super().get_context_data(**kwargs), "kinds": kinds}
