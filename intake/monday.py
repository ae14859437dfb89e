"""The owner's line: how last week went, and of those who waited too long, why."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from intake.clock import clock_of
from intake.models import ContactRequest, Event, Notice, choices
from intake.models.counted import counted, courses
from intake.open_time import OpenTime
from intake.reports import Waits, Weeks, heard_at, is_late
from pages.models import Practice
from pages.sentences import in_a_word, joined

# A mail that takes longer than this was no passing trouble.
SENT_WITHIN = timedelta(hours=1)
WORKER = "the worker was away"
MAIL = "the mail was not sent"
OWNER = "nobody had taken it"
UNOPENED = "nobody had opened it"
TRIED_LATE = "we tried too late"


@dataclass(frozen=True)
class Line:
    """Last week, Monday to Sunday."""

    wrote: int
    answered: int
    median: float | None  # in hours of opening
    why: list[tuple[str, int]]

    @property
    def late(self) -> int:
        return sum(count for _, count in self.why)

    def __str__(self) -> str:
        if not self.wrote:
            return "Last week nobody wrote."
        median = f", median {_hours(self.median)}" if self.median is not None else ""
        line = f"Last week {self.wrote} wrote, {self.answered} answered{median}"
        return f"{line}; {self._waited()}." if self.late else f"{line}. Nobody waited too long."

    def _waited(self) -> str:
        if len(self.why) == 1:
            return f"{in_a_word(self.late)} waited too long: {self.why[0][0]}"
        reasons = joined(f"{reason} ({in_a_word(count)})" for reason, count in self.why)
        return f"{in_a_word(self.late)} waited too long: {reasons}"


def monday_line(practice: Practice, now: datetime) -> Line:
    week = Weeks([Weeks.until(now, practice.tz, 2).starts[0]], practice.tz)
    open_time = OpenTime(clock_of(practice), week.since, now)
    found = courses(week.since, week.end)
    heard = [(row[0], heard_at(row[1], row[4], row[7]), row[8]) for row in found]
    answers = [(start, at) for start, at, _ in heard if at]
    ours = [(s, at) for s, at, how in heard if at and how != choices.ContactMethod.OWN]
    return Line(
        wrote=len(found),
        answered=len(answers),
        median=Waits.of([open_time.between(start, at) for start, at in ours]).median,
        why=Counter(reasons(_late_in(week, now), now)).most_common(),
    )


def _late_in(week: Weeks, now: datetime) -> list[ContactRequest]:
    """Those who waited too long: few, so each is looked at as a whole."""
    rows = (
        counted()
        .filter(received_at__gte=week.since, received_at__lt=week.end, promised_at__lt=now)
        .exclude(contact_method=choices.ContactMethod.OWN)
        .only(
            "received_at", "promised_at", "first_attempt_at", "first_opened_at", "closed_at",
            "outcome", "contact_method",
        )
    )  # fmt: skip
    return [row for row in rows if _is_late(row, now)]


def _is_late(row: ContactRequest, now: datetime) -> bool:
    tried, closed = (_whole(at) for at in (row.first_attempt_at, row.closed_at))
    heard = heard_at(tried, closed, row.outcome)
    return bool(is_late(heard, int(row.promised_at.timestamp()), closed, now.timestamp()))


def _whole(at: datetime | None) -> int | None:
    return int(at.timestamp()) if at else None


def reasons(late: list[ContactRequest], now: datetime) -> Iterable[str]:
    """One for each, from what is known of it: the first that would have been enough."""
    owners, mails = _owners_when_promised(late), _mail(late, now)
    for row in late:
        opened_in_time = row.first_opened_at and row.first_opened_at <= row.promised_at
        if row.pk in mails:
            yield mails[row.pk]
        elif not owners.get(row.pk):
            yield OWNER
        else:
            yield TRIED_LATE if opened_in_time else UNOPENED


def _owners_when_promised(late: list[ContactRequest]) -> dict[object, int | None]:
    """Who had each in hand when its promise passed, as its history says."""
    promised = {row.pk: row.promised_at for row in late}
    events = Event.objects.filter(stream__in=promised).order_by("stream", "seq")
    said = events.values_list("stream", "at", "facts")
    return {stream: facts.get("owner_id") for stream, at, facts in said if at <= promised[stream]}


def _mail(late: list[ContactRequest], now: datetime) -> dict[object, str]:
    """Where no reader was told of a request in time: by whose fault."""
    notices = Notice.objects.filter(request__in=late, kind=Notice.Kind.NEW).only(
        "request", "made_at", "sent_at", "attempts", "error_class"
    )
    in_time, faults = set(), {}
    for notice in notices:
        if (notice.sent_at or now) - notice.made_at <= SENT_WITHIN:
            in_time.add(notice.request_id)
        failed = notice.error_class or notice.attempts > 1
        faults[notice.request_id] = MAIL if failed else WORKER
    return {pk: fault for pk, fault in faults.items() if pk not in in_time}


def _hours(hours: float | None) -> str:
    whole = round(hours or 0)
    if whole < 1:
        return "under an hour"
    return f"{in_a_word(whole)} hour{'s' if whole > 1 else ''}"
