"""The queue: who waits, for what, until when. Reference and first letter; never words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from intake import moments
from intake.admin.people import member
from intake.admin.safe_contact import Wish, reach, wishes
from intake.encryption import SealBroken, WrongKey
from intake.models import Ask, ContactRequest
from intake.models.inbox import ContactRequestQuerySet
from intake.receipts import in_blocks
from pages.models import Practice

Status = ContactRequest.Status
# One screen's worth; the sum of all is in the tabs.
ROWS = 100
VIEWS = {
    "now": "Now",
    "theirs": "Waiting for them",
    "list": "Waiting list",
    "closed": "Closed",
}
FILTERS = {
    "late": "Late",
    "today": "Due today",
    "mine": "Mine",
    "unassigned": "Unassigned",
    "asked": "Asked of you",
    "held": "Held for review",
}
# It is their turn: we tried, a talk is booked, or they said that they will call.
THEIR_TURN = Q(status__in=[Status.CONTACTED, Status.BOOKED]) | Q(
    status__in=[Status.NEW, Status.IN_REVIEW], contact_method="own"
)
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
    count: int | None
    current: bool


@dataclass(frozen=True)
class Row:
    """One line of the queue, in words."""

    url: str
    reference: str
    initial: str
    due: str
    due_at: datetime
    late: bool
    today: bool
    reach: str
    wishes: list[Wish]
    service: str
    owner: str
    status: str
    urgent: bool
    current: bool = False


class Queue:
    """One of the four views, perhaps narrowed by a filter, as someone asked for it."""

    def __init__(self, user: AbstractBaseUser, tz: ZoneInfo, view: str, only: str, page: int = 1):
        self.user, self.tz, self.now = user, tz, timezone.now()
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
        return VIEWS[self.view]

    @property
    def empty(self) -> str:
        return "Nothing here with this filter." if self.only else EMPTY[self.view]

    @cached_property
    def found(self) -> list[ContactRequest]:
        """One more than a page, to know whether there is another."""
        first = (self.page - 1) * ROWS
        return list(
            self.requests()
            .for_list()
            .select_related("service", "owner__absence__cover")[first : first + ROWS + 1]
        )

    def rows(self, current: ContactRequest | None = None) -> list[Row]:
        return [self._row(each, each == current) for each in self.found[:ROWS]]

    @cached_property
    def visible(self) -> ContactRequestQuerySet:
        """All that this person may see, open or not."""
        seen: ContactRequestQuerySet = ContactRequest.objects.visible_to(self.user).in_inbox()
        return seen

    def rows_of(self, pks: Iterable[UUID]) -> dict[UUID, Row]:
        """Those of a search, in one query."""
        found = ContactRequest.objects.visible_to(self.user).filter(pk__in=list(pks)).for_list()
        each = found.select_related("service", "owner__absence__cover")
        return {request.pk: self._row(request, False) for request in each}

    def requests(self) -> ContactRequestQuerySet:
        rows = self.visible
        if self.view == "closed":
            return rows.closed().order_by("-closed_at", "id")
        if self.only == "held":
            return rows.open().held().by_due()
        return (
            rows.open().not_held().filter(self.views[self.view], self.filters[self.only]).by_due()
        )

    @cached_property
    def views(self) -> dict[str, Q]:
        """Each open request stands in exactly one: what is due today is never out of sight."""
        later = Q(due_at__gte=self.tomorrow)
        theirs = THEIR_TURN & later
        listed = Q(status=Status.WAITING, due_kind="check_in") & later
        return {"now": ~theirs & ~listed, "theirs": theirs, "list": listed}

    @cached_property
    def filters(self) -> dict[str, Q]:
        return {
            "": Q(),
            "late": Q(due_at__lt=self.now),
            "today": Q(due_at__gte=self.now, due_at__lt=self.tomorrow),
            "mine": Q(owner=self.user.pk),
            "unassigned": Q(owner=None),
            "asked": Q(pk__in=Ask.objects.waiting().filter(to=self.user.pk).values("request")),
        }

    @cached_property
    def tomorrow(self) -> datetime:
        return moments.end_of_today(self.now, self.tz)

    @cached_property
    def counts(self) -> dict[str, int]:
        """Of open requests only, in one query: of each view, and of each filter in this view."""
        clear = Q(held_reason="")
        wanted = {name: clear & q for name, q in self.views.items()}
        wanted |= {
            n: clear & self.views.get(self.view, Q()) & q for n, q in self.filters.items() if n
        }
        wanted["held"] = ~clear
        counted = {name: Count("pk", filter=q) for name, q in wanted.items()}
        counted["samples"] = Count("pk", filter=Q(kind="sample"))
        counts: dict[str, int] = self.visible.open().aggregate(**counted)
        return counts

    @property
    def has_samples(self) -> bool:
        """Practice data: among what is open, or in what is shown."""
        return bool(self.counts["samples"]) or any(row.kind == "sample" for row in self.found)

    def tabs(self) -> list[Link]:
        return [
            Link(label, address(view=view), self.counts.get(view), view == self.view)
            for view, label in VIEWS.items()
        ]

    def narrowings(self) -> list[Link]:
        """Filters that would show something, and the one in use."""
        if self.view == "closed":
            return []
        return [
            Link(label, self._toggled(only), self.counts[only], only == self.only)
            for only, label in FILTERS.items()
            if self.counts[only] or only == self.only
        ]

    @property
    def older(self) -> str:
        return self._paged(self.page + 1) if len(self.found) > ROWS else ""

    @property
    def newer(self) -> str:
        return self._paged(self.page - 1) if self.page > 1 else ""

    def _paged(self, page: int) -> str:
        return address(view=self.view, only=self.only, page=str(page))

    def _toggled(self, only: str) -> str:
        return address(view=self.view, only="" if only == self.only else only)

    def _row(self, request: ContactRequest, current: bool) -> Row:
        due_at = request.due_at or request.closed_at or self.now
        is_open = request.status != Status.CLOSED
        return Row(
            url=with_query(
                reverse("admin:intake_contactrequest_change", args=[request.pk]), self.query
            ),
            reference=in_blocks(request.reference, "-"),
            initial=initial(request),
            due=self._due(request),
            due_at=due_at,
            late=is_open and due_at < self.now,
            today=is_open and self.now <= due_at < self.tomorrow,
            reach=reach(request),
            wishes=wishes(request),
            service=request.service.name if request.service else "",
            owner=owner_of(request),
            status=self._status(request),
            urgent=request.urgent,
            current=current,
        )

    def _due(self, request: ContactRequest) -> str:
        if request.due_at is None:
            return moments.day_and_hour(request.closed_at or self.now, self.now, self.tz)
        return moments.due(request.due_at, self.now, self.tz)

    def _status(self, request: ContactRequest) -> str:
        if request.status == Status.CLOSED:
            return str(request.get_outcome_display())
        return "Held for review" if request.held_reason else str(request.get_status_display())


def initial(request: ContactRequest) -> str:
    """The first letter; '' on a machine without the key, or where it does not open."""
    try:
        return request.initial
    except (WrongKey, SealBroken):
        return ""


def name_of(user: AbstractBaseUser) -> str:
    return str(user.get_short_name() or user.get_username())  # type: ignore[attr-defined]


def owner_of(request: ContactRequest) -> str:
    """Who has it, and who stands in for them today."""
    if request.owner is None:
        return ""
    absence = getattr(request.owner, "absence", None)
    covered = f" (away: {name_of(absence.cover)})" if absence and absence.is_now else ""
    return f"{name_of(request.owner)}{covered}"


def address(**asked: str) -> str:
    if asked.get("view") == "now":
        asked["view"] = ""
    url = reverse("admin:intake_contactrequest_changelist")
    return with_query(url, urlencode({name: text for name, text in asked.items() if text}))


def with_query(url: str, query: str) -> str:
    return f"{url}?{query}" if query else url


def next_of(rows: Iterable[Row]) -> Row | None:
    """The first that is not the one in hand."""
    return next((row for row in rows if not row.current), None)


def asked_queue(request: HttpRequest) -> Queue:
    page = request.GET.get("page", "")
    return Queue(
        member(request),
        Practice.of(request).tz,
        request.GET.get("view", ""),
        request.GET.get("only", ""),
        max(int(page), 1) if page.isdecimal() and len(page) < 6 else 1,
    )
