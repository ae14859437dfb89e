"""Every history, gone over: what is not as it was written, in words that name whose it is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from intake.models.anchor import Anchor
from intake.models.anchored_event import AnchoredEvent, AnchoredEventQuerySet
from intake.models.chain import Chain
from intake.models.contact_request import ContactRequest
from intake.models.event import NO_HISTORY, Event, EventQuerySet
from intake.models.practice_history import PRACTICE, PracticeHistory
from intake.receipts import in_blocks

A_BATCH = 200


@dataclass(frozen=True)
class Problem:
    stream: UUID | None
    what: str

    def __str__(self) -> str:
        return f"{name_of(self.stream)}: {self.what}" if self.stream else self.what


def name_of(stream: UUID) -> str:
    if stream == PRACTICE:
        return "The practice"
    reference = ContactRequest.objects.filter(pk=stream).values_list("reference", flat=True).first()
    return in_blocks(reference, "-") if reference else f"A request that is gone ({stream})"


def moved_since(number: int) -> EventQuerySet:
    """The events of each history that went on after the anchor with this number."""
    seen = AnchoredEvent.objects.filter(
        stream=OuterRef("stream"), seq=OuterRef("seq"), anchor__lte=number
    )
    heads = Event.objects.heads().exclude(Exists(seen))
    return Event.objects.filter(stream__in=heads.values("stream"))


def problems(events: Iterable[Event]) -> Iterator[Problem]:
    """Of all histories these events are of, in little memory; they come stream by stream.

    What looks wrong is looked at again under the row's lock: someone may be writing on.
    """
    chains = (Chain.of(group) for _, group in groupby(events, key=lambda event: event.stream))
    while batch := list(islice(chains, A_BATCH)):
        for stream in _suspects(batch):
            yield from problems_of(stream)


def without_history() -> Iterator[Problem]:
    """Rows that no event speaks of, though each began with one."""
    events = Event.objects.filter(stream=OuterRef("pk"))
    for rows in (ContactRequest.objects.all(), PracticeHistory.objects.filter(activity_seq__gt=0)):
        for pk in rows.exclude(Exists(events)).values_list("pk", flat=True).iterator():
            yield Problem(pk, NO_HISTORY)


def problems_of(stream: UUID) -> list[Problem]:
    """Of one history, while nobody can write to it."""
    rows = PracticeHistory if stream == PRACTICE else ContactRequest
    with transaction.atomic():
        locked = rows._base_manager.select_for_update(no_key=True).filter(pk=stream)
        if not locked.first() and not Event.objects.of_stream(stream).exists():
            return []  # a sample that was deleted meanwhile
        return [Problem(stream, what) for what in Event.verify(stream)]


def anchor_problems() -> Iterator[Problem]:
    """The anchors themselves, then every history that is shorter than one of them saw it."""
    yield from (Problem(None, what) for what in Anchor.objects.problems())
    yield from cut_off(AnchoredEvent.objects.all())


def cut_off(anchored: AnchoredEventQuerySet) -> Iterator[Problem]:
    """One line for each history, from the first anchor that it does not fit."""
    for stream, lost in groupby(anchored.lost().iterator(), key=lambda head: head.stream):
        yield Problem(stream, _loss(next(lost)))


def _suspects(chains: list[Chain]) -> Iterator[UUID]:
    heads = [chain.last for chain in chains if chain.last]
    rows = ContactRequest.objects.prefetch_related("notes", "messages", "attempts").in_bulk(
        [head.request_id for head in heads if head.request_id]
    )
    for chain, head in zip(chains, heads, strict=True):
        if head.request_id in rows:
            head.request = rows[head.request_id]
        if chain.problems or head.row_problems(chain.told):
            yield head.stream


def _loss(head: AnchoredEvent) -> str:
    day = head.anchor.day
    last = Event.objects.of_stream(head.stream).values_list("seq", flat=True).last()
    if last is None:
        return f"The whole history is gone; on {day} it had {head.seq} events."
    if last < head.seq:
        return f"The history ends at {last}; on {day} it went to {head.seq}. Its end was cut off."
    return f"Event {head.seq} is not the one that stood there on {day}."
