"""Can you take this one? Asked by the desk, answered by a colleague."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from intake import moments
from intake.admin import reading, safe_contact
from intake.admin.people import colleagues, member
from intake.admin.person import read_again
from intake.admin.queue import asked_queue, name_of
from intake.models import Ask, Conflict, ContactRequest, NotAllowed, rights
from intake.models.beside import Asked, asks
from intake.models.choices import Status
from pages.models import Practice, Therapist

if TYPE_CHECKING:
    from intake.admin.inbox import ContactRequestAdmin

NO_DAY = "Enter the day from which you can take them"
CHOOSE = "Choose a colleague"
SAID: dict[str, str] = {Ask.Answer.YES: "took it", Ask.Answer.NO: "cannot"}
ANSWERED = {
    Ask.Answer.YES: "It is yours.",
    Ask.Answer.NO: "Thank you. The desk has it again.",
    Ask.Answer.FROM: "Thank you. The desk knows from when.",
}


class Asking:
    """What the next step says of colleagues who were asked."""

    def __init__(self, request: ContactRequest, practice: Practice, user: Any) -> None:
        self.request, self.practice, self.user = request, practice, user

    @property
    def is_offered(self) -> bool:
        """Whether this person may ask about this request now."""
        if self.request.status == Status.CLOSED or self.request.held_reason:
            return False
        return rights.may_share_out(self.user)

    @cached_property
    def lines(self) -> list[str]:
        return [self._said(each) for each in asks(self.request)]

    @cached_property
    def waits_for(self) -> int | None:
        """Whose answer, by account."""
        return next((each.to for each in asks(self.request) if each.settled_at is None), None)

    @property
    def is_mine(self) -> bool:
        return bool(self.waits_for == self.user.pk)

    @property
    def answer_form(self) -> "AnswerForm":
        return AnswerForm()

    def _said(self, asked: Asked) -> str:
        tz = self.practice.tz
        if asked.settled_at is None:
            return f"{asked.name} is asked, until {moments.day_and_hour(asked.due_at, _now(), tz)}"
        on = moments.day(asked.settled_at, tz)
        if asked.answer == Ask.Answer.FROM:
            day = date.fromisoformat(asked.from_on)
            return f"{asked.name} can from {day:%b} {day.day} (said {on})"
        return f"{asked.name} {SAID.get(asked.answer, 'did not answer')} ({on})"


@dataclass(frozen=True)
class Colleague:
    """Someone who could be asked, and what speaks for them."""

    pk: int
    name: str
    places: str
    fits: bool
    can_be_asked: bool

    @property
    def why(self) -> str:
        if self.places:
            return f"free: {self.places}"
        if not self.can_be_asked:
            return "no mail address: cannot be asked"
        return "offers this, no opening confirmed" if self.fits else ""


def to_ask(request: ContactRequest, practice: Practice, user: User) -> list[Colleague]:
    """Who has an opening stands first, then who offers this, then everyone else. Two queries."""
    therapists = Therapist.objects.here().exclude(user=None).to_choose_from()
    by_account = {each.user_id: each for each in therapists}
    found = [
        _colleague(each, by_account.get(each.pk), request, practice)
        for each in colleagues().exclude(pk=user.pk)
    ]
    return sorted(found, key=lambda each: (not each.places, not each.fits, each.name))


def _colleague(
    user: User, therapist: Therapist | None, request: ContactRequest, practice: Practice
) -> Colleague:
    places = _places(therapist, request, practice) if therapist else ""
    wanted = request.service.slug if request.service else ""
    offered = [each["slug"] for each in (therapist.offers or [])] if therapist else []
    name = therapist.name if therapist else name_of(user)
    return Colleague(user.pk, name, places, wanted in offered, bool(user.email))


def _places(therapist: Therapist, request: ContactRequest, practice: Practice) -> str:
    """What was confirmed lately, in the way they asked for."""
    oldest = practice.today() - timedelta(days=practice.openings_fresh_days)
    fresh = [
        each
        for each in therapist.places or []
        if date.fromisoformat(each["confirmed_on"]) >= oldest
        and request.format in ("", each["format"])
    ]
    parts = {safe_contact.DAY_PARTS[each["day_part"]]: None for each in fresh}
    return ", ".join(parts) if therapist.accepting else ""


class AskForm(forms.Form):
    to = forms.TypedChoiceField(coerce=int, error_messages=dict.fromkeys(
        ("required", "invalid_choice"), CHOOSE
    ))  # fmt: skip
    may_read = forms.BooleanField(required=False)
    do = forms.ChoiceField(choices=[("ask", "ask"), ("give", "give")])
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, those: list[Colleague], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(each.pk, each.name) for each in those]  # type: ignore[attr-defined]

    def carry_out(self, request: ContactRequest, by: User) -> str:
        to, seen = User.objects.get(pk=self.cleaned_data["to"]), self.cleaned_data["version"]
        if self.cleaned_data["do"] == "give":
            request.give(by, to, expected_version=seen)
            return f"{name_of(to)} has it."
        request.ask(by, to, self.cleaned_data["may_read"], expected_version=seen)
        return f"{name_of(to)} is asked, by a mail that says nothing of what it is about."


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(choices=Ask.Answer)
    from_on = forms.DateField(
        label="From",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": NO_DAY},
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("answer") != Ask.Answer.FROM:
            self.errors.pop("from_on", None)
            given["from_on"] = None
        elif not given.get("from_on") and "from_on" not in self.errors:
            self.add_error("from_on", NO_DAY)
        return given


def urls(inbox: "ContactRequestAdmin") -> list[URLPattern]:
    def own(route: str, view: Callable[..., HttpResponse]) -> URLPattern:
        def of(request: HttpRequest, pk: UUID) -> HttpResponse:
            return view(inbox, request, inbox.found(request, pk))

        return path(
            f"<uuid:pk>/{route}/",
            inbox.admin_site.admin_view(of if view is ask else require_POST(of)),
            name=f"intake_contactrequest_{view.__name__}",
        )

    return [own("ask", ask), own("unask", unask), own("answer", answer)]


def ask(inbox: "ContactRequestAdmin", request: HttpRequest, found: ContactRequest) -> HttpResponse:
    """Whom, and may they read the words: or the request is theirs at once."""
    by, practice = member(request), Practice.of(request)
    inbox.allow(rights.may_share_out(by))
    those, trouble = to_ask(found, practice, by), ""
    form = AskForm(request.POST or None, those=those, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, form.carry_out(found, by))
            return inbox.back(request, found)
        except (Conflict, NotAllowed) as refused:
            trouble = str(refused)
    typed = str(form["to"].value() or "")
    chosen = int(typed) if typed.isdecimal() else None
    context = {"form": form, "those": those, "chosen": chosen, "trouble": trouble}
    title = f"Can you take {found.blocks.replace(' ', '-')}?"
    status = 409 if trouble else 200
    return inbox.page(request, "admin/intake/ask_whom.html", title, status, **context)


def unask(
    inbox: "ContactRequestAdmin", request: HttpRequest, found: ContactRequest
) -> HttpResponse:
    inbox.allow(rights.may_share_out(request.user))
    try:
        found.take_back_ask(member(request))
        messages.success(request, "The question is taken back.")
    except NotAllowed as refused:
        messages.warning(request, str(refused))
    return inbox.back(request, found)


def answer(
    inbox: "ContactRequestAdmin", request: HttpRequest, found: ContactRequest
) -> HttpResponse:
    """By whoever is asked, and by nobody for them."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return show(inbox, request, found, form)
    given = form.cleaned_data
    try:
        found.answer_ask(member(request), given["answer"], given["from_on"])
    except NotAllowed as refused:
        messages.warning(request, str(refused))
        return HttpResponseRedirect(reverse("admin:intake_contactrequest_changelist"))
    messages.success(request, ANSWERED[Ask.Answer(given["answer"])])
    if given["answer"] == Ask.Answer.YES or rights.sees_all(request.user):
        return inbox.back(request, found)
    return HttpResponseRedirect(reverse("admin:intake_contactrequest_changelist"))


def show(
    inbox: "ContactRequestAdmin",
    request: HttpRequest,
    found: ContactRequest,
    form: AnswerForm | None = None,
    **context: Any,
) -> HttpResponse:
    """The request as whoever is asked sees it: what they need for an answer, and nothing more."""
    waiting = found.open_ask()
    inbox.allow(waiting is not None and waiting.to_id == request.user.pk)
    practice = Practice.of(request)
    context |= {
        "found": found,
        "ask": waiting,
        "by": name_of(waiting.asked_by) if waiting else "",
        "until": moments.day_and_hour(waiting.due_at, _now(), practice.tz) if waiting else "",
        "facts": _facts(found),
        "may_read": rights.may_read(request.user, found),
        "answer_form": form or AnswerForm(),
        "opened": read_again(found) if reading.lasts(request.session, found) else None,
        "open_url": inbox.url(found, "open", asked_queue(request)),
        "answer_url": inbox.url(found, "answer", asked_queue(request)),
    }
    title = f"Can you take {found.blocks.replace(' ', '-')}?"
    return inbox.page(request, "admin/intake/asked.html", title, **context)


def _facts(request: ContactRequest) -> list[tuple[str, str]]:
    facts = [
        ("Kind of help", request.service.name if request.service else ""),
        ("In person or online", str(request.get_format_display())),
        ("Good times", safe_contact.times(request.times_ok)),
        ("Payment", str(request.get_payment_display())),
    ]
    return [(label, text or "Not said") for label, text in facts]


def _now() -> Any:
    return timezone.now()
