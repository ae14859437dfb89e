import hmac
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from uuid import UUID

from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from intake import encryption
from intake.fields import BytesField
from intake.models.anchored_event import AnchoredEvent, WrittenOnce, root_of
from intake.models.event import NOTHING, Event, plain
from pages.models import Practice

SHORT = re.compile(r"\s*(\d{4}-\d\d-\d\d)\s+(\d{1,9})\s+([0-9a-f]{16})\s*")
A_BATCH = 1000
FIRST = UUID(int=0)


class NotAnAnchor(Exception):  # noqa: N818  # a sentence, not a kind of error
    """What was typed is not the short form of an anchor."""


class AnchorQuerySet(WrittenOnce, models.QuerySet["Anchor"]):
    def newest(self) -> "Anchor | None":
        """Its `short` goes into the digest mail and the backup. None where there is none yet."""
        return self.order_by("-number").first()

    def drop(self, now: datetime) -> "Anchor | None":
        """One over how far each history has come since the last; the last where none moved.

        Reads a thousand at a time, by stream: neither a gap in the events' numbers nor a
        transaction that commits late can hide one.
        """
        with transaction.atomic():
            before = self.select_for_update().order_by("-number").first()
            anchor = Anchor(number=before.number + 1 if before else 1, at=now)
            anchor.root, anchor.heads = root_of(_stored(anchor, _unanchored()))
            if anchor.heads == 0:
                return before
            anchor.prev = before.mac if before else NOTHING
            anchor.mac = anchor.computed_mac()
            anchor.save(force_insert=True)
        return anchor

    def drop_daily(self) -> int:
        """By the worker: the first time that it looks on a day of the practice's. How many."""
        newest, practice = self.newest(), Practice.objects.first()
        if practice is None or (newest and practice.today(newest.at) == practice.today()):
            return 0
        dropped = self.drop(timezone.now())
        return int(dropped is not None and dropped != newest)

    def number_of(self, text: str) -> int:
        """Of one named by its number or its short form. Raises NotAnAnchor."""
        return int(text) if text.isdecimal() else _read(text)[1]

    def problems(self) -> Iterator[str]:
        """What is wrong with the anchors themselves, oldest first."""
        mac, number = NOTHING, 0
        for anchor in self.order_by("number").iterator():
            if anchor.number != number + 1:
                yield f"Before anchor {anchor.number} of {anchor.day} anchors are missing."
            elif anchor.prev != mac:
                yield f"Anchor {anchor.number} of {anchor.day} does not follow the one before."
            yield from anchor.problems()
            mac, number = anchor.mac, anchor.number

    def problems_with(self, short: str) -> Iterator[str]:
        """Where this database is not the one that the mail spoke of. Raises NotAnAnchor."""
        day, number, proof = _read(short)
        found = self.filter(number=number).first()
        if found is None:
            yield (
                f"Anchor {number} of {day} is not here: what happened up to that day was cut off, "
                "or this copy is older."
            )
        elif not hmac.compare_digest(found.short, f"{day} {number} {proof}"):
            yield f"Anchor {number} is not the one that was mailed on {day}."


class Anchor(models.Model):
    """How far each history had come on a day, bound to the anchor before.

    It holds no event, but the MAC of the last one of each history that moved: that one stands for
    all before it.
    """

    number = models.PositiveIntegerField(primary_key=True)
    at = models.DateTimeField()
    heads = models.PositiveIntegerField()
    root = BytesField()
    prev = BytesField()
    mac = BytesField()

    objects = AnchorQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=models.Q(number__gte=1), name="anchor_from_one")
        ]

    def __str__(self) -> str:
        return self.short

    @property
    def day(self) -> str:
        return self.at.astimezone(UTC).date().isoformat()

    @property
    def short(self) -> str:
        """Such as "2026-11-29 17 9f3c71d02b5a44e8": day, number, and eight bytes that prove it."""
        return f"{self.day} {self.number} {self.mac[:8].hex()}"

    def computed_mac(self) -> bytes:
        columns = ("number", "at", "heads", "root", "prev")
        content = {name: plain(getattr(self, name)) for name in columns}
        return encryption.anchor_mac(encryption.canonical(content))

    def problems(self) -> Iterator[str]:
        if not hmac.compare_digest(self.mac, self.computed_mac()):
            yield f"Anchor {self.number} of {self.day} is not as it was written."
        heads = self.anchored.order_by("stream").iterator()
        if root_of(heads) != (self.root, self.heads):
            yield f"What anchor {self.number} of {self.day} holds is not as it was written."


def _unanchored() -> Iterator[Event]:
    """The last event of each history that moved since the last anchor, by stream."""
    seen = AnchoredEvent.objects.filter(stream=OuterRef("stream"), seq=OuterRef("seq"))
    heads = Event.objects.lasting().heads().exclude(Exists(seen)).order_by("stream")
    after = FIRST
    while batch := list(heads.filter(stream__gt=after).only("stream", "seq", "mac")[:A_BATCH]):
        yield from batch
        after = batch[-1].stream


def _stored(anchor: Anchor, events: Iterable[Event]) -> Iterator[AnchoredEvent]:
    """Each as a row, stored a batch at a time: before its anchor, which must know them all."""
    rows: list[AnchoredEvent] = []
    for event in events:
        head = AnchoredEvent(
            anchor_id=anchor.number, stream=event.stream, seq=event.seq, mac=event.mac
        )
        rows.append(head)
        yield head
        if len(rows) == A_BATCH:
            AnchoredEvent.objects.bulk_create(rows)
            rows.clear()
    AnchoredEvent.objects.bulk_create(rows)


def _read(short: str) -> tuple[str, int, str]:
    found = SHORT.fullmatch(short)
    if found is None:
        raise NotAnAnchor("An anchor reads like “2026-11-29 17 9f3c71d02b5a44e8”.")
    return found[1], int(found[2]), found[3]
