"""Requests of people who do not exist: to learn the inbox with, and to measure it.

Practice data is flagged, stands in the inbox under a banner, counts in no report, gets no mail, and
goes in one step. Numbers are those kept for fiction (555-0100 to 555-0199), addresses lie under
example.com. The same seed makes the same people.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils import timezone

from intake import receipts
from intake.clock import clock_of
from intake.models import Attempt, ContactRequest, Event, PracticeHistory
from intake.models.attempt import channel_of
from intake.models.choices import (
    DUE_KIND_OF,
    REFUSING,
    ContactMethod,
    DayPart,
    DueKind,
    EndingReason,
    EndingWith,
    Format,
    HeldReason,
    Kind,
    Origin,
    Outcome,
    Payment,
    Private,
    SeekingFor,
    Status,
    Voicemail,
)
from intake.models.event import NOTHING
from intake.models.keeping_dates import retention_dates
from intake.promise import Clock
from pages.models import Practice, Service, Therapist

SEED = 20
BATCH = 500
# How long ago the oldest of them wrote.
DAYS_BACK = 180
# Of a hundred that are still open: where they stand.
OPEN = {
    Status.NEW: 34, Status.IN_REVIEW: 12, Status.CONTACTED: 22, Status.TALKING: 10,
    Status.BOOKED: 10, Status.WAITING: 12,
}  # fmt: skip
NAMES = (
    "Ada", "Amir", "Beatriz", "Caleb", "Chidi", "Dolores", "Eun-ji", "Farah", "Gus", "Hana",
    "Imani", "Jonas", "Kavya", "Leif", "Marisol", "Noor", "Odette", "Priya", "Quentin", "Rosa",
    "Sam", "Tamsin", "Uma", "Viktor", "Winona", "Xochitl", "Yusuf", "Zelda",
)  # fmt: skip
MESSAGES = (
    "I have not slept well since the spring. I would like to talk to someone about it.",
    "We argue about the same things every week and would like to find another way.",
    "My son does not want to go to school any more. He is eleven. We do not know what to do.",
    "My mother died in March and I thought I would be better by now.",
    "I was in an accident two years ago. Loud streets are still hard for me.",
    "A friend said that you helped her. I am not sure whether I need help.",
    "I would like to understand why I leave whenever someone gets close.",
    "",
)
NEEDS = ("", "", "", "A ground-floor room, please.", "I lip-read. Please face me.")
NOTES = (
    "",
    "",
    "",
    "Not on Mondays",
    "Ring twice, I pick up late",
    "Please not from a blocked line",
)
# How a try can end without a talk.
UNREACHED = (Attempt.Result.NO_ANSWER, Attempt.Result.LEFT_MESSAGE, Attempt.Result.WROTE)
INSURERS = ("Larkwater Mutual", "Three Ferries Health", "Example Health Plan")


def make(
    n: int,
    staff: Sequence[User],
    kind: str = Kind.SAMPLE,
    open_share: float = 0.6,
    seed: int = SEED,
    shown: Callable[[Iterator[Any], int], Iterator[Any]] = lambda rows, _: rows,
) -> int:
    """So many requests with their histories, sealed like any other. How many.

    `staff` do what was done with them; where there are none, all of them are new. `open_share` of
    them are open. Every history verifies.
    """
    scene = Scene(Practice.current(), list(staff), kind, open_share, seed)
    rows = shown((scene.person() for _ in range(n)), n)
    while batch := list(islice(rows, BATCH)):
        store(batch)
    if kind == Kind.SAMPLE:
        PracticeHistory.objects.record(Event.Verb.SAMPLES_MADE, None, {"count": n})
    return n


def remove(by: User | None = None) -> int:
    """All practice data, in one transaction. How many requests."""
    with transaction.atomic():
        count: int = ContactRequest.objects.remove(Kind.SAMPLE)
        PracticeHistory.objects.record(Event.Verb.SAMPLES_REMOVED, by, {"count": count})
    return count


def store(people: "list[Life]") -> None:
    """Past the managers that refuse to write many events at once: these are whole chains."""
    with transaction.atomic():
        requests: models.QuerySet[ContactRequest] = models.QuerySet(ContactRequest)
        requests.bulk_create([life.request for life in people])
        Attempt.objects.bulk_create([tried for life in people for tried in life.tries])
        events: models.QuerySet[Event] = models.QuerySet(Event)
        events.bulk_create([event for life in people for event in life.events()])


class Scene:
    """Where the people write to, who reads them, and the dice."""

    def __init__(
        self, practice: Practice, staff: list[User], kind: str, open_share: float, seed: int
    ) -> None:
        self.practice, self.staff, self.kind, self.open_share = practice, staff, kind, open_share
        self.dice = random.Random(seed)  # noqa: S311  # people who do not exist
        self.clock, self.now = clock_of(practice), timezone.now()
        self.services = list(Service.objects.values_list("pk", flat=True))
        self.therapists = list(Therapist.objects.here().values_list("pk", flat=True))

    def person(self) -> "Life":
        is_open = not self.staff or self.dice.random() < self.open_share
        status = self._open_status() if is_open else Status.CLOSED
        days = self._days_open(status) if is_open else self._days_back()
        request = self._request(self.now - timedelta(days=days))
        life = Life(request, self)
        if self.staff:
            life.go_on(status)
        elif self.dice.random() < 0.05:
            request.held_reason = self._one_of(HeldReason.values)
        request.seal()
        request.activity_seq = len(life.lines)
        return life

    def _request(self, received_at: datetime) -> ContactRequest:
        request = ContactRequest(
            kind=self.kind,
            reference=receipts.new_code().reference,
            received_at=received_at,
            promised_at=self.clock.promised_at(received_at),
            due_at=self.clock.promised_at(received_at),
            urgent=False,
            activity_seq=0,
            **self._choices(),
        )
        if request.contact_method == ContactMethod.OWN:
            request.due_kind = DueKind.THEIRS
        for name, text in self._words(request).items():
            setattr(request, name, text)
        request.make_row_keys()
        return request

    def _choices(self) -> dict[str, Any]:
        method = self._one_of(ContactMethod.values)
        return {
            "origin": self.dice.choices(Origin.values, (80, 15, 5))[0],
            "seeking_for": self._one_of(SeekingFor.values),
            "adult": "yes",
            "location": self.dice.choices(("here", "elsewhere", "unsure"), (90, 5, 5))[0],
            "contact_method": method,
            "contact_private": "" if method == "own" else self._one_of(["", *Private.values]),
            "voicemail": self._one_of(["", *Voicemail.values]) if method == "call" else "",
            "mail_wanted": method == "email" and self.dice.random() < 0.5,
            "times_ok": [part for part in DayPart.values if self.dice.random() < 0.5],
            "format": self._one_of(["", *Format.values]),
            "payment": self._one_of(["", *Payment.values]),
            "service_id": self._one_of([None, *self.services]),
            "therapist_id": self._one_of([None, None, None, *self.therapists]),
        }

    def _words(self, request: ContactRequest) -> dict[str, str]:
        name, method = self._one_of(NAMES), request.contact_method
        number = f"(503) 555-01{self.dice.randrange(100):02}"
        return {
            "preferred_name": name,
            "phone": number if method in (ContactMethod.CALL, ContactMethod.TEXT) else "",
            "email": f"{name.lower()}@example.com" if method == ContactMethod.EMAIL else "",
            "contact_note": self._one_of(NOTES),
            "insurer": self._one_of(INSURERS) if request.payment == Payment.INSURANCE else "",
            "message": self._one_of(MESSAGES),
            "needs": self._one_of(NEEDS),
        }

    def _open_status(self) -> str:
        return self.dice.choices(list(OPEN), list(OPEN.values()))[0]

    def _days_open(self, status: str) -> float:
        """The promise is two days: what nobody has tried yet is young, but for a few late ones."""
        usual = 1 if status in (Status.NEW, Status.IN_REVIEW) else 8
        return min(self.dice.expovariate(1 / usual), DAYS_BACK)

    def _days_back(self) -> float:
        return 4 + self.dice.random() * (DAYS_BACK - 4)

    def _one_of(self, those: Sequence[Any]) -> Any:
        return self.dice.choice(those)


class Line(NamedTuple):
    """One of a history, before it can be chained: a try has no number until it is stored."""

    verb: str
    by: User | None
    at: datetime
    course: dict[str, Any]
    tried: Attempt | None = None


class Life:
    """What happened to one of them so far: each step leaves its event, as a real one does."""

    def __init__(self, request: ContactRequest, scene: Scene) -> None:
        self.request, self.scene = request, scene
        self.by = scene.dice.choice(scene.staff) if scene.staff else None
        self.at, self.lines = request.received_at, list[Line]()
        self._tell(Event.Verb.SENT, None)

    def go_on(self, status: str) -> None:
        """To where it stands now, by way of what comes before it."""
        dice = self.scene.dice
        if status == Status.NEW:
            return
        self._later(0.4)
        self.request.first_opened_at = self.at
        self._tell(Event.Verb.OPENED, self.by)
        if dice.random() < 0.8:
            self.request.owner = self.by
        if status == Status.CLOSED:
            self._close(self._outcome())
        else:
            self._stand(status)

    @property
    def tries(self) -> list[Attempt]:
        return [line.tried for line in self.lines if line.tried]

    def events(self) -> list[Event]:
        """The chain, once the row is sealed and its tries are stored."""
        chain: list[Event] = []
        for line in [*self.lines[:-1], self.lines[-1]._replace(course=self.request.course())]:
            chain.append(self._event(line, len(chain) + 1, chain[-1].mac if chain else NOTHING))
        return chain

    def _stand(self, status: str) -> None:
        if status == Status.CONTACTED:
            self._try(*self.scene.dice.choices(UNREACHED, k=self.scene.dice.randint(1, 3)))
        elif status != Status.IN_REVIEW:
            self._try(Attempt.Result.TALKED)
        if status in (Status.IN_REVIEW, Status.BOOKED, Status.WAITING):
            self._tell(Event.Verb.STATUS_SET, self.by)
        kind = DUE_KIND_OF.get(status, DueKind.SNOOZE)
        if status == Status.IN_REVIEW:
            kind = DueKind(self.request.due_kind)
        due_at = self.request.due_at if status == Status.IN_REVIEW else self._due(status)
        self.request._move(status, due_at, kind)
        if status == Status.WAITING:
            self.request.waiting_since = self.at

    def _due(self, status: str) -> datetime:
        """In the days to come; one in ten is late."""
        days = {Status.BOOKED: 6, Status.WAITING: 18}.get(Status(status), 2)
        when = self.scene.now + timedelta(days=self.scene.dice.uniform(-days / 10, days))
        clock: Clock = replace(self.scene.clock, working_days=1)
        return clock.promised_at(when)

    def _close(self, outcome: str) -> None:
        request, dice = self.request, self.scene.dice
        self._try(Attempt.Result.TALKED if dice.random() < 0.7 else dice.choice(UNREACHED))
        self._later(5)
        ending = self._ending(outcome)
        request._move(Status.CLOSED, None, "")
        request.outcome, request.closed_at = outcome, min(self.at, self.scene.now)
        request.ending_with, request.ending_reason = ending
        closed_on = self.scene.practice.today(request.closed_at)
        days = retention_dates(self.scene.practice, closed_on)
        request.words_purge_on, request.identity_purge_on = days
        self._tell(self._ending_verb(), self._ender())

    def _outcome(self) -> str:
        """Any but one that leaves no row to look at."""
        return str(self.scene.dice.choice([o for o in Outcome if o != Outcome.ERASED]))

    def _ending(self, outcome: str) -> tuple[str, str]:
        if outcome not in REFUSING:
            return "", ""
        how = self.scene.dice.choice(list(EndingWith))
        reason = self.scene.dice.choice(list(EndingReason)) if how == EndingWith.REASON else ""
        return str(how), str(reason)

    def _ending_verb(self) -> str:
        theirs = {Outcome.WITHDREW: Event.Verb.WITHDREW, Outcome.LIST_ENDED: Event.Verb.LIST_ENDED}
        return theirs.get(Outcome(self.request.outcome), Event.Verb.CLOSED)

    def _ender(self) -> User | None:
        return self.by if self._ending_verb() == Event.Verb.CLOSED else None

    def _later(self, days: float) -> None:
        """So many days on the whole, and never after now."""
        self.at = min(self.at + timedelta(days=self.scene.dice.uniform(0.1, days)), self.scene.now)

    def _try(self, *results: str) -> None:
        """One after the other; who was talked to was reached with the last."""
        for result in results:
            self._later(2)
            self.request.first_attempt_at = self.request.first_attempt_at or self.at
            channel = channel_of(self.request.contact_method, result)
            tried = Attempt(
                request=self.request, by=self.by, at=self.at, channel=channel, result=result
            )
            self.lines.append(
                Line(Event.Verb.TRIED, self.by, self.at, self.request.course(), tried)
            )
        if results[-1] == Attempt.Result.TALKED:
            self.request.first_talk_at = self.at

    def _tell(self, verb: str, by: User | None) -> None:
        self.lines.append(Line(verb, by, self.at, self.request.course()))

    def _event(self, line: "Line", seq: int, prev: bytes) -> Event:
        request = self.request
        event = Event(
            stream=request.pk,
            request=request,
            kind=request.kind,
            seq=seq,
            at=line.at,
            verb=line.verb,
            facts=(line.tried.told() if line.tried else {}) | line.course,
            row_digest=request.row_digest(),
            sealed_digest=request.sealed_digest(),
            prev=prev,
            **Event.who(line.verb, line.by),
        )
        event.mac = event.computed_mac()
        return event
