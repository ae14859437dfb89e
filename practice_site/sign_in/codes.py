"""Recovery codes, shown once: until they are kept they lie sealed in the session."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django_otp.models import Device

from intake.receipts import in_blocks
from practice_site.sign_in import entry, factors, half, sealed

SHOWN = "recovery_codes"


def make(request: HttpRequest, user: User, device: Device | None = None) -> None:
    """New ones. `device` signs in whoever came through a link, once they have kept them."""
    codes = factors.new_recovery_codes(user)
    request.session[SHOWN] = {
        "user": user.pk,
        "device": device.persistent_id if device else "",
        "codes": sealed.seal(" ".join(codes), SHOWN),
    }


def whose(request: HttpRequest) -> User | None:
    """Whoever they were made for, and who is still there by the way they came."""
    kept: dict[str, Any] | None = request.session.get(SHOWN)
    if not kept:
        return None
    if admin.site.has_permission(request):
        user: Any = request.user
    else:
        found = half.found(request, half.LINK)
        user = found.user if found else None
    return user if user and user.pk == kept["user"] else None


@never_cache
def recovery_codes(request: HttpRequest) -> HttpResponse:
    user = whose(request)
    if user is None:
        back = "your_sign_in" if admin.site.has_permission(request) else "admin:login"
        return HttpResponseRedirect(reverse(back))
    if request.method == "POST":
        return HttpResponseRedirect(kept(request, user))
    shown = sealed.open(request.session[SHOWN]["codes"], SHOWN).split()
    context = {
        **admin.site.each_context(request),
        "title": "Your recovery codes",
        "first": not admin.site.has_permission(request),
        "codes": [in_blocks(code, "-") for code in shown],
    }
    return TemplateResponse(request, "admin/sign_in/codes.html", context)


def kept(request: HttpRequest, user: User) -> str:
    """From now on nobody sees them again. Whoever came through a link is signed in."""
    device = Device.from_persistent_id(request.session.pop(SHOWN)["device"] or "-")
    if admin.site.has_permission(request) or device is None or device.user_id != user.pk:
        return reverse("your_sign_in")
    return entry.finish(request, user, device, reverse("admin:index"))
