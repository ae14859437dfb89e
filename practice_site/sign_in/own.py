"""Your sign-in: what signs you in, one more, one less, new recovery codes, and staying awake."""

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_otp import login as verify

from pages.admin.live import who
from practice_site.sign_in import codes, factors, session

LAST = "This is the last one, so it stays: without one nobody signs in. Add another first."


@require_safe
def your_sign_in(request: HttpRequest) -> HttpResponse:
    user = who(request)
    devices = factors.of(user)
    context = {
        **admin.site.each_context(request),
        "title": "Your sign-in",
        "devices": [(device, factors.NAMES[factors.kind_of(device)]) for device in devices],
        "may_remove": len(devices) > 1,
        "codes_left": factors.recovery_codes_left(user),
    }
    return TemplateResponse(request, "admin/sign_in/own.html", context)


@require_POST
def remove_factor(request: HttpRequest) -> HttpResponse:
    """The sign-in of now goes on with one that is left."""
    user, name = who(request), request.POST.get("factor", "")
    device = next((each for each in factors.of(user) if each.persistent_id == name), None)
    if device is None:
        raise Http404
    try:
        left = factors.remove(user, device, by=user)
    except factors.LastFactor:
        messages.error(request, LAST)
    else:
        verify(request, left)
        messages.success(request, f"Removed: {device.name}. It opens nothing any more.")
    return HttpResponseRedirect(reverse("your_sign_in"))


@require_POST
def new_codes(request: HttpRequest) -> HttpResponse:
    codes.make(request, who(request))
    return HttpResponseRedirect(reverse("recovery_codes"))


def awake(request: HttpRequest) -> HttpResponse:
    """How many seconds are left. A POST is someone who says that they are there."""
    if request.method == "POST":
        session.touch(request)
    left = session.seconds_left(request.session)
    return JsonResponse({"left": left, "user": who(request).pk, "token": get_token(request)})
