"""How long one request is kept: what its page says of it, and the page to hold or erase it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from intake import receipts, samples
from intake.models import Conflict, ContactRequest, Held, NotAllowed
from intake.models.choices import HoldKind, Kind
from intake.receipts import in_blocks
from pages.models import Practice
from pages.sentences import weekday_and_date

NOTE_LENGTH = 4000
HELD = "It is held. Lift the hold first, if nothing speaks against it."
GONE = "Everything of this request was erased before."
CHANGED = "Someone else changed this request meanwhile. Look at it, then do this again."

View = Callable[..., HttpResponse]
asked_or_done = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Kept:
    """How long a request is still kept, in words; '' while it is open, and when all is gone."""

    words: str
    held: bool
    url: str


def kept(request: ContactRequest, today: date) -> Kept:
    url = reverse("admin:intake_contactrequest_keeping", args=[request.pk])
    if request.hold_kind:
        return Kept(_held(request), held=True, url=url)
    return Kept(_countdown(request, today), held=False, url=url)


def _held(request: ContactRequest) -> str:
    until = request.hold_until
    end = f"until the end of {weekday_and_date(until)}" if until else "until someone lifts it"
    kind = HoldKind(request.hold_kind).label.lower()
    return f"Held ({kind}), {end}. Nothing of it is erased."


def _countdown(request: ContactRequest, today: date) -> str:
    words, identity = request.words_purge_on, request.identity_purge_on
    if request.kind != Kind.REAL or identity is None:
        return ""
    if words is None:
        return f"The words are erased. Name and number are erased {in_days(identity, today)}."
    if words == identity:
        return f"Everything is erased {in_days(words, today)}."
    return f"Words are erased {in_days(words, today)}, name and number {in_days(identity, today)}."


def in_days(day: date, today: date) -> str:
    """ "in 12 days", "tomorrow", "tonight"."""
    days = (day - today) // timedelta(days=1)
    if days < 1:
        return "within the hour"
    return "tomorrow" if days == 1 else f"in {days} days"


class HoldForm(forms.Form):
    prefix = "hold"
    version = forms.IntegerField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label="Why must it be kept?",
        choices=[("", "Choose"), *HoldKind.choices],
        error_messages={"required": "Choose why it must be kept"},
    )
    until = forms.DateField(
        label="Until the end of",
        required=False,
        help_text="Leave it empty to hold it until someone lifts it.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Enter a day, or leave it empty"},
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=NOTE_LENGTH,
        help_text="Sealed like their words, and erased with them.",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"max_length": f"The note must be {NOTE_LENGTH:,} characters or less"},
    )


class EraseForm(forms.Form):
    prefix = "erase"
    version = forms.IntegerField(widget=forms.HiddenInput)
    reference = forms.CharField(
        label="Type its reference",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Type the eight characters of its reference"},
    )

    def __init__(self, *args: Any, asked: ContactRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = asked.version
        self.asked = asked

    def clean_reference(self) -> str:
        typed: str = self.cleaned_data["reference"]
        if receipts.parse_reference(typed) != self.asked.reference:
            raise forms.ValidationError("That is not the reference of this request")
        return typed


class KeepingPages(admin.ModelAdmin):
    """Holding and erasing stand on a page of their own, away from what is done every day."""

    if TYPE_CHECKING:

        def allow(self, permitted: bool) -> None: ...
        def found(self, request: HttpRequest, pk: UUID) -> ContactRequest: ...
        def page(
            self, request: HttpRequest, template: str, title: str, status: int = 200, **context: Any
        ) -> HttpResponse: ...

    def keeping_urls(self, wrap: Callable[[View], View]) -> list[URLPattern]:
        name = "intake_contactrequest"
        post = {"hold": self.hold, "lift": self.lift, "erase": self.erase}
        return [
            path("samples/", wrap(asked_or_done(self.samples)), name=f"{name}_samples"),
            path("<uuid:pk>/keeping/", wrap(require_safe(self.keeping)), name=f"{name}_keeping"),
            *(
                path(f"<uuid:pk>/keeping/{verb}/", wrap(require_POST(do)), name=f"{name}_{verb}")
                for verb, do in post.items()
            ),
        ]

    def keeping(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        self.allow(self.may_hold(request) or self.may_erase(request))
        return self.show_keeping(request, self.found(request, pk))

    def hold(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        self.allow(self.may_hold(request))
        found, form = self.found(request, pk), HoldForm(request.POST)
        if not form.is_valid():
            return self.show_keeping(request, found, hold_form=form)
        given = form.cleaned_data

        def do(by: User) -> None:
            found.hold(by, given["kind"], given["until"], given["note"], given["version"])

        return self.done(request, found, do, "Held. Nothing of it is erased.", hold_form=form)

    def lift(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        self.allow(self.may_hold(request))
        found = self.found(request, pk)
        return self.done(request, found, found.lift, "The hold is lifted.")

    def erase(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        self.allow(self.may_erase(request))
        found = self.found(request, pk)
        form = EraseForm(request.POST, asked=found)
        if not form.is_valid():
            return self.show_keeping(request, found, erase_form=form)

        def do(by: User) -> None:
            if not found.erase(by, expected_version=form.cleaned_data["version"]):
                raise NotAllowed(GONE)

        return self.done(request, found, do, "Erased. Nothing of it opens any more.")

    def done(
        self,
        request: HttpRequest,
        found: ContactRequest,
        do: Callable[[User], object],
        said: str,
        **forms: Any,
    ) -> HttpResponse:
        """What does not fit or comes too late is said; what was typed stays."""
        try:
            do(cast("User", request.user))
        except (Conflict, Held, NotAllowed) as trouble:
            sentence = {Conflict: CHANGED, Held: HELD}.get(type(trouble)) or str(trouble)
            now = self.found(request, found.pk)
            return self.show_keeping(request, now, status=409, trouble=sentence, **forms)
        messages.success(request, said)
        return HttpResponseRedirect(reverse("admin:intake_contactrequest_change", args=[found.pk]))

    def samples(self, request: HttpRequest) -> HttpResponse:
        """Asks once more, then removes what was never real."""
        self.allow(self.may_erase(request))
        rows = ContactRequest.objects.samples()
        if request.method != "POST":
            title = "Remove the practice data"
            return self.page(request, "admin/intake/samples.html", title, count=rows.count())
        count = samples.remove(cast("User", request.user))
        messages.success(request, f"Removed: {count} requests of people who do not exist.")
        return HttpResponseRedirect(reverse("admin:intake_contactrequest_changelist"))

    def show_keeping(
        self, request: HttpRequest, found: ContactRequest, status: int = 200, **context: Any
    ) -> HttpResponse:
        reference = in_blocks(found.reference, "-")
        facts = {
            "found": found,
            "reference": reference,
            "kept": kept(found, Practice.of(request).today(timezone.now())),
            "may_hold": self.may_hold(request),
            "may_erase": self.may_erase(request),
            "hold_form": HoldForm(initial={"version": found.version}),
            "erase_form": EraseForm(asked=found),
            **context,
        }
        title = f"Keep or erase request {reference}"
        return self.page(request, "admin/intake/keeping.html", title, status, **facts)

    def may_hold(self, request: HttpRequest) -> bool:
        return request.user.has_perms(["intake.view_contactrequest", "intake.hold_request"])

    def may_erase(self, request: HttpRequest) -> bool:
        return request.user.has_perms(["intake.view_contactrequest", "intake.erase_request"])
