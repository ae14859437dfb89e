"""An owner's page: a one-time link for someone else."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from pages.admin.live import who
from practice_site.sign_in import factors, links

OWNS = "auth.change_user"


def staff_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first. The link is shown once, in the answer, and is kept nowhere."""
    if not who(request).has_perm(OWNS):
        raise PermissionDenied
    user = get_object_or_404(User, pk=pk, is_active=True, is_staff=True)
    if user.is_superuser and not who(request).is_superuser:
        raise PermissionDenied  # else whoever may change accounts could become any of them
    link = ""
    if request.method == "POST":
        lost = request.POST.get("what") == "lost"
        link = settings.STAFF_URL + links.make(user, by=who(request), lost=lost)
    context = {
        **admin.site.each_context(request),
        "title": f"One-time link for {user.get_username()}",
        "account": user,
        "factors": len(factors.of(user)),
        "link": link,
    }
    return TemplateResponse(request, "admin/sign_in/link.html", context)
