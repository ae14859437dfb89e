"""What a person is told about their request: how it stands, and what happened so far.

Results of tries, who has it in hand, and that it was read or held for review are not told.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from intake import farewell, plan
from intake.models import Attempt, ContactRequest, Ending, Event
from intake.models.ending import ending_of
from intake.promise import in_words
from pages.models import Practice
from pages.sentences import weekday_and_date

Verb = Event.Verb
Status = ContactRequest.Status
DueKind = ContactRequest.DueKind
NOT_TOLD = (
    Verb.OPENED, Verb.TAKEN, Verb.NOTED, Verb.RELEASED, Verb.DATED, Verb.HELD, Verb.LIFTED,
    Verb.NEXT_SET, Verb.TICKED,
)  # fmt: skip
TRIED, TALKED = "We tried to reach you.", "We were in touch."
STATUS_LINES: dict[str, str] = {
    Status.CONTACTED: TRIED,
    Status.TALKING: TALKED,
    Status.BOOKED: "We agreed on a first talk.",
    Status.WAITING: "We put you on our list.",
}
LINES: dict[str, str] = {
    Verb.SENT: "Your request reached us.",
    Verb.CLOSED: "We closed this request.",
    Verb.CLOSE_UNDONE: "That was too soon: it is open again.",
    Verb.REOPENED: "We opened it again.",
    Verb.WROTE: "We wrote you a message.",
    Verb.WITHDREW: "You took back your request.",
    Verb.ASKED: "We asked whether you are still looking.",
    Verb.ANSWERED: "You answered our check-in.",
    Verb.LIST_ENDED: "Your place on our list ended.",
    Verb.WORDS_PURGED: "We erased what you wrote.",
}
NARROWED_LINES = {
    "times": "You changed the times.",
    "voicemail": "You stopped voicemail.",
    "stop": "You stopped all messages.",
}
STATES: dict[str, str] = {
    Status.NEW: "new",
    Status.IN_REVIEW: "review",
    Status.CONTACTED: "tried",
    Status.TALKING: "talking",
    Status.BOOKED: "booked",
    Status.WAITING: "list",
}
# Ended by the person: each is said in words that nobody edits.
THEIR_OWN = (ContactRequest.Outcome.WITHDREW, ContactRequest.Outcome.ERASED)
# A no that names others who may help.
WITH_OTHERS = (Ending.NOT_A_FIT, Ending.PAYER, Ending.REGION, Ending.NO_PLACE, Ending.REFERRED)
# Until the person calls, "we wait for your call" is all there is to say.
NOT_MET = (Status.NEW, Status.IN_REVIEW, Status.CONTACTED)


@dataclass(frozen=True)
class Line:
    on: date
    what: str


class Story:
    """One request as its person sees it, at a moment. Takes one query, for its history."""

    def __init__(self, request: ContactRequest, practice: Practice, now: datetime) -> None:
        self.request, self.practice, self.now = request, practice, now
        told = request.events.exclude(verb__in=NOT_TOLD).order_by("seq")
        events = told.only("request", "verb", "at", "facts")
        self.events = _without_wrong_ends(without_wrong_presses(events))

    @property
    def state(self) -> str:
        """The name of the sentence that says how it stands."""
        request = self.request
        if request.status == Status.CLOSED:
            return f"ended/{request.outcome if request.outcome in THEIR_OWN else 'told'}"
        if request.contact_method == "own" and request.status in NOT_MET:
            return "own"
        if self.is_late:
            return "late"
        return "harder" if self.is_harder else STATES[request.status]

    @property
    def farewell_id(self) -> str:
        """The message that came with the end; '' where none did."""
        last = next((e for e in reversed(self.events) if e.verb == Verb.CLOSED), None)
        return str(last.facts.get("message", "")) if last and not self.is_open else ""

    def standing_words(self) -> str:
        """What is said at this ending, where no message came with it. Takes one query."""
        ending = ending_of(self.request)
        return farewell.words(ending, self.request, self.practice, self.now, len(self._tries))

    def blocks(self, text: str) -> list[farewell.Block]:
        return farewell.blocks(text, self.practice.region.country)

    @property
    def names_others(self) -> bool:
        return ending_of(self.request) in WITH_OTHERS

    @property
    def is_open(self) -> bool:
        return self.request.status != Status.CLOSED

    @property
    def is_harder(self) -> bool:
        """On the list they said that it has gotten harder, and a new promise was made."""
        return self.request.status == Status.WAITING and self.request.due_kind == DueKind.PROMISE

    @property
    def is_late(self) -> bool:
        """The minute the promise has passed without a try. Nobody can switch it off."""
        if self.is_harder:
            waits = self.request.contact_method != "own"
        else:
            untried = not self.request.first_attempt_at
            waits = untried and self.request.status in (Status.NEW, Status.IN_REVIEW)
        return waits and self.now >= self._promised_at

    @property
    def promised(self) -> str:
        return in_words(self._promised_at, self.practice.tz)

    @property
    def promise_stands(self) -> bool:
        return self.now < self._promised_at

    @property
    def due_on(self) -> str:
        """The day of the next thing; '' where it has passed or there is none."""
        due_at = self.request.due_at
        return weekday_and_date(self._day(due_at)) if due_at and due_at > self.now else ""

    @property
    def tried_on(self) -> str:
        tries = self._tries
        return weekday_and_date(self._day(tries[-1].at)) if tries else ""

    @property
    def erased_on(self) -> str:
        return self._kept_until(self.request.words_purge_on)

    @property
    def closes_on(self) -> str:
        """When the code opens nothing any more."""
        return self._kept_until(self.request.identity_purge_on)

    @property
    def told(self) -> str:
        """Who has been told that we are late."""
        owner = self.request.owner
        return (owner.get_short_name() if owner else "") or self.practice.first_reader

    @property
    def plan(self) -> list[plan.Part]:
        """How we reach them. The number itself is sealed: it is not shown, and not known here."""
        way = plan.Way(
            method=self.request.contact_method,
            private=self.request.contact_private,
            voicemail=self.request.voicemail,
            times=tuple(self.request.times_ok),
        )
        return plan.sentences(way, self.practice.phone, self.practice.call_hours)

    @property
    def lines(self) -> list[Line]:
        """From the first to the last."""
        return [Line(self._day(e.at), what) for e in self.events for what in _in_words(e)]

    @property
    def _promised_at(self) -> datetime:
        """What they were told last: when they wrote, when it was opened again, or on the list."""
        request = self.request
        again = self.is_harder or any(event.verb == Verb.REOPENED for event in self.events)
        made_then = request.due_at if again and request.due_kind == DueKind.PROMISE else None
        return made_then or request.promised_at

    @property
    def _tries(self) -> list[Event]:
        return [e for e in self.events if _line(e) == TRIED]

    def _kept_until(self, day: date | None) -> str:
        """'' while something is held: then no day is certain."""
        return weekday_and_date(day) if day and not self.request.hold_kind else ""

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.practice.tz).date()


def _without_wrong_ends(events: list[Event]) -> list[Event]:
    """Without a close that was undone before the person could know of it."""
    kept: list[Event] = []
    for event in events:
        if event.verb == Verb.CLOSE_UNDONE and event.facts.get("told") == "withdrawn":
            closing = next(e for e in reversed(kept) if e.verb == Verb.CLOSED)
            kept.remove(closing)
        else:
            kept.append(event)
    return kept


def without_wrong_presses(events: Iterable[Event]) -> list[Event]:
    """What was taken back was never done."""
    events = list(events)
    undone = {e.facts["undone"] for e in events if e.verb == Verb.TRY_UNDONE}
    return [e for e in events if e.verb != Verb.TRY_UNDONE and e.facts.get("attempt") not in undone]


def _line(event: Event) -> str:
    if event.verb == Verb.STATUS_SET:
        return STATUS_LINES.get(event.facts["status"], "")
    if event.verb == Verb.TRIED:
        return TALKED if event.facts["result"] == Attempt.Result.TALKED else TRIED
    return LINES.get(event.verb, "")


def _in_words(event: Event) -> Iterator[str]:
    if event.verb == Verb.NARROWED:
        yield from (line for fact, line in NARROWED_LINES.items() if fact in event.facts)
    elif line := _line(event):
        yield line
