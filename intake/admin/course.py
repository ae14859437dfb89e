"""What was tried with one request, read from its history: what stands beside the six buttons."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from intake import moments
from intake.admin.history import who
from intake.admin.rows import Place, place_of
from intake.models import Attempt, ContactRequest, Event
from intake.models.undoing import still_stands

Verb = Event.Verb
# So long a save is news to whoever made it, and a colleague's reading to others.
JUST_NOW = timedelta(minutes=10)
# After so many tries the way to end it kindly is shown.
TRIES = 3
# After these, tries are counted from the beginning.
ANEW = (Verb.REOPENED, Verb.CLOSED)


class Course:
    """`events` are all of a request, the newest first."""

    def __init__(
        self,
        request: ContactRequest,
        events: Sequence[Event],
        user: AbstractBaseUser | AnonymousUser,
        now: datetime,
        tz: ZoneInfo,
    ) -> None:
        self.request, self.events, self.user = request, events, user
        self.now, self.tz = now, tz

    @cached_property
    def tries(self) -> list[Event]:
        """Since they were last talked to, the newest first, but for wrong presses."""
        found = []
        for event in self.events:
            talked = event.verb == Verb.TRIED and event.facts["result"] == Attempt.Result.TALKED
            if event.verb in ANEW or (talked and not self._is_undone(event)):
                break
            if event.verb == Verb.TRIED and not self._is_undone(event):
                found.append(event)
        return found

    @property
    def enough(self) -> bool:
        """Tried often enough to offer an ending with care."""
        return self.is_open and len(self.tries) >= TRIES

    @property
    def tries_in_words(self) -> str:
        return {3: "Three", 4: "Four", 5: "Five"}.get(len(self.tries), str(len(self.tries)))

    @property
    def is_open(self) -> bool:
        return self.request.status != ContactRequest.Status.CLOSED

    @cached_property
    def last(self) -> Event | None:
        """The last try that stands."""
        tried = (e for e in self.events if e.verb == Verb.TRIED and not self._is_undone(e))
        return next(tried, None)

    @property
    def someone_else_at(self) -> list[datetime]:
        """When someone else picked up."""
        tried = [e for e in self.events if e.verb == Verb.TRIED and not self._is_undone(e)]
        return [e.at for e in tried if e.facts["result"] == Attempt.Result.SOMEONE_ELSE]

    @cached_property
    def undoable(self) -> Event | None:
        """The try that can be taken back."""
        if self.last is None or self.now - self.last.at > Attempt.UNDONE_WITHIN:
            return None
        since = [event for event in self.events if event.seq >= self.last.seq]
        return self.last if self.is_open and still_stands(since[::-1]) else None

    @property
    def undo(self) -> str:
        """What can be taken back, in words; '' for nothing."""
        if (event := self.undoable) is None:
            return ""
        result = Attempt.Result(event.facts["result"]).label
        return f"{result}, {who(event)}, {moments.ago(event.at, self.now, self.tz)}"

    @property
    def just_saved(self) -> str:
        """What the member of staff in hand has saved a moment ago; '' once it is old."""
        event = self.last
        newest = next((e for e in self.events if e.verb not in (Verb.OPENED, Verb.NOTED)), None)
        mine = event is not None and event.actor_id == self.user.pk
        if not (mine and event == newest and self.request.due_at):
            return ""
        if event is None or self.now - event.at > JUST_NOW:
            return ""
        due = moments.due(self.request.due_at, self.now, self.tz, self.request.due_part or "")
        return f"Saved. {self.request.get_due_kind_display()}: {due}."

    @property
    def stood_at(self) -> Place | None:
        """Where in the queue it stands, or stood before what was just saved moved it."""
        facts = self._before_last() if self.just_saved else self.request.course()
        if not facts["due_at"]:
            return None
        due_at = datetime.fromisoformat(facts["due_at"])
        return place_of(facts["urgent"], due_at, self.request.pk)

    @property
    def others(self) -> str:
        """Who else has it open, as far as anyone can know."""
        opened = (
            event
            for event in self.events
            if event.verb == Verb.OPENED and event.actor_id != self.user.pk
        )
        event = next(opened, None)
        if event is None or self.now - event.at > JUST_NOW:
            return ""
        return f"{who(event)} opened this {moments.ago(event.at, self.now, self.tz)}."

    def _before_last(self) -> dict[str, Any]:
        assert self.last  # noqa: S101  # something was just saved
        before = next(event for event in self.events if event.seq == self.last.seq - 1)
        facts: dict[str, Any] = before.facts
        return facts

    @cached_property
    def _undone(self) -> set[int]:
        return {e.facts["undone"] for e in self.events if e.verb == Verb.TRY_UNDONE}

    def _is_undone(self, event: Event) -> bool:
        return event.facts.get("attempt") in self._undone
