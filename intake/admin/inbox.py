"""The pages of the inbox. Django's own list and form of the model are not served at all."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST, require_safe

from intake.admin import adding, asking, copying, exporting, history, paper, reading, search
from intake.admin.closing import Closing
from intake.admin.keeping import KeepingPages
from intake.admin.people import member
from intake.admin.person import Person
from intake.admin.queue import Queue, asked_queue, next_of, with_query
from intake.admin.steps import StepForm
from intake.encryption import SealBroken, WrongKey
from intake.models import Conflict, ContactRequest, NotAllowed, Reading, rights
from pages.models import Practice

OPEN_FIRST = "Your reading of this request is over. Open it again, then send the message."

URLS = ("open", "shut", "do", "ask", "unask", "answer", "second")
# Where the page itself says what was saved, also on a phone.
SAVED = "#next"

View = Callable[..., HttpResponse]


@admin.register(ContactRequest)
class ContactRequestAdmin(KeepingPages):
    def get_urls(self) -> list[URLPattern]:
        """The names that the staff site links to, and nothing more of Django's."""

        def wrap(view: View) -> View:
            wrapped: View = self.admin_site.admin_view(view)
            return wrapped

        name = "intake_contactrequest"
        return [
            path("", wrap(require_safe(self.queue)), name=f"{name}_changelist"),
            path("<uuid:pk>/", wrap(require_safe(self.person)), name=f"{name}_change"),
            path("<uuid:pk>/open/", wrap(require_POST(self.open)), name=f"{name}_open"),
            path("<uuid:pk>/shut/", wrap(require_POST(self.shut)), name=f"{name}_shut"),
            path("<uuid:pk>/do/", wrap(require_POST(self.do)), name=f"{name}_do"),
            *Closing(self).urls(wrap),
            *adding.urls(self),
            *asking.urls(self),
            *search.urls(self),
            *paper.urls(self),
            *copying.urls(self),
            *exporting.urls(self),
            *self.keeping_urls(wrap),
        ]

    # Who may come in at all; what they may do with one request is asked of intake.models.rights.

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return rights.may_enter(request.user)

    def has_add_permission(self, *_: Any) -> bool:
        return False

    def has_delete_permission(self, *_: Any) -> bool:
        return False

    def queue(self, request: HttpRequest) -> HttpResponse:
        self.allow(self.has_view_permission(request))
        queue = asked_queue(request)
        return self.page(
            request, "admin/intake/queue.html", queue.heading, queue=queue, rows=queue.rows()
        )

    def person(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        found = self.found(request, pk)
        if rights.is_only_asked(request.user, found):
            return asking.show(self, request, found)
        return self.show(request, found)

    def open(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """One click, one event; the page that follows shows words and contact data together."""
        found = self.found(request, pk)
        self.allow(rights.may_read(request.user, found))
        try:
            found.open_words(member(request))
        except (WrongKey, SealBroken) as trouble:
            broken = isinstance(trouble, SealBroken)
            return self.show(request, found, status=409, broken=broken)
        reading.begin(request.session, found)
        return self.back(request, found)

    def shut(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        found = self.found(request, pk)
        reading.end(request.session)
        return self.back(request, found)

    def do(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """A step. What does not fit or comes too late is said; what was typed stays."""
        found = self.found(request, pk)
        self.allow(rights.may_work(request.user, found))
        form = StepForm(request.POST, practice=Practice.of(request))
        if not form.is_valid():
            return self.show(request, found, form=form)
        if form.cleaned_data["step"] == "write" and not reading.lasts(request.session, found):
            return self.too_late(request, pk, form, NotAllowed(OPEN_FIRST))
        question = form.question(found)
        if question or form.what == "nothing":
            return self.show(request, found, form=form.again(found), question=question)
        if form.needs_reason(found):
            return self.show(request, found, form=form)
        try:
            said = form.carry_out(found, member(request))
        except (Conflict, NotAllowed) as trouble:
            return self.too_late(request, pk, form, trouble)
        Reading.objects.acted(found, member(request))
        if said:
            messages.success(request, said)
            return self.back(request, found)
        return self.back(request, found, SAVED)

    def too_late(
        self, request: HttpRequest, pk: UUID, form: StepForm, trouble: Exception
    ) -> HttpResponse:
        found, tz = self.found(request, pk), form.practice.tz
        changed = history.since(found, form.cleaned_data["seen"], form.now, tz)
        return self.show(
            request, found, form=form.again(found), status=409, trouble=trouble, changed=changed
        )

    def found(self, request: HttpRequest, pk: UUID) -> ContactRequest:
        """To whoever may not see it, it is not there."""
        self.allow(rights.may_enter(request.user))
        seen = ContactRequest.objects.visible_to(request.user).with_beside(request.user)
        requests = seen.select_related(
            "service", "therapist", "owner", "receipt", "privacy_edition", "help_edition"
        ).defer("privacy_edition__content", "help_edition__content")
        found: ContactRequest = get_object_or_404(requests, pk=pk)
        return found

    def show(
        self,
        request: HttpRequest,
        found: ContactRequest,
        form: StepForm | None = None,
        status: int = 200,
        **context: Any,
    ) -> HttpResponse:
        practice, is_read = Practice.of(request), reading.lasts(request.session, found)
        person = Person(found, practice, request.user, is_read)
        queue, form = asked_queue(request), form or StepForm.fresh(found, practice)
        rows = queue.rows(current=found)
        form.offer(found)
        context |= {
            "address": self.back_to(request, found),
            "queue": queue,
            "queue_url": with_query(reverse("admin:intake_contactrequest_changelist"), queue.query),
            "rows": rows,
            "next_row": next_of(rows, person.course.stood_at),
            "person": person,
            **{f"{verb}_url": self.url(found, verb, queue) for verb in URLS},
            "form": form,
            "may_change": rights.may_work(request.user, found),
            "asking": asking.Asking(found, practice, request.user),
            "may_have_second": adding.may_have_second(found),
        }
        title = f"Request {person.reference}"
        return self.page(request, "admin/intake/request.html", title, status, **context)

    def page(
        self, request: HttpRequest, template: str, title: str, status: int = 200, **context: Any
    ) -> HttpResponse:
        facts = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            **context,
        }
        return TemplateResponse(request, template, facts, status=status)

    def back(self, request: HttpRequest, found: ContactRequest, part: str = "") -> HttpResponse:
        return HttpResponseRedirect(self.back_to(request, found) + part)

    def back_to(self, request: HttpRequest, found: ContactRequest) -> str:
        return self.url(found, "change", asked_queue(request))

    def url(self, found: ContactRequest, name: str, queue: Queue) -> str:
        address = reverse(f"admin:intake_contactrequest_{name}", args=[found.pk])
        return with_query(address, queue.query)

    def allow(self, permitted: bool) -> None:
        if not permitted:
            raise PermissionDenied
