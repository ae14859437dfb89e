from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sitemaps.views import sitemap as django_sitemap
from django.core.exceptions import PermissionDenied
from django.db import Error
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from pages import fit, share_image
from pages.models import Edition, Practice, Rendition, Therapist, last_known
from pages.models.practice import DEFAULT_EXIT
from pages.posted import Unreadable, form_of, is_foreign
from pages.showing import context_of, template_of, therapist_context
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
def therapist(request: HttpRequest, slug: str) -> HttpResponse:
    """Someone who has left has a page that says so: their address is in old links and papers."""
    site = Site.of(request)
    found = get_object_or_404(Therapist.objects.with_all_to_show(site.practice), slug=slug)
    name, status = ("therapist_left", 410) if found.retired_on else ("therapist", 200)
    context = therapist_context(found, site)
    response = render(request, f"pages/{name}.html", context, status=status)
    response.headers["Cache-Control"] = PUBLIC
    return response


@require_safe
def portrait(request: HttpRequest, sha256: str, ending: str) -> HttpResponse:
    """One rendition. Its address names its bytes, so a browser may keep it for good."""
    kind = "jpeg" if ending == "jpg" else ending
    rendition = get_object_or_404(Rendition, sha256=sha256, format=kind)
    headers = {"Cache-Control": FOR_GOOD, "ETag": f'"{sha256}"'}
    return HttpResponse(bytes(rendition.bytes), rendition.content_type, headers=headers)


@csrf_exempt  # no cookie to guard: other sites are refused, and nothing is kept
@require_http_methods(["GET", "HEAD", "POST"])
def find_a_fit(request: HttpRequest) -> HttpResponse:
    """The questions, and on POST the answer. What was chosen stays in this one answer."""
    answering = request.method == "POST"
    if answering and is_foreign(request):
        raise PermissionDenied
    site = Site.of(request)
    if (found := site.open("fit")) is None:
        raise Http404
    context = context_of(*found, site)
    if answering:
        context |= answer_to(context, posted(request))
    response = render(request, template_of(*found), context)
    response.headers["Cache-Control"] = "no-store" if answering else PUBLIC
    return response


def answer_to(context: dict[str, Any], chosen: dict[str, list[str]]) -> dict[str, Any]:
    """Nothing, should staff have made another kind of page of it."""
    if "people" not in context:
        return {}
    questions = fit.choosing(context["questions"], chosen)
    return {"questions": questions, "answer": fit.answer(context["people"], questions)}


def posted(request: HttpRequest) -> dict[str, list[str]]:
    """What is no form has chosen nothing."""
    try:
        return dict(form_of(request).lists())
    except Unreadable:
        return {}


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
