"""A copy of everything held about one person, for the person, once staff know who asks."""

import io
import json
import zipfile
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from intake import moments
from intake.admin.everything import Record, everything
from intake.admin.people import member
from intake.admin.queue import initial
from intake.encryption import SealBroken, WrongKey
from intake.models import ContactRequest, rights
from intake.models.choices import CopyFor, IdentityCheck
from intake.models.inbox import ContactRequestQuerySet
from intake.receipts import in_blocks
from pages.models import Practice

if TYPE_CHECKING:
    from intake.admin.inbox import ContactRequestAdmin

CHOOSE = [("", "Choose")]
UNOPENED = "A copy must be whole, and something of it cannot be opened on this machine."
NOT_THEIRS = "Tick only requests from the list"


class CopyForm(forms.Form):
    """Which requests are this person's, and how staff know who asks."""

    requests = forms.ModelMultipleChoiceField(
        queryset=ContactRequest.objects.none(),
        required=False,
        error_messages={"invalid_choice": NOT_THEIRS, "invalid_pk_value": NOT_THEIRS},
    )
    asked_by = forms.ChoiceField(
        label="Who asks?",
        choices=CHOOSE + CopyFor.choices,
        error_messages={"required": "Choose who asks"},
    )
    checked = forms.ChoiceField(
        label="How did you check who they are?",
        choices=CHOOSE + IdentityCheck.choices,
        error_messages={"required": "Choose how you checked who they are"},
    )

    def __init__(self, *args: Any, others: ContactRequestQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["requests"].queryset = others  # type: ignore[attr-defined]

    def add_error(self, field: str | None, error: Any) -> None:
        """Tied to its control."""
        super().add_error(field, error)
        if field in ("asked_by", "checked"):
            self.fields[field].widget.attrs["aria-describedby"] = f"id_{field}_error"


def urls(inbox: "ContactRequestAdmin") -> list[URLPattern]:
    view = require_http_methods(["GET", "HEAD", "POST"])(partial(copy, inbox))
    own = inbox.admin_site.admin_view(view)
    return [path("<uuid:pk>/copy/", own, name="intake_contactrequest_copy")]


def copy(inbox: "ContactRequestAdmin", request: HttpRequest, pk: UUID) -> HttpResponse:
    """A form first; then the file. It is recorded on each request that is in it."""
    found, by = inbox.found(request, pk), member(request)
    inbox.allow(rights.may_work(by, found))
    try:
        others = of_the_same_person(found, by)
        form = CopyForm(request.POST or None, others=others)
        if form.is_valid():
            chosen = [found, *form.cleaned_data["requests"]]
            return as_file(found, made(chosen, by, form, Practice.of(request)))
    except (WrongKey, SealBroken):
        nobody = ContactRequest.objects.none()
        form = CopyForm(others=nobody)
        return ask(inbox, request, found, form, nobody, status=409, trouble=UNOPENED)
    return ask(inbox, request, found, form, others)


def ask(
    inbox: "ContactRequestAdmin",
    request: HttpRequest,
    found: ContactRequest,
    form: CopyForm,
    others: ContactRequestQuerySet,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    tz, reference = Practice.of(request).tz, in_blocks(found.reference, "-")
    ticked = request.POST.getlist("requests")
    context |= {
        "form": form,
        "reference": reference,
        "back_url": inbox.back_to(request, found),
        "others": [
            {
                "request": each,
                "reference": in_blocks(each.reference, "-"),
                "initial": initial(each),
                "received": moments.exact(each.received_at, tz),
                "ticked": str(each.pk) in ticked,
            }
            for each in others
        ],
    }
    title = f"{'Error: ' if form.errors else ''}Copy for {reference}"
    return inbox.page(request, "admin/intake/copy.html", title, status, **context)


def of_the_same_person(found: ContactRequest, by: User) -> ContactRequestQuerySet:
    """What may be theirs too: from the same number or address. Raises WrongKey, SealBroken."""
    readable: ContactRequestQuerySet = ContactRequest.objects.readable_by(by).real()
    same = readable.with_phone(found.phone) | readable.with_email(found.email)
    return same.exclude(pk=found.pk).order_by("received_at")


def made(
    requests: list[ContactRequest], by: User, form: CopyForm, practice: Practice
) -> dict[str, str]:
    """The files by name. Recorded first, and not at all where something does not open."""
    checked, asked_by = form.cleaned_data["checked"], form.cleaned_data["asked_by"]
    with transaction.atomic():
        for request in requests:
            request.copy_out(by, checked, asked_by)
        records = [everything(request, practice.tz) for request in requests]
    return files(records, practice)


def files(records: list[Record], practice: Practice) -> dict[str, str]:
    now = timezone.now()
    facts = {"practice": practice, "records": records, "made": moments.exact(now, practice.tz)}
    content = {
        "made_at": now.isoformat(),
        "practice": practice.name,
        "requests": [record.as_json() for record in records],
    }
    return {
        "copy.html": render_to_string("admin/intake/copy_document.html", facts),
        "copy.css": render_to_string("admin/intake/copy_document.css"),
        "copy.json": json.dumps(content, ensure_ascii=False, indent=2),
    }


def as_file(found: ContactRequest, contents: dict[str, str]) -> HttpResponse:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in contents.items():
            archive.writestr(name, text)
    name = f'attachment; filename="copy-{found.reference}.zip"'
    return HttpResponse(
        packed.getvalue(), content_type="application/zip", headers={"Content-Disposition": name}
    )
