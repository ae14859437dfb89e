from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models, transaction

from intake import encryption
from intake.fields import Sealed, SealedRow
from intake.models.choices import Kind
from intake.models.event import Actor, Event, digest, plain


class Conflict(Exception):  # noqa: N818
    """Someone else changed the request meanwhile. Nothing was saved."""


class NotAllowed(Exception):  # noqa: N818  # a sentence, not a kind of error
    """This verb does not fit the request as it stands. The message is for staff."""


class WitnessedRow(SealedRow):
    """A row whose every change and reading leaves an event that says how the row was left."""

    # What a history tells in clear. Every other clear column is in its digest.
    COURSE: tuple[str, ...] = ()
    # What changes without an event.
    UNWITNESSED: tuple[str, ...] = ()
    # Columns that came after histories had been written: in a digest once they say something, so
    # that those histories still hold.
    LATER: tuple[str, ...] = ()

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.REAL)
    version = models.PositiveIntegerField(default=1, editable=False)
    activity_seq = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    @contextmanager
    def recorded(
        self,
        verb: str,
        by: Actor,
        facts: dict[str, Any] | None = None,
        expected_version: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Locks the row and reads it anew; after the block saves it and appends the event.

        The block may add to the facts. Raises AnonymousWrite, Conflict.
        """
        Event.who(verb, by)
        with transaction.atomic():
            self._lock(expected_version)
            facts = dict(facts or {})
            yield facts
            self.activity_seq += 1
            self.save()
            Event.write(self, verb, by, facts)

    @property
    def event_request_id(self) -> Any:
        """Which request its events are about."""
        return self.pk

    def course(self) -> dict[str, Any]:
        return {name: plain(getattr(self, name)) for name in self.COURSE}

    def row_digest(self) -> bytes:
        """Of every clear column but those that change without an event."""
        values = {name: plain(getattr(self, name)) for name in self._witnessed_columns()}
        content = {n: value for n, value in values.items() if value or n not in self.LATER}
        return encryption.row_digest(encryption.canonical(content))

    @classmethod
    def _witnessed_columns(cls) -> tuple[str, ...]:
        left_out = {*cls.UNWITNESSED, *cls.sealed_columns()}
        return tuple(f.attname for f in cls._meta.concrete_fields if f.attname not in left_out)

    def sealed_digest(self) -> bytes:
        """Of the sealed columns as stored."""
        values = {name: self.ciphertext(name) for name in self.sealed_columns()}
        content = {n: v.content.hex() if isinstance(v, Sealed) else None for n, v in values.items()}
        return digest(encryption.canonical(content))

    def _lock(self, expected_version: int | None) -> None:
        rows = type(self)._base_manager.select_for_update(no_key=True)
        self.refresh_from_db(from_queryset=rows)
        if expected_version is not None and self.version != expected_version:
            raise Conflict("Someone else changed this request meanwhile.")
