"""Whether the events of one history follow each other as they were written."""

import hmac
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from intake.models.event import Event


class Chain:
    """A history, followed event by event. Keeps what is wrong and little else."""

    def __init__(self) -> None:
        self.last: Event | None = None
        self.count = 0
        # Those that bind a sealed note or message.
        self.told: list[Event] = []
        self._changed: list[str] = []
        self._loose: list[str] = []

    @classmethod
    def of(cls, events: Iterable["Event"]) -> Self:
        """`events` of one stream, in their order."""
        chain = cls()
        for event in events:
            chain.follow(event)
        return chain

    def follow(self, event: "Event") -> None:
        if not hmac.compare_digest(event.mac, event.computed_mac()):
            self._changed.append(f"Event {event.seq} is not as it was written.")
        self._loose += self._gap(event)
        if "sealed" in event.facts:
            self.told.append(event)
        self.last, self.count = event, self.count + 1

    @property
    def problems(self) -> list[str]:
        return [*self._changed, *self._loose]

    def _gap(self, event: "Event") -> Iterator[str]:
        before = self.last
        if before is None:
            if event.seq != 1:
                yield f"The history begins at event {event.seq}."
        elif event.seq != before.seq + 1:
            yield f"Between event {before.seq} and event {event.seq} something is missing."
        elif event.prev != before.mac:
            yield f"Event {event.seq} does not follow event {before.seq}."
