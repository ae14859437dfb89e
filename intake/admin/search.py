"""The answer of the search box: how far was looked, and what was found by what."""

from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from intake.admin.people import member
from intake.admin.queue import Queue, Row
from intake.forms.search import SearchForm
from intake.models import ContactRequest, Found
from intake.models.choices import Match
from pages.models import Practice

if TYPE_CHECKING:
    from intake.admin.inbox import ContactRequestAdmin

# Nobody reads more: a longer list asks for a better question.
MOST_SHOWN = 50


@dataclass(frozen=True)
class Group:
    """What was found by one thing."""

    match: str
    rows: list[Row]


@dataclass(frozen=True)
class Answer:
    found: Found
    groups: list[Group]

    @property
    def shown(self) -> int:
        return sum(len(group.rows) for group in self.groups)


def urls(inbox: "ContactRequestAdmin") -> list[URLPattern]:
    view = inbox.admin_site.admin_view(partial(search, inbox))
    return [path("search/", view, name="intake_contactrequest_search")]


def search(inbox: "ContactRequestAdmin", request: HttpRequest) -> HttpResponse:
    """By POST alone, so that what was typed stands in no address, no log and no history."""
    inbox.allow(inbox.has_view_permission(request))
    if request.method != "POST":
        return HttpResponseRedirect(reverse("admin:intake_contactrequest_changelist"))
    practice = Practice.of(request)
    form = SearchForm(request.POST, region=practice.region.country)
    template = "admin/intake/search.html"
    if not form.is_valid():
        return inbox.page(request, template, "Error: Search", search=form)
    by = member(request)
    found = ContactRequest.objects.search(by, form.understood)
    answer = Answer(found, groups(found, Queue(by, practice.tz, "now", "")))
    return inbox.page(request, template, "Search", search=form, answer=answer)


def groups(found: Found, queue: Queue) -> list[Group]:
    by_match = shown(found)
    rows = queue.rows_of(pk for pks in by_match.values() for pk in pks)
    return [Group(str(match.label), [rows[pk] for pk in by_match[match]]) for match in by_match]


def shown(found: Found) -> dict[Match, list[UUID]]:
    """As many as are shown, the surest first."""
    first: dict[Match, list[UUID]] = {}
    every = ((match, pk) for match, pks in found.hits.items() for pk in pks)
    for match, pk in islice(every, MOST_SHOWN):
        first.setdefault(match, []).append(pk)
    return first
