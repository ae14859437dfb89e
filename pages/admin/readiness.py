"""Whether the site is fit to go live, for those who may change the practice."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST, require_safe

from pages.admin.live import who
from pages.models import Attestation, Page
from pages.readiness import Report, Stage, report

OWNS = "pages.change_practice"
CHANGED_MEANWHILE = (
    "“%s” changed while you had this page open, so it is not confirmed. Read it again first."
)


def urls(site: AdminSite) -> list[URLPattern]:
    def own(route: str, view: Any, name: str) -> URLPattern:
        own_path: URLPattern = path(route, site.admin_view(view), name=name)
        return own_path

    return [
        own("readiness/", require_safe(for_owners(readiness)), "readiness"),
        own("readiness/vouch/<slug:subject>/", require_POST(for_owners(vouch)), "vouch"),
        own("readiness/confirm/<int:pk>/", require_POST(for_owners(confirm)), "confirm_page"),
    ]


def for_owners(view: Any) -> Any:
    def allowed(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not who(request).has_perm(OWNS):
            raise PermissionDenied
        response: HttpResponse = view(request, **kwargs)
        return response

    return allowed


class VouchForm(forms.Form):
    how = forms.CharField(
        label="How is it done?",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Say in a sentence how it is done",
            "max_length": "The sentence must be 200 characters or less",
        },
    )


def readiness(request: HttpRequest) -> HttpResponse:
    return show(request)


def vouch(request: HttpRequest, subject: str) -> HttpResponse:
    if subject not in Attestation.Subject.values:
        raise Http404
    form = VouchForm(request.POST, prefix=subject)
    if not form.is_valid():
        return show(request, {subject: form}, status=422)
    vouched = Attestation.objects.vouch(subject, who(request), form.cleaned_data["how"])
    record(request, vouched, f"Vouched: {vouched.how}")
    messages.success(request, f"Recorded, in your name: {vouched.get_subject_display()}.")
    return back()


@transaction.atomic
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """What was read is what is confirmed: the form says which edition that was."""
    get_object_or_404(Page, pk=pk, kind=Page.Kind.LEGAL)
    page = Page.objects.locked(pk)
    edition = page.public_edition
    if edition is None or request.POST.get("edition") != str(edition.number):
        messages.error(request, CHANGED_MEANWHILE % page)
        return back()
    page.confirm(edition, by=who(request))
    record(request, page, f"Confirmed edition {edition.number}.")
    messages.success(request, f"Recorded, in your name: “{page}” is checked.")
    return back()


def record(request: HttpRequest, row: models.Model, words: str) -> None:
    """The next time takes this one's place; the history of the row keeps them all."""
    LogEntry.objects.log_actions(who(request).pk, [row], CHANGE, words, single_object=True)


def back() -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:readiness"))


def show(
    request: HttpRequest, typed: dict[str, VouchForm] | None = None, status: int = 200
) -> HttpResponse:
    reports = report()
    context = {
        **admin.site.each_context(request),
        "title": "Readiness",
        "wrong": next(iter((typed or {}).values()), None),
        "stages": [(stage, found_at(stage, reports)) for stage in Stage],
        "fine": [each.rule for each in reports if not each.findings],
        "legal": next(each.facts for each in reports if each.rule.key == "legal-confirmed"),
        "vouching": vouching(typed or {}),
    }
    return TemplateResponse(request, "admin/pages/readiness.html", context, status=status)


def found_at(stage: Stage, reports: list[Report]) -> list[Report]:
    return [each for each in reports if each.findings and each.rule.stage == stage]


def vouching(typed: dict[str, VouchForm]) -> list[dict[str, Any]]:
    said = {each.subject: each for each in Attestation.objects.select_related("by")}
    return [
        {
            "subject": subject,
            "said": said.get(subject),
            "form": typed.get(subject) or VouchForm(prefix=subject),
        }
        for subject in Attestation.Subject
    ]
