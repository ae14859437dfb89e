from django.conf import settings
from django.db import Error
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pages.models import Edition, Practice, last_known
from pages.models.practice import DEFAULT_EXIT
from pages.showing import context_of, template_of
from pages.site import Site

# Nothing stale at the browser; a cache in front may answer for a second.
PUBLIC = "public, max-age=0, must-revalidate, s-maxage=1"


class SeeOther(HttpResponseRedirect):
    status_code = 303


@require_safe
def page(request: HttpRequest, slug: str = "") -> HttpResponse:
    edition = Edition.objects.public_for(slug)
    if edition is None or edition.content is None:
        return moved(request, slug)
    context = context_of(edition.page, edition.content, Site.of(request))
    template = template_of(edition.page, edition.content)
    response = render(request, template, context)
    response.headers["Cache-Control"] = PUBLIC
    return response


def moved(request: HttpRequest, slug: str) -> HttpResponse:
    """An old address leads to the new one for good, and may lead elsewhere once the page moves."""
    edition = Edition.objects.public_moved_from(slug)
    if edition is None:
        raise Http404
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    response = HttpResponsePermanentRedirect(edition.page.get_absolute_url() + query)
    response.headers["Cache-Control"] = PUBLIC
    return response


@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """Away from here at once, also while the database is away."""
    response = SeeOther(exit_url())
    response.headers["Cache-Control"] = "no-store"
    response.headers["Clear-Site-Data"] = '"cookies", "storage"'
    response.headers["Referrer-Policy"] = "no-referrer"
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
def sitemap(request: HttpRequest) -> HttpResponse:
    entries = Site.of(request).entries.values()
    addresses = [f"{settings.SITE_URL}{entry.url}" for entry in entries if entry.indexable]
    response = render(request, "pages/sitemap.xml", {"addresses": addresses}, "application/xml")
    response.headers["Cache-Control"] = PUBLIC
    return response
