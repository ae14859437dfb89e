from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sitemaps.views import sitemap as django_sitemap
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from pages import share_image
from pages.models import Edition, Practice, last_known
from pages.models.practice import DEFAULT_EXIT
from pages.showing import context_of, template_of
from pages.site import Site

# Nothing stale at the browser; a cache in front may answer for a second.
PUBLIC = "public, max-age=0, must-revalidate, s-maxage=1"
FOR_GOOD = "public, max-age=31536000, immutable"
# Less than a year, as the standard asks; it moves on each day.
SECURITY_TXT_LASTS = timedelta(days=180)


class SeeOther(HttpResponseRedirect):
    status_code = 303


@require_safe
def page(request: HttpRequest, slug: str = "") -> HttpResponse:
    edition = Edition.objects.public_for(slug)
    if edition is None or edition.content is None:
        raise Http404
    context = context_of(edition.page, edition.content, Site.of(request))
    template = template_of(edition.page, edition.content)
    response = render(request, template, context)
    response.headers["Cache-Control"] = PUBLIC
    return response


@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """Away from here at once, also while the database is away."""
    response = SeeOther(exit_url())
    response.headers["Cache-Control"] = "no-store"
    response.headers["Clear-Site-Data"] = '"cookies", "storage"'
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def exit_url() -> str:
    try:
        return Practice.objects.values_list("exit_url", flat=True).get()
    except (Error, Practice.DoesNotExist):
        return last_known.read()["practice"]["exit_url"] or DEFAULT_EXIT


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Disallow: /leave/", f"Sitemap: {settings.SITE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), "text/plain", headers={"Cache-Control": PUBLIC})


@require_safe
def sitemap(request: HttpRequest, sitemaps: dict[str, Any]) -> HttpResponse:
    response = django_sitemap(request, sitemaps, template_name="pages/sitemap.xml")
    response.headers["Cache-Control"] = PUBLIC
    return response


@require_safe
def share_picture(request: HttpRequest, digest: str) -> HttpResponse:
    """The address names what is drawn, so it is kept for good; an old one leads to today's."""
    practice = get_object_or_404(Practice)
    names = {share_image.digest(name): name for name in (practice.name, "")}
    if digest not in names:
        return redirect("share_image", share_image.digest(practice.name))
    headers = {"Cache-Control": FOR_GOOD, "Cross-Origin-Resource-Policy": "cross-origin"}
    return HttpResponse(share_image.png(names[digest]), "image/png", headers=headers)


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """RFC 9116: whom to tell of a weakness of this site."""
    practice = get_object_or_404(Practice)
    expires = practice.today() + SECURITY_TXT_LASTS
    lines = [
        f"Contact: {practice.security_contact or f'tel:{practice.phone_link}'}",
        f"Expires: {expires.isoformat()}T00:00:00Z",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}{reverse('security')}",
        "",
    ]
    return HttpResponse("\n".join(lines), "text/plain", headers={"Cache-Control": PUBLIC})
