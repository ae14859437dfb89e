"""Accepted clients as one file, before they are erased here. docs/export.md has its columns."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.models import Permission
from django.db.models import Q
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from intake.admin.people import member
from intake.admin.queue import name_of
from intake.csv_cells import rows_to_csv
from intake.encryption import SealBroken, WrongKey
from intake.models import ContactRequest
from intake.models.choices import DayPart, ExportReason
from intake.receipts import in_blocks
from pages.models import Practice

if TYPE_CHECKING:
    from intake.admin.inbox import ContactRequestAdmin

PERMISSION = "export_clients"
BATCH = 200
COLUMNS = (
    "reference", "received_on", "accepted_on", "preferred_name", "phone", "email",
    "contact_method", "someone_else_may_see", "voicemail", "good_times", "contact_note",
    "help_for", "adult", "kind_of_help", "therapist", "format", "payment", "insurer", "owner",
)  # fmt: skip
SEALED = ("preferred_name", "phone", "email", "contact_note", "insurer")
UNOPENED = "(cannot be opened on this machine)"


class ExportForm(forms.Form):
    reason = forms.ChoiceField(
        label="Why do they leave the inbox?",
        choices=[("", "Choose"), *ExportReason.choices],
        error_messages={"required": "Choose a reason"},
    )

    def add_error(self, field: str | None, error: Any) -> None:
        """Tied to its control."""
        super().add_error(field, error)
        self.fields["reason"].widget.attrs["aria-describedby"] = "id_reason_error"


def urls(inbox: "ContactRequestAdmin") -> list[URLPattern]:
    view = require_http_methods(["GET", "HEAD", "POST"])(partial(export, inbox))
    own = inbox.admin_site.admin_view(view)
    return [path("export/", own, name="intake_contactrequest_export")]


def may_export(user: Any) -> bool:
    """Granted to this person or to a group of theirs. An owner of everything must grant it too."""
    granted = Permission.objects.filter(codename=PERMISSION, content_type__app_label="intake")
    theirs = Q(user=user.pk) | Q(group__user=user.pk)
    return bool(user.is_active) and granted.filter(theirs).exists()


def export(inbox: "ContactRequestAdmin", request: HttpRequest) -> HttpResponseBase:
    """Asks why; then the file, which is recorded before its first line leaves."""
    inbox.allow(inbox.has_view_permission(request) and may_export(request.user))
    by, practice = member(request), Practice.of(request)
    form = ExportForm(request.POST or None)
    if form.is_valid():
        pks = ContactRequest.objects.export_accepted(by, form.cleaned_data["reason"])
        return as_file(pks, practice)
    count = ContactRequest.objects.readable_by(by).real().accepted().count()
    title = f"{'Error: ' if form.errors else ''}Export accepted clients"
    return inbox.page(
        request, "admin/intake/export.html", title, form=form, count=count, columns=COLUMNS
    )


def as_file(pks: list[UUID], practice: Practice) -> HttpResponseBase:
    name = f"accepted-clients-{practice.today():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        rows_to_csv(rows(pks, practice.tz)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def rows(pks: list[UUID], tz: ZoneInfo) -> Iterator[list[str]]:
    """A line of names, then one a client."""
    yield list(COLUMNS)
    for first in range(0, len(pks), BATCH):
        those = ContactRequest.objects.filter(pk__in=pks[first : first + BATCH]).accepted()
        each = those.select_related("service", "therapist", "owner").order_by("closed_at", "id")
        for request in each:
            yield [line(request, tz).get(name, "") for name in COLUMNS]


def line(request: ContactRequest, tz: ZoneInfo) -> dict[str, str]:
    times = dict(DayPart.choices)
    return {
        "reference": in_blocks(request.reference, "-"),
        "received_on": _day(request.received_at, tz),
        "accepted_on": _day(request.closed_at, tz),
        **_opened(request),
        "contact_method": request.get_contact_method_display(),
        "someone_else_may_see": request.get_contact_private_display(),
        "voicemail": request.get_voicemail_display(),
        "good_times": ", ".join(str(times.get(part, part)) for part in request.times_ok),
        "help_for": request.get_seeking_for_display(),
        "adult": request.get_adult_display(),
        "kind_of_help": request.service.name if request.service else "",
        "therapist": request.therapist.name if request.therapist else "",
        "format": request.get_format_display(),
        "payment": request.get_payment_display(),
        "owner": name_of(request.owner) if request.owner else "",
    }


def _opened(request: ContactRequest) -> dict[str, str]:
    """Where it does not open its line says so, and the others are whole."""
    try:
        return {name: getattr(request, name) for name in SEALED}
    except (WrongKey, SealBroken):
        return {"preferred_name": UNOPENED}


def _day(moment: Any, tz: ZoneInfo) -> str:
    return f"{moment.astimezone(tz):%Y-%m-%d}"
