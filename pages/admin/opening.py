"""All openings on one screen: therapists down, formats and parts of the day across."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from pages.admin.live import who
from pages.models import Opening, Practice, SiteRevision, Therapist
from pages.models.opening import Changed, OpeningQuerySet, Place
from pages.models.therapist import Format

PK = re.compile(r"[0-9]{1,18}")
ACROSS = [(format_, part) for format_ in Format for part in Opening.DayPart]


@dataclass(frozen=True)
class Cell:
    """A check box: free or not, and since when we know."""

    place: Place
    format: str
    part: str
    opening: Opening | None
    stale: bool

    @property
    def value(self) -> str:
        return "-".join(map(str, self.place))

    @property
    def seen(self) -> str:
        """What this person saw here, so that a save changes only what they changed."""
        return f"{self.value}={self.opening.confirmed_on}" if self.opening else ""


@dataclass(frozen=True)
class Row:
    therapist: Therapist
    cells: list[Cell]

    @property
    def any_free(self) -> bool:
        return any(cell.opening for cell in self.cells)


@admin.register(Opening)
class OpeningAdmin(admin.ModelAdmin):
    """One table in place of Django's list, and nothing else: no form of a single opening."""

    def get_urls(self) -> list[URLPattern]:
        table = self.admin_site.admin_view(self.changelist_view)
        return [path("", table, name="pages_opening_changelist")]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a tick in the table is how one is added

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self.save(request)
        practice = Practice.of(request)
        context = {
            **self.admin_site.each_context(request),
            "title": "Openings",
            "opts": self.opts,
            "formats": [(each.label, len(Opening.DayPart)) for each in Format],
            "parts": [part.label for _, part in ACROSS],
            "rows": list(rows(practice)),
            "days": practice.openings_fresh_days,
            "may_change": self.has_change_permission(request),
        }
        return TemplateResponse(request, "admin/pages/opening/table.html", context)

    def save(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        practice, by = Practice.of(request), who(request)
        free = places(request.POST.getlist("free"))
        with transaction.atomic():
            changed = Opening.objects.set_free(free, seen_in(request), by, practice)
            count = still_true(request, free).confirm(by, practice)
            SiteRevision.raise_()
            log(by, changed, count)
        self.tell(request, changed, count)
        return HttpResponseRedirect(reverse("admin:pages_opening_changelist"))

    def tell(self, request: HttpRequest, changed: Changed, count: int) -> None:
        confirmed = f" Confirmed today: {count}." if "still" in request.POST else ""
        self.message_user(request, f"Saved. The public sees what is ticked below.{confirmed}")
        for opening in changed.kept:
            words = (
                f"{in_full(opening)}: someone confirmed it while you had this open, so it stays."
            )
            again = "Untick it once more if it is gone."
            self.message_user(request, f"{words} {again}", messages.WARNING)
        if changed.refused:
            words = "Someone you ticked a place for takes no new people now: that was left out."
            self.message_user(request, words, messages.WARNING)


def rows(practice: Practice) -> Iterator[Row]:
    oldest = practice.today() - timedelta(days=practice.openings_fresh_days)
    for therapist in Therapist.objects.here().prefetch_related("openings"):
        stored = {each.place: each for each in therapist.openings.all()}
        yield Row(therapist, [cell_of(therapist, at, stored, oldest) for at in ACROSS])


def cell_of(
    therapist: Therapist,
    at: tuple[Format, Opening.DayPart],
    stored: Mapping[Place, Opening],
    oldest: date,
) -> Cell:
    format_, part = at
    place = Place(therapist.pk, format_.value, part.value)
    opening = stored.get(place)
    stale = opening is not None and opening.confirmed_on < oldest
    return Cell(place, format_.label, part.label, opening, stale)


def places(values: Iterable[str]) -> set[Place]:
    """Those of the table; anything else is no place."""
    known = {f"{format_.value}-{part.value}": (format_, part) for format_, part in ACROSS}
    read = (value.partition("-") for value in values)
    return {
        Place(int(pk), known[at][0].value, known[at][1].value)
        for pk, _, at in read
        if at in known and PK.fullmatch(pk)
    }


def seen_in(request: HttpRequest) -> dict[Place, date]:
    """Each opening that stood in the table when it was shown, with its day."""
    seen = {}
    for value in request.POST.getlist("seen"):
        at, _, day = value.partition("=")
        for place in places([at]):
            with suppress(ValueError):
                seen[place] = date.fromisoformat(day)
    return seen


def still_true(request: HttpRequest, free: Collection[Place]) -> OpeningQuerySet:
    """What the pressed button confirms: all that is ticked, one therapist's, or nothing."""
    still = request.POST.get("still", "")
    chosen = {place for place in free if still in ("all", str(place.therapist))}
    offered = Opening.objects.on_offer() if chosen else Opening.objects.none()
    return offered.filter(pk__in=[each.pk for each in offered if each.place in chosen])


def log(by: User, changed: Changed, confirmed: int) -> None:
    """One line of the staff site's history a save."""
    parts = {
        "Added": ", ".join(in_full(each) for each in changed.added),
        "Removed": ", ".join(in_full(each) for each in changed.dropped),
        "Confirmed": str(confirmed or ""),
    }
    words = ". ".join(f"{name}: {what}" for name, what in parts.items() if what)
    LogEntry.objects.create(
        user=by, content_type=ContentType.objects.get_for_model(Opening), object_repr="Openings",
        action_flag=CHANGE, change_message=words or "Nothing changed",
    )  # fmt: skip


def in_full(opening: Opening) -> str:
    return f"{opening.therapist}, {str(opening).lower()}"
