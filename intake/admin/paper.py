"""One request on paper: without its words, unless someone reads it and ticks them."""

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from intake import moments
from intake.admin import history, reading
from intake.admin.people import member
from intake.admin.person import Person
from intake.admin.queue import name_of
from intake.models import OpenedNote, rights
from pages.models import Practice

if TYPE_CHECKING:
    from intake.admin.inbox import ContactRequestAdmin

OPEN_FIRST = "Open this request first. Then its words can be printed."


def urls(inbox: "ContactRequestAdmin") -> list[URLPattern]:
    view = inbox.admin_site.admin_view(require_POST(partial(print_out, inbox)))
    return [path("<uuid:pk>/print/", view, name="intake_contactrequest_print")]


def print_out(inbox: "ContactRequestAdmin", request: HttpRequest, pk: UUID) -> HttpResponse:
    """A page to print. That it was made is recorded first."""
    found, by, words = inbox.found(request, pk), member(request), "words" in request.POST
    inbox.allow(rights.may_print(by, found))
    is_read = reading.lasts(request.session, found)
    if words and not is_read:
        messages.error(request, OPEN_FIRST)
        return inbox.back(request, found)
    found.print_out(by, words)
    practice = Practice.of(request)
    person = Person(found, practice, by, is_read=words)
    return inbox.page(
        request,
        "admin/intake/paper.html",
        f"Request {person.reference}",
        person=person,
        printed=moments.exact(person.now, practice.tz),
        printed_by=name_of(by),
        history=lines(person),
        notes=notes(person),
        back_url=inbox.back_to(request, found),
    )


def lines(person: Person) -> list[tuple[str, str]]:
    """With exact times: a sheet is read when "an hour ago" says nothing any more."""
    tz = person.practice.tz
    return [
        (
            moments.exact(event.at, tz),
            f"{history.who(event)} {history.what(person.request, event, person.now, tz)}",
        )
        for event in reversed(person.events)
    ]


def notes(person: Person) -> list[tuple[str, OpenedNote]]:
    written = person.opened.notes if person.opened else []
    return [(moments.exact(note.at, person.practice.tz), note) for note in written]
