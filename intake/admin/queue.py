"""The queue: who waits, for what, until when. Reference and first letter; never words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from intake import moments
from intake.admin.people import member
from intake.admin.rows import Place, row
from intake.admin.rows import Row as Row
from intake.admin.rows import initial as initial
from intake.admin.rows import name_of as name_of
from intake.clock import current_clock, shown_clock
from intake.models import ContactRequest
from intake.models.inbox import ContactRequestQuerySet
from intake.models.lanes import Lanes
from intake.promise import Clock
from pages.models import Practice

# One screen's worth; the sum of all is in the tabs.
ROWS = 100
# Nobody works through more at once, so nothing is counted further, nor looked at by a filter that
# no index answers.
COUNTED = 500
VIEWS = {
    "now": "Now",
    "theirs": "Waiting for them",
    "list": "Waiting list",
    "closed": "Closed",
}
FILTERS = {
    "safe": "Safe to call now",
    "late": "Late",
    "today": "Due today",
    "mine": "Mine",
    "unassigned": "Unassigned",
    "asked": "Asked of you",
    "held": "Held for review",
}
EMPTY = {
    "now": "Nobody is waiting for you.",
    "theirs": "We are waiting for nobody’s answer.",
    "list": "The waiting list is empty.",
    "closed": "Nothing was closed yet.",
}


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    count: str
    current: bool


class Queue:
    """One of the four views, perhaps narrowed by a filter, as someone asked for it."""

    def __init__(
        self,
        user: User,
        tz: ZoneInfo,
        view: str,
        only: str,
        page: int = 1,
        clock: Callable[[], Clock] = current_clock,
    ):
        self.user, self.tz, self.now, self.clock = user, tz, timezone.now(), clock
        self.view = view if view in VIEWS else "now"
        self.only = only if only in FILTERS and self.view != "closed" else ""
        self.page = page

    @property
    def query(self) -> str:
        """What an address carries so that the way back leads here."""
        asked = {"view": self.view if self.view != "now" else "", "only": self.only}
        return urlencode({name: value for name, value in asked.items() if value})

    @property
    def heading(self) -> str:
        return FILTERS[self.only] if self.only else VIEWS[self.view]

    @property
    def empty(self) -> str:
        return "Nothing here with this filter." if self.only else EMPTY[self.view]

    @cached_property
    def found(self) -> list[ContactRequest]:
        """One more than a page, to know whether there is another."""
        first = (self.page - 1) * ROWS
        shown = self.requests(first + ROWS + 1).for_list().with_seen(self.user)
        whole = shown.select_related("service", "owner__absence__cover")
        return list(whole[first : first + ROWS + 1])

    def rows(self, current: ContactRequest | None = None) -> list[Row]:
        return [self._row(each, each == current) for each in self.found[:ROWS]]

    @property
    def visible(self) -> ContactRequestQuerySet:
        """All that this person may see, open or not."""
        seen: ContactRequestQuerySet = ContactRequest.objects.visible_to(self.user)
        return seen

    def rows_of(self, pks: Iterable[UUID]) -> dict[UUID, Row]:
        """Those of a search, in one query."""
        found = self.visible.filter(pk__in=list(pks)).for_list().with_seen(self.user)
        each = found.select_related("service", "owner__absence__cover")
        return {request.pk: self._row(request, False) for request in each}

    def requests(self, limit: int) -> ContactRequestQuerySet:
        rows = self.visible
        if self.view == "closed":
            return rows.in_inbox().closed().order_by("-closed_at", "id")
        lanes = self.narrowed[self.only] if self.only else self.lanes[self.view]
        return rows.first_of(lanes, limit).by_due()

    @cached_property
    def lanes(self) -> dict[str, list[Lanes]]:
        """Each open request stands in one view: what is due today is never out of sight."""
        rows, day = self.visible, Q(due_at__lt=self.tomorrow)
        theirs, listed = rows.theirs(), rows.listed()
        return {
            "now": [rows.pressing(), rows.ours(), theirs.filter(day), listed.filter(day)],
            "theirs": [theirs.exclude(day)],
            "list": [listed.exclude(day)],
        }

    @cached_property
    def narrowed(self) -> dict[str, list[Lanes]]:
        """What each filter leaves of this view. Late and due today stand under "Now" alone."""
        rows, lanes = self.visible, self.lanes.get(self.view, [])
        late, today = Q(due_at__lt=self.now), Q(due_at__gte=self.now, due_at__lt=self.tomorrow)
        return {
            "safe": [self._first(lanes).safe_to_call(self.now, self.clock())],
            "late": [lane.filter(late) for lane in lanes],
            "today": [lane.filter(today) for lane in lanes],
            "mine": [self._here([rows.in_queue().of(self.user)])],
            # By owner too: to PostgreSQL "no owner" is no one value, and it would sort them all.
            "unassigned": [
                self._here([rows.in_queue().unassigned().order_by("owner_id", "due_at")])
            ],
            "asked": [self._here([rows.in_queue().asked_of(self.user)])],
            "held": [rows.in_review()],
        }

    @cached_property
    def tomorrow(self) -> datetime:
        return moments.end_of_today(self.now, self.tz)

    @cached_property
    def counts(self) -> dict[str, int]:
        """Of open requests only, in one query: of each view, and of each filter in this view."""
        narrowed = self.narrowed if self.view != "closed" else {}
        samples = {"samples": [self.visible.samples().open()]}
        return self.visible.count_each({**self.lanes, **narrowed, **samples}, COUNTED)

    @property
    def has_samples(self) -> bool:
        """Practice data: among what is open, or in what is shown."""
        return bool(self.counts["samples"]) or any(row.kind == "sample" for row in self.found)

    def tabs(self) -> list[Link]:
        return [
            Link(label, address(view=view), self._count(view), view == self.view)
            for view, label in VIEWS.items()
        ]

    def narrowings(self) -> list[Link]:
        """Filters that would show something, and the one in use."""
        if self.view == "closed":
            return []
        return [
            Link(label, self._toggled(only), self._count(only), only == self.only)
            for only, label in FILTERS.items()
            if self.counts[only] or only == self.only
        ]

    @property
    def older(self) -> str:
        return self._paged(self.page + 1) if len(self.found) > ROWS else ""

    @property
    def newer(self) -> str:
        return self._paged(self.page - 1) if self.page > 1 else ""

    def _row(self, request: ContactRequest, current: bool) -> Row:
        return row(request, self.now, self.tz, self.query, current)

    def _first(self, lanes: list[Lanes]) -> Lanes:
        return self.visible.first_together(lanes, COUNTED).order_by("due_at", "id")

    def _here(self, lanes: list[Lanes]) -> Lanes:
        """Those of them that stand in this view."""
        later, rows = Q(due_at__gte=self.tomorrow), self._first(lanes)
        if self.view == "theirs":
            return rows.theirs().filter(later)
        if self.view == "list":
            return rows.listed().filter(later)
        ours = Q(urgent=True) | Q(due_kind="promise") | Q(due_kind="snooze")
        return rows.filter(ours | ~later)

    def _count(self, name: str) -> str:
        """'' where nothing is counted."""
        count = self.counts.get(name)
        if count is None:
            return ""
        return f"{COUNTED - 1}+" if count >= COUNTED else str(count)

    def _paged(self, page: int) -> str:
        return address(view=self.view, only=self.only, page=str(page))

    def _toggled(self, only: str) -> str:
        return address(view=self.view, only="" if only == self.only else only)


def address(**asked: str) -> str:
    if asked.get("view") == "now":
        asked["view"] = ""
    url = reverse("admin:intake_contactrequest_changelist")
    return with_query(url, urlencode({name: text for name, text in asked.items() if text}))


def with_query(url: str, query: str) -> str:
    return f"{url}?{query}" if query else url


def next_of(rows: Iterable[Row], stood_at: Place | None = None) -> Row | None:
    """The first after the one in hand, else the first: what was passed over stays passed over."""
    others = [row for row in rows if not row.current]
    after = [row for row in others if stood_at and row.place > stood_at]
    return next(iter(after or others), None)


def asked_queue(request: HttpRequest) -> Queue:
    practice, page = Practice.of(request), request.GET.get("page", "")
    return Queue(
        member(request),
        practice.tz,
        request.GET.get("view", ""),
        request.GET.get("only", ""),
        max(int(page), 1) if page.isdecimal() and len(page) < 6 else 1,
        lambda: shown_clock(practice),
    )
