import hashlib
from collections.abc import Iterable
from typing import Any, NoReturn, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef

from intake import encryption
from intake.fields import BytesField
from intake.models.event import AppendOnly, Event


class WrittenOnce:
    """Of rows that the program neither changes nor deletes."""

    def update(self, **_: Any) -> NoReturn:
        raise AppendOnly

    def delete(self) -> NoReturn:
        raise AppendOnly

    def bulk_update(self, *_: Any, **__: Any) -> NoReturn:
        raise AppendOnly


class AnchoredEventQuerySet(WrittenOnce, models.QuerySet["AnchoredEvent"]):
    def of_stream(self, stream: UUID) -> Self:
        return self.filter(stream=stream)

    def lost(self) -> Self:
        """What an anchor saw and no history holds any more."""
        kept = Event.objects.filter(
            stream=OuterRef("stream"), seq=OuterRef("seq"), mac=OuterRef("mac")
        )
        return self.exclude(Exists(kept)).select_related("anchor").order_by("stream", "seq")


class AnchoredEvent(models.Model):
    """The last event of one history, as an anchor saw it. Not linked to it: it may be cut off."""

    anchor = models.ForeignKey("intake.Anchor", models.PROTECT, related_name="anchored")
    stream = models.UUIDField()
    seq = models.PositiveIntegerField()
    mac = BytesField()

    objects = AnchoredEventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "seq"], name="anchored_event_once")
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.seq}"


def root_of(heads: Iterable[AnchoredEvent]) -> tuple[bytes, int]:
    """One hash over all of them, in their order, and how many they are."""
    root, count = hashlib.sha256(), 0
    for head in heads:
        root.update(encryption.canonical([str(head.stream), head.seq, head.mac.hex()]))
        count += 1
    return root.digest(), count
