"""Closing a request: first how it ended, then what the person is left with. A page load each."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from intake import blanks, farewell
from intake.admin import history, reading
from intake.admin.people import member
from intake.admin.person import Person
from intake.admin.queue import with_query
from intake.models import Conflict, ContactRequest, Ending, NotAllowed, Referral, rights
from intake.models.choices import ContactMethod, EndingWith
from intake.models.ending import GROUPS, ONE_STEP, REASON_OF, SILENCES, outcome_of
from pages.models import Practice

if TYPE_CHECKING:
    from intake.admin.inbox import ContactRequestAdmin

LONGEST = 4000
NO_WORDS = "Write what they will read, or close without a message and say why"
NO_REASON = "Choose why they are told nothing: this ending says no"
STILL_BLANK = "Fill in {{{}}}, or take it out"
TELL = {
    ContactMethod.CALL: "Call them and say it, once they can talk on their own.",
    ContactMethod.TEXT: "Text them for a good time, and say it when you talk. Never in the text.",
    ContactMethod.EMAIL: "Write that you would like to talk, and say it then. Never in the mail.",
    ContactMethod.OWN: "Do not contact them: say it when they call.",
}
UNDONE = {
    "": "Undone. It stands as it did before.",
    "withdrawn": "Undone. It stands as it did before. Your message was taken back, unread.",
    "read": "Undone, but they had read your message: it stays at My request. Write to them.",
    "mailed": "Undone, but a mail had said that your message waits: it stays. Write to them.",
}
Wrap = Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]


class ClosingForm(forms.Form):
    """What they are left with. `used` are the referrals that stand in the message already."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    ending = forms.ChoiceField(choices=Ending.choices, widget=forms.HiddenInput)
    used = forms.ModelMultipleChoiceField(
        Referral.objects.all(), required=False, widget=forms.MultipleHiddenInput
    )
    referrals = forms.ModelMultipleChoiceField(Referral.objects.offered(), required=False)
    message = forms.CharField(
        label="What they will read",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 12, "aria-describedby": "message-readers"}),
        error_messages={"max_length": f"The message must be {LONGEST:,} characters or less"},
    )
    silence = forms.ChoiceField(
        label="Why are they told nothing?",
        required=False,
        choices=[("", "Choose"), *((each.value, each.label) for each in SILENCES)],
    )
    do = forms.ChoiceField(choices=[(each, each) for each in ("referrals", "close", "silent")])

    def __init__(self, *args: Any, words: Callable[[Iterable[Referral]], str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.words = words

    def add_error(self, field: str | None, error: Any) -> None:
        """Tied to its control, after the hint."""
        super().add_error(field, error)
        if field == "message":
            tied = "message-readers id_message_error"
            self.fields["message"].widget.attrs["aria-describedby"] = tied

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            given["message"] = self.with_referrals().strip()
            field, error = self._missing(given)
            if error:
                self.add_error(field, error)
        return given

    def _missing(self, given: dict[str, Any]) -> tuple[str, str]:
        """A no is never left without words or a reason, and no blank goes out unfilled."""
        refusing = outcome_of(Ending(given["ending"])) in ContactRequest.REFUSING
        if given["do"] == "silent":
            return "silence", NO_REASON if refusing and not given["silence"] else ""
        if given["do"] != "close":
            return "", ""
        left = blanks.in_text(given["message"])
        missing = NO_WORDS if refusing and not given["message"] else ""
        return "message", STILL_BLANK.format(left[0]) if left else missing

    def with_referrals(self) -> str:
        """The message with just those referrals that are ticked. What was typed stays."""
        typed = "\n".join(self.cleaned_data["message"].splitlines())
        before, ticked = list(self.cleaned_data["used"]), list(self.cleaned_data["referrals"])
        if before == ticked or self.cleaned_data["do"] == "silent":
            return typed
        if typed.strip() == self.words(before):
            return self.words(ticked)
        gone = {each.line for each in before if each not in ticked}
        kept = "\n".join(line for line in typed.splitlines() if line not in gone).rstrip()
        return "\n".join([kept, *(each.line for each in ticked if each not in before)])

    def again(self, request: ContactRequest) -> "ClosingForm":
        """What was typed, with the referrals in it, over the request as it stands now."""
        given = self.cleaned_data
        shown = {"version": request.version, "seen": request.activity_seq}
        initial = {**given, **shown, "used": given["referrals"]}
        return ClosingForm(initial=initial, words=self.words)

    @property
    def leaves_words(self) -> bool:
        return self.cleaned_data["do"] == "close" and bool(self.cleaned_data["message"])

    def carry_out(self, request: ContactRequest, by: User) -> None:
        """Raises Conflict, NotAllowed."""
        given = self.cleaned_data
        silent = not self.leaves_words
        request.close(
            by,
            *row_of(Ending(given["ending"]), *self._left_with(silent)),
            expected_version=given["version"],
            message="" if silent else given["message"],
            referrals=0 if silent else len(given["referrals"]),
            silence=given["silence"] if silent else "",
        )

    def _left_with(self, silent: bool) -> tuple[str, str]:
        if silent:
            reason = self.cleaned_data["silence"]
            return (EndingWith.REASON, reason) if reason else ("", "")
        with_referral = bool(self.cleaned_data["referrals"])
        return (EndingWith.REFERRAL if with_referral else EndingWith.MESSAGE), ""


def row_of(ending: Ending, ending_with: str = "", silence: str = "") -> tuple[str, str, str]:
    """Outcome, what they are left with, and why: the reason of a no before that of a silence."""
    return outcome_of(ending), ending_with, REASON_OF.get(ending) or silence


class Closing:
    """The pages, beside those of the inbox."""

    def __init__(self, inbox: "ContactRequestAdmin") -> None:
        self.inbox = inbox

    def urls(self, wrap: Wrap) -> list[URLPattern]:
        name = "intake_contactrequest"
        close = require_http_methods(["GET", "HEAD", "POST"])(self.close)
        undo = require_POST(self.undo)
        return [
            path("<uuid:pk>/close/", wrap(close), name=f"{name}_close"),
            path("<uuid:pk>/undo-close/", wrap(undo), name=f"{name}_undo_close"),
        ]

    def close(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        found = self.found(request, pk)
        asked = (request.POST if request.method == "POST" else request.GET).get("ending", "")
        ending = Ending(asked) if asked in Ending.values else None
        if ending is None or (request.method != "POST" and ending in ONE_STEP):
            return self.choose(request, found)
        if request.method == "POST" and ending in ONE_STEP:
            return self.at_once(request, found, ending)
        return self.leave_words(request, found, ending)

    def found(self, request: HttpRequest, pk: UUID) -> ContactRequest:
        found = self.inbox.found(request, pk)
        self.inbox.allow(rights.may_work(request.user, found))
        return found

    def choose(
        self, request: HttpRequest, found: ContactRequest, status: int = 200, **context: Any
    ) -> HttpResponse:
        ways = [
            (group, [(each, self.address(request, found, ending=each)) for each in endings])
            for group, endings in GROUPS.items()
            if endings is not ONE_STEP
        ]
        return self.page(request, found, status, ways=ways, one_step=ONE_STEP, **context)

    def at_once(self, request: HttpRequest, found: ContactRequest, ending: Ending) -> HttpResponse:
        """Nothing to write. The person reads what the practice says at this ending."""
        seen = request.POST.get("version", "")
        version = int(seen) if seen.isdecimal() and len(seen) < 10 else -1
        try:
            found.close(member(request), *row_of(ending), expected_version=version)
        except (Conflict, NotAllowed) as trouble:
            found = self.found(request, found.pk)
            return self.choose(request, found, 409, **self.trouble(request, found, trouble))
        return self.done(request, found)

    def leave_words(
        self, request: HttpRequest, found: ContactRequest, ending: Ending
    ) -> HttpResponse:
        person = self.person(request, found)
        words = self.words(person, ending)
        if request.method != "POST":
            shown = {"version": found.version, "seen": found.activity_seq}
            form = ClosingForm(
                initial={**shown, "ending": ending, "message": words([])}, words=words
            )
            return self.writing(request, person, ending, form)
        form = ClosingForm(request.POST, words=words)
        if not form.is_valid():
            return self.writing(request, person, ending, form)
        if form.cleaned_data["do"] == "referrals":
            return self.writing(request, person, ending, form.again(found))
        try:
            form.carry_out(found, member(request))
        except (Conflict, NotAllowed) as trouble:
            person = self.person(request, self.found(request, found.pk))
            context = self.trouble(request, person.request, trouble)
            again = form.again(person.request)
            return self.writing(request, person, ending, again, 409, **context)
        return self.done(request, found, telling(person, ending) if form.leaves_words else "")

    def writing(
        self,
        request: HttpRequest,
        person: Person,
        ending: Ending,
        form: ClosingForm,
        status: int = 200,
        **context: Any,
    ) -> HttpResponse:
        facts = {
            "form": form,
            "ending": ending,
            "offered": list(offered(person, form)),
            "telling": telling(person, ending),
            **context,
        }
        return self.page(request, person.request, status, person=person, **facts)

    def undo(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        found, seen = self.found(request, pk), request.POST.get("version", "")
        version = int(seen) if seen.isdecimal() and len(seen) < 10 else -1
        try:
            told = found.undo_close(member(request), expected_version=version)
        except (Conflict, NotAllowed) as trouble:
            messages.error(request, str(trouble))
        else:
            messages.success(request, UNDONE[told])
        return self.inbox.back(request, found)

    def words(self, person: Person, ending: Ending) -> Callable[[Iterable[Referral]], str]:
        """The practice's words at this ending, with these referrals in them."""
        tries = len(person.course.tries)
        insurer = person.opened.insurer if person.opened else ""

        def with_these(referrals: Iterable[Referral]) -> str:
            now = timezone.now()
            return farewell.words(
                ending, person.request, person.practice, now, tries, insurer, referrals
            )

        return with_these

    def trouble(
        self, request: HttpRequest, found: ContactRequest, trouble: Exception
    ) -> dict[str, Any]:
        seen, tz = request.POST.get("seen", ""), Practice.of(request).tz
        since = int(seen) if seen.isdecimal() and len(seen) < 10 else found.activity_seq
        changed = history.since(found, since, timezone.now(), tz)
        return {"trouble": trouble, "changed": changed}

    def person(self, request: HttpRequest, found: ContactRequest) -> Person:
        is_read = reading.lasts(request.session, found)
        return Person(found, Practice.of(request), request.user, is_read)

    def page(
        self, request: HttpRequest, found: ContactRequest, status: int, **context: Any
    ) -> HttpResponse:
        person = context.pop("person", None) or self.person(request, found)
        context |= {
            "person": person,
            "back_url": self.address(request, found, "change"),
            "close_url": self.address(request, found),
        }
        title = f"Close {person.reference}"
        return self.inbox.page(request, "admin/intake/close.html", title, status, **context)

    def done(self, request: HttpRequest, found: ContactRequest, then: str = "") -> HttpResponse:
        messages.success(request, f"Closed. {then}".strip())
        return self.inbox.back(request, found)

    def address(
        self, request: HttpRequest, found: ContactRequest, name: str = "close", ending: str = ""
    ) -> str:
        """Of a page of this request, on the way back to the queue they came from."""
        query = request.GET.copy()
        query.pop("ending", None)
        if ending:
            query["ending"] = ending
        address = reverse(f"admin:intake_contactrequest_{name}", args=[found.pk])
        return with_query(address, query.urlencode())


def offered(person: Person, form: ClosingForm) -> Iterable[tuple[Referral, bool, bool]]:
    """Those for whom this person asks first; whether each is ticked, and to be checked."""
    ticked = {str(each) for each in form["referrals"].value() or []}
    today, asked = person.practice.today(), person.request.seeking_for
    found = sorted(Referral.objects.offered(), key=lambda each: not each.suits(asked))
    return ((each, str(each.pk) in ticked, each.is_late(today)) for each in found)


def telling(person: Person, ending: Ending) -> str:
    """How they hear of it: a mail that a message waits, else a member of staff."""
    why_not = person.request.why_no_mail_about(person.has_code, outcome_of(ending))
    if not why_not:
        return "A mail will say that a message waits, and nothing of what it says."
    if why_not == "ended":
        return "No mail goes out, and nobody calls: they want to hear nothing more."
    return TELL[ContactMethod(person.request.contact_method)]
