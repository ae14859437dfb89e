"""Add a call: a request that came by phone or in person, written down by whoever took it."""

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from intake.admin.people import member
from intake.forms import phone
from intake.models import Answers, ContactRequest, NotAllowed, rights
from intake.models.choices import ContactMethod, Origin, Private, Status, Voicemail
from intake.receipts import in_blocks
from pages.models import Practice

if TYPE_CHECKING:
    from intake.admin.inbox import ContactRequestAdmin

BY_PHONE = (ContactMethod.CALL, ContactMethod.TEXT)
WAYS = [
    (ContactMethod.CALL, "Call them"),
    (ContactMethod.TEXT, "Text them"),
    (ContactMethod.EMAIL, "Email them"),
    (ContactMethod.OWN, "They will call again"),
]
# What they said about others who may answer or read, and about a message, in one question.
SAFE = {
    "": ("Not asked: we take care", "", ""),
    "shared": ("Someone else may answer or read it", Private.YES, Voicemail.NONE),
    "private": ("Only they answer or read it. No voicemail", Private.NO, Voicemail.NONE),
    "first_name": ("Only they. Voicemail: first name, number", Private.NO, Voicemail.FIRST_NAME),
    "full": ("Only they. Voicemail may say who we are", Private.NO, Voicemail.FULL),
}
ORIGINS = [(Origin.PHONE, Origin.PHONE.label), (Origin.WALK_IN, Origin.WALK_IN.label)]
ENTER_WAY = "Enter the phone number or email address"
WHOLE_PHONE = "Enter the whole phone number, with area code"
WHOLE_EMAIL = "Enter an email address like name@example.com"
# A couple is written down twice once the first of them was talked to.
TALKED = (Status.TALKING, Status.BOOKED, Status.WAITING)


class AddForm(forms.Form):
    """What a call gives. Whoever fills it in is who took it."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    preferred_name = forms.CharField(
        label="Name",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter a name to ask for"},
    )
    contact_method = forms.ChoiceField(
        label="How to reach them",
        choices=WAYS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how to reach them"},
    )
    contact = forms.CharField(
        label="Phone number or email address",
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    safe = forms.ChoiceField(
        label="Could someone else answer or read it?",
        required=False,
        choices=[(value, words) for value, (words, *_) in SAFE.items()],
    )
    message = forms.CharField(
        label="What it is about",
        max_length=1500,
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 4, "autocomplete": "off", "aria-describedby": "about-hint"}
        ),
        error_messages={"max_length": "What it is about must be 1,500 characters or less"},
    )
    origin = forms.ChoiceField(
        label="How it came", choices=ORIGINS, initial=Origin.PHONE, widget=forms.RadioSelect
    )
    mine = forms.BooleanField(label="I take it", required=False)

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.practice = practice

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        way = given.get("contact_method")
        if way and way != ContactMethod.OWN and "contact" not in self.errors:
            given["contact"] = self._cleaned_contact(way, given.get("contact", "").strip())
        return given

    def _cleaned_contact(self, way: str, contact: str) -> str:
        try:
            if way in BY_PHONE:
                return phone.parse(contact, self.practice.region.code)
            validate_email(contact)
        except (phone.PhoneError, forms.ValidationError):
            wrong = WHOLE_PHONE if way in BY_PHONE else WHOLE_EMAIL
            self.add_error("contact", wrong if contact else ENTER_WAY)
        return contact

    def answers(self, seeking_for: str = "") -> Answers:
        """What was not asked stays blank, and blank is read as careful."""
        given = self.cleaned_data
        way, contact = given["contact_method"], given["contact"]
        _, private, voicemail = SAFE[given["safe"]]
        return Answers(
            preferred_name=given["preferred_name"],
            seeking_for=seeking_for,
            adult="",
            location="",
            contact_method=way,
            phone=contact if way in BY_PHONE else "",
            email=contact if way == ContactMethod.EMAIL else "",
            contact_private=str(private) if way != ContactMethod.OWN else "",
            voicemail=str(voicemail) if way == ContactMethod.CALL else "",
            message=given["message"],
        )


def urls(inbox: "ContactRequestAdmin") -> list[URLPattern]:
    def add(request: HttpRequest) -> HttpResponse:
        return _form(inbox, request, None)

    def second(request: HttpRequest, pk: UUID) -> HttpResponse:
        first = inbox.found(request, pk)
        inbox.allow(rights.may_work(request.user, first) and may_have_second(first))
        return _form(inbox, request, first)

    view, name = inbox.admin_site.admin_view, "intake_contactrequest"
    return [
        path("call/", view(add), name=f"{name}_call"),
        path("<uuid:pk>/second/", view(second), name=f"{name}_second"),
    ]


def may_have_second(request: ContactRequest) -> bool:
    """For a couple, once one of them was talked to. Not twice."""
    talked = request.first_talk_at or request.status in TALKED
    return bool(request.seeking_for == "couple" and talked and not request.couple)


def _form(
    inbox: "ContactRequestAdmin", request: HttpRequest, first: ContactRequest | None
) -> HttpResponse:
    inbox.allow(rights.may_add(request.user))
    practice = Practice.of(request)
    form = AddForm(request.POST or None, practice=practice, initial={"key": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            return _save(inbox, request, form, first)
        except NotAllowed as trouble:
            form.add_error(None, str(trouble))
    title = f"Second record of {in_blocks(first.reference, '-')}" if first else "Add a call"
    context: dict[str, Any] = {
        "form": form,
        "first": first,
        "chooses_owner": rights.sees_all(request.user),
    }
    return inbox.page(request, "admin/intake/add.html", title, **context)


def _save(
    inbox: "ContactRequestAdmin",
    request: HttpRequest,
    form: AddForm,
    first: ContactRequest | None,
) -> HttpResponse:
    by, given = member(request), form.cleaned_data
    # Whoever sees only their own takes what they write down, or it would be out of their sight.
    owner = by if given["mine"] or not rights.sees_all(by) else None
    requests, facts = ContactRequest.objects, (given["origin"], owner, given["key"])
    if first:
        added = requests.add_second(by, first, form.answers("couple"), *facts)
    else:
        added = requests.add(by, form.answers(), *facts)
    promise = added.promised_at.astimezone(form.practice.tz)
    messages.success(request, f"Added. Answer by {promise:%A}, {promise:%b} {promise.day}.")
    return HttpResponseRedirect(reverse("admin:intake_contactrequest_change", args=[added.pk]))
