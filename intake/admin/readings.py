"""Who read what: by person and day, for owners. Looking at it is recorded too."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property, partial
from statistics import median
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from intake import moments
from intake.admin import history
from intake.admin.queue import name_of
from intake.admin.reading import READING_LASTS
from intake.models import Event, PracticeHistory
from intake.receipts import in_blocks
from pages.models import Practice

MAY_SEE = "intake.see_history"
DAYS = 14
# More lines than anyone reads; the page says how many there were.
LINES = 500
# A day stands out from here on, where it also has this many times what that person usually reads.
NOT_FEW = 10
TIMES_USUAL = 3
KEY = "looked"


def urls(site: AdminSite) -> list[URLPattern]:
    view = require_safe(partial(who_read_what, site))
    return [path("who-read-what/", site.admin_view(view), name="who_read_what")]


@dataclass(frozen=True)
class Asked:
    """Of whom and of which day. No member of staff is all of them."""

    who: User | None
    day: date

    @property
    def facts(self) -> dict[str, Any]:
        return {"who": self.who.pk if self.who else 0, "day": self.day.isoformat()}


@dataclass(frozen=True)
class Line:
    at: str
    by: str
    reference: str
    url: str
    what: str


@dataclass(frozen=True)
class Cell:
    count: int
    url: str
    label: str
    unusual: bool
    current: bool


class Readings:
    """What the page shows."""

    def __init__(self, practice: Practice, who: str, day: str) -> None:
        self.tz, self.now = practice.tz, timezone.now()
        self.today = practice.today(self.now)
        chosen = _day(day)
        asked = next((user for user in self.people if str(user.pk) == who), None)
        self.asked = Asked(asked, min(chosen, self.today) if chosen else self.today)

    @cached_property
    def counts(self) -> dict[tuple[int, date], int]:
        first = self._midnight(self.today - timedelta(days=DAYS - 1))
        return Event.objects.readings().by_day(first, self.tz)

    @cached_property
    def people(self) -> list[User]:
        """Staff, and whoever read something lately and is staff no more."""
        read = {actor for actor, _ in self.counts}
        return sorted(User.objects.filter(Q(is_staff=True) | Q(pk__in=read)), key=name_of)

    @property
    def days(self) -> list[date]:
        return [self.today - timedelta(days=back) for back in range(DAYS)]

    def table(self) -> list[tuple[str, list[Cell]]]:
        """A row for each person, today first."""
        return [(name_of(user), self._row(user)) for user in self.people]

    @cached_property
    def found(self) -> list[Event]:
        """The day's, the oldest first; one more than are shown."""
        start = self._midnight(self.asked.day)
        end = self._midnight(self.asked.day + timedelta(days=1))
        events = Event.objects.by_staff(self.asked.who, start, end)
        return list(events[: LINES + 1])

    @property
    def more(self) -> int:
        return LINES if len(self.found) > LINES else 0

    def lines(self) -> list[Line]:
        return [self._line(event) for event in self.found[:LINES]]

    def _row(self, user: User) -> list[Cell]:
        counts = [self.counts.get((user.pk, day), 0) for day in self.days]
        return [
            Cell(
                count,
                address(user.pk, day),
                f"{name_of(user)}, {day:%B} {day.day}",
                stands_out(count, counts[:index] + counts[index + 1 :]),
                self.asked.who == user and self.asked.day == day,
            )
            for index, (day, count) in enumerate(zip(self.days, counts, strict=True))
        ]

    def _line(self, event: Event) -> Line:
        request = event.request
        at = event.at.astimezone(self.tz).time().replace(second=0, microsecond=0)
        return Line(
            at=moments.hour(at),
            by=history.who(event),
            reference=in_blocks(request.reference, "-") if request else "",
            url=reverse("admin:intake_contactrequest_change", args=[request.pk]) if request else "",
            what=history.what(request, event, self.now, self.tz),
        )

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, tzinfo=self.tz)


def who_read_what(site: AdminSite, request: HttpRequest) -> HttpResponse:
    user = request.user
    if not isinstance(user, User) or not user.has_perm(MAY_SEE):
        raise PermissionDenied
    practice = Practice.of(request)
    readings = Readings(practice, request.GET.get("who", ""), request.GET.get("day", ""))
    record_once(request.session, readings.asked, user)
    context = {**site.each_context(request), "title": "Who read what", "readings": readings}
    return TemplateResponse(request, "admin/intake/readings.html", context)


def record_once(session: SessionBase, asked: Asked, by: User) -> None:
    """One line for each person and day looked at, in a visit of a few minutes."""
    visit, now = session.get(KEY, {}), timezone.now()
    if not visit or datetime.fromisoformat(visit["until"]) < now:
        visit = {"until": (now + READING_LASTS).isoformat(), "seen": []}
    if asked.facts in visit["seen"]:
        return
    PracticeHistory.objects.record(Event.Verb.LOOKED, by, asked.facts)
    session[KEY] = {**visit, "seen": [*visit["seen"], asked.facts]}


def stands_out(count: int, others: list[int]) -> bool:
    """Beside the days on which that person read at all."""
    usual = [other for other in others if other]
    return count >= NOT_FEW and (not usual or count > TIMES_USUAL * median(usual))


def address(who: int, day: date) -> str:
    asked = urlencode({"who": str(who), "day": day.isoformat()})
    return f"{reverse('admin:who_read_what')}?{asked}"


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
