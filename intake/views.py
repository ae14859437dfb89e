"""From the form to the sent page. Views choose; the form validates; the request stores itself."""

from contextlib import suppress
from datetime import timedelta
from http import HTTPStatus
from math import ceil
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views import View
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from intake import form_token, plan, receipts, spam, throttle
from intake.encryption import keyring, sent_address
from intake.forms.contact import CHOSEN, WRITTEN, ContactForm, SentForm
from intake.forms.options import Options
from intake.forms.typed import pairs, read
from intake.given_back import given_back, gives_words_back
from intake.models import (
    AlreadySent,
    Answers,
    ContactRequest,
    FormToken,
    Key,
    Sent,
    SentPage,
    Terms,
    TooMany,
)
from intake.promise import in_words
from pages.models import OfRevision, Opening, Practice, Service, Therapist
from pages.posted import is_foreign
from pages.sentences import joined

REACH = {
    "call": "call you",
    "text": "text you",
    "email": "write to you",
    "own": "wait for your call",
}


class Offer(NamedTuple):
    """What the form offers, and what is taken under."""

    options: Options
    terms: Terms

    @classmethod
    def read(cls) -> Self:
        Key.objects.refuse_retired(keyring())
        practice = Practice.current()
        return cls(Options.of(practice), Terms.of(practice))


current_offer = OfRevision(Offer.read)


class SeeOther(HttpResponseRedirect):
    """The answer to a POST is at another address, to be fetched with GET."""

    status_code = HTTPStatus.SEE_OTHER


class ContactView(View):
    """The form (GET), and its three steps (POST): check, change, send."""

    http_method_names = ["get", "head", "post"]

    # Compressed, since nothing in it can come from a stranger. Answers to POSTs are not.
    @method_decorator(gzip_page)
    def get(self, request: HttpRequest, slug: str = "", kind: str = "") -> HttpResponse:
        if slug:
            get_object_or_404(Therapist if kind == "therapist" else Service, slug=slug)
        token = form_token.write(form_token.new())
        return self.show(
            ContactForm(options=self.offer.options, initial={kind: slug, "token": token})
        )

    def post(self, request: HttpRequest, **_: str) -> HttpResponse:
        typed = read(request)
        if is_foreign(request):
            return given_back(request, "refused", HTTPStatus.FORBIDDEN)
        token = form_token.read(typed.get("token", ""))
        if token is None:
            typed["token"] = form_token.write(form_token.new())
        judged = SentForm(typed, options=self.offer.options)
        if token and judged.may_be_sent:
            return self.send(judged, token)
        form = ContactForm(typed, options=self.offer.options)
        return (token and self.sent_before(form, token)) or self.step(form)

    @cached_property
    def offer(self) -> Offer:
        return current_offer()

    def step(self, form: ContactForm) -> HttpResponse:
        """Where this POST leads. Under 18 it leads to the phone, whatever else was answered."""
        step = form.typed.get("step")
        if step == "change":
            return self.show(self.unjudged(form))
        if form.is_minor:
            return self.page("minor", typed=form.typed)
        if not form.is_valid():
            return self.show(form, HTTPStatus.UNPROCESSABLE_ENTITY)
        return self.check(form, reopened=step == "send")

    def show(self, form: ContactForm, status: int = HTTPStatus.OK) -> HttpResponse:
        return self.page(
            "contact",
            status=status,
            form=form,
            full=not Opening.objects.on_offer().exists(),
        )

    def unjudged(self, form: ContactForm) -> ContactForm:
        """The same answers as they were typed, without a word on what is missing."""
        typed = {name: form[name].value() for name in form.fields} | {"therapist": form.wished}
        unjudged = ContactForm(options=self.offer.options, initial=typed)
        unjudged.is_fresh = False
        return unjudged

    def check(self, form: ContactForm, reopened: bool = False) -> HttpResponse:
        """`reopened`: they pressed "Send", and there is something to know first."""
        offered = self.offer.options
        return self.page(
            "check",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if reopened else HTTPStatus.OK,
            typed=form.carried,
            reopened=reopened,
            news=form.news,
            plan=plan.sentences(form.way, offered.phone, offered.hours),
            discretion=plan.discretion(form.way),
            is_own=form.way.method == "own",
            states=joined(offered.states) if form.is_elsewhere else "",
            chosen=form.answered(*CHOSEN),
            written=form.answered(*WRITTEN),
        )

    def send(self, form: ContactForm, token: FormToken) -> HttpResponse:
        held_reason = spam.held_reason(
            trap=form.trap,
            made_at=token.made_at,
            now=timezone.now(),
            min_fill=timedelta(seconds=settings.INTAKE_MIN_FILL_SECONDS),
        )
        came_from = throttle.address_key(self.request)
        try:
            sent = ContactRequest.objects.send(
                form.answers, token, held_reason, came_from, self.offer.terms
            )
        except AlreadySent as other:
            return self.sent_before(form, token) or self.conflict(form, token, other)
        except TooMany as error:
            return self.busy(form, error.wait)
        return _to_sent_page(sent)

    def busy(self, form: ContactForm, wait: timedelta) -> HttpResponse:
        status, minutes = HTTPStatus.TOO_MANY_REQUESTS, ceil(wait / timedelta(minutes=1))
        response = given_back(self.request, "busy", status, typed=form.typed, minutes=minutes)
        response.headers["Retry-After"] = str(minutes * 60)
        return response

    def sent_before(self, form: ContactForm, token: FormToken) -> HttpResponse | None:
        """The same again gets the same answer; anything else is given back, and said so."""
        try:
            earlier = form.is_valid() and _sent_before(token, form.versions)
        except AlreadySent as other:
            return self.conflict(form, token, other)
        came_back = form.typed.get("step") != "send"
        return _to_sent_page(earlier, came_back) if earlier else None

    def conflict(self, form: ContactForm, token: FormToken, other: AlreadySent) -> HttpResponse:
        form.typed["token"] = form_token.write(form_token.new())
        return given_back(
            self.request,
            "erased" if other.gone else "already",
            HTTPStatus.CONFLICT,
            typed=form.typed,
            reference=receipts.in_blocks(other.reference),
            address=sent_address(token.send_key),
        )

    def page(
        self, name: str, *, status: int = HTTPStatus.OK, typed: Any = None, **context: Any
    ) -> HttpResponse:
        if typed is not None:
            context["pairs"] = pairs(typed)
        return render(self.request, f"intake/{name}.html", context, status=status)


# No CSRF cookie: a public form carries no one's authority. The signed token and the refusal of
# other origins stand in for it, and nobody's browser keeps a trace of having been here. Put around
# the view once: around `dispatch`, Django would do so again for every answer.
contact = csrf_exempt(cache_control(no_store=True)(gives_words_back(ContactView.as_view())))


@cache_control(no_store=True)
@require_safe
@gives_words_back
def sent(request: HttpRequest, address: str, again: bool = False) -> HttpResponse:
    """What happens next, and the code: for half an hour, at an address only its sender has."""
    content = SentPage.objects.open(address)
    if content is None:
        return render(request, "intake/closed.html", status=HTTPStatus.GONE)
    practice = Practice.of(request)
    context = {
        "sent": content,
        "address": address,
        "again": again,
        "promised": in_words(content.promised_at, practice.tz),
        "reach": REACH[content.contact_method],
        "blocks": receipts.in_blocks(content.receipt).split(),
    }
    return render(request, "intake/sent.html", context)


def _sent_before(token: FormToken, versions: list[Answers]) -> Sent | None:
    """Raises AlreadySent where the form was sent, and none of these says the same."""
    *others, last = versions
    for answers in others:
        with suppress(AlreadySent):
            return ContactRequest.objects.sent_before(token, answers)
    return ContactRequest.objects.sent_before(token, last)


def _to_sent_page(sent: Sent, came_back: bool = False) -> HttpResponse:
    page = "intake:sent_again" if came_back else "intake:sent"
    return SeeOther(reverse(page, args=[sent.address]))
