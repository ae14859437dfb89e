import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, tzinfo
from types import NoneType
from typing import TYPE_CHECKING, Any, NoReturn
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models.functions import TruncDate
from django.utils import timezone

from intake import encryption
from intake.fields import BytesField
from intake.models.chain import Chain
from intake.models.choices import Kind
from intake.models.inserting import insert

if TYPE_CHECKING:
    from intake.models.contact_request import ContactRequest
    from intake.models.practice_history import PracticeHistory
    from intake.models.witnessed import WitnessedRow

Actor = User | AnonymousUser | None
NOTHING = b"\x00" * 32
NO_HISTORY = "There is no history."
# A fact is a choice, a name of one, a number or a moment: nothing a person wrote fits.
CHOICE = re.compile(r"[\w.:+-]{0,64}", re.ASCII)
AS_JSON_HAS_IT = (str, int, list, NoneType)
# Their events may be deleted with them, so nothing that is to last is built on those.
PASSING = (Kind.SAMPLE, Kind.HEARTBEAT)


class AppendOnly(Exception):  # noqa: N818  # a sentence, not a kind of error
    """An event is written once. It is never changed and never deleted."""


class AnonymousWrite(Exception):  # noqa: N818
    """A verb of staff without a member of staff."""


class EventQuerySet(models.QuerySet["Event"]):
    def of_stream(self, stream: UUID) -> "EventQuerySet":
        """From the first to the last."""
        return self.filter(stream=stream).order_by("seq")

    def lasting(self) -> "EventQuerySet":
        """Without samples and heartbeats."""
        return self.exclude(kind__in=PASSING)

    def heads(self) -> "EventQuerySet":
        """The last one of each stream."""
        later = Event.objects.filter(
            stream=models.OuterRef("stream"), seq__gt=models.OuterRef("seq")
        )
        return self.exclude(models.Exists(later))

    def readings(self) -> "EventQuerySet":
        """What members of staff read of people, and changed nothing by it."""
        return self.filter(verb__in=Event.READINGS)

    def by_day(self, since: datetime, tz: tzinfo) -> dict[tuple[int, date], int]:
        """How many of each member of staff on each day there."""
        days = self.filter(at__gte=since, actor__isnull=False).annotate(
            day=TruncDate("at", tzinfo=tz)
        )
        counted = days.values_list("actor", "day").annotate(n=models.Count("pk")).order_by()
        return {(actor, day): n for actor, day, n in counted}

    def by_staff(self, actor: User | None, since: datetime, until: datetime) -> "EventQuerySet":
        """What one of them did, or all, in their order; with what it takes to say it in words."""
        events = self.filter(at__gte=since, at__lt=until, actor__isnull=False)
        if actor is not None:
            events = events.filter(actor=actor)
        return (
            events.order_by("at", "id")
            .select_related("actor", "request")
            .only("at", "verb", "facts", "actor_kind", "actor__username", "actor__first_name",
                  "request__reference", "request__origin")
        )  # fmt: skip

    def update(self, **_: Any) -> NoReturn:
        raise AppendOnly

    def delete(self) -> NoReturn:
        raise AppendOnly

    def bulk_update(self, *_: Any, **__: Any) -> NoReturn:
        raise AppendOnly

    bulk_create = bulk_update  # one by one


class Event(models.Model):
    """One line of a request's history: who did what, when. Each is bound to the one before it."""

    class Verb(models.TextChoices):
        SENT = "sent", "Sent"
        OPENED = "opened", "Opened"
        LOOKED = "looked", "Looked at who read what"
        TAKEN = "taken", "Taken"
        STATUS_SET = "status_set", "Status set"
        CLOSED = "closed", "Closed"
        CLOSE_UNDONE = "close_undone", "Close undone"
        REOPENED = "reopened", "Reopened"
        NOTED = "noted", "Note added"
        RELEASED = "released", "Released from review"
        WROTE = "wrote", "Message written"
        NARROWED = "narrowed", "Contact narrowed"
        WITHDREW = "withdrew", "Withdrawn"
        ERASED = "erased", "Erased"
        ASKED = "asked", "Check-in asked"
        ANSWERED = "answered", "Check-in answered"
        LIST_ENDED = "list_ended", "Place on the list ended"
        ADDED = "added", "Added by staff"
        GIVEN = "given", "Given to a colleague"
        RETURNED = "returned", "Returned to the desk"
        OFFERED = "offered", "Colleague asked"
        OFFER_ANSWERED = "offer_answered", "Colleague answered"
        OFFER_OVER = "offer_over", "Question to colleague over"
        LEFT = "left", "Account of staff closed"
        COUPLED = "coupled", "Second record made"
        TRIED = "tried", "Tried to reach them"
        TRY_UNDONE = "try_undone", "Try taken back"
        NEXT_SET = "next_set", "Next step set"
        TICKED = "ticked", "Asked in the first talk"
        SEARCHED = "searched", "Searched"
        PRINTED = "printed", "Printed"
        COPIED = "copied", "Copy made for the person"
        EXPORTED = "exported", "Exported"
        WORDS_PURGED = "words_purged", "Words erased by the site"
        IDENTITY_PURGED = "identity_purged", "Name and number erased by the site"
        DATED = "dated", "Days of erasure set"
        HELD = "held", "Held"
        LIFTED = "lifted", "Hold lifted"
        KEY_ROTATED = "key_rotated", "New key made the primary"
        KEY_RETIRED = "key_retired", "Key retired"
        KEY_DESTROYED = "key_destroyed", "Key destroyed"
        SHEET_PRINTED = "sheet_printed", "Recovery sheet printed"
        SAMPLES_MADE = "samples_made", "Practice data made"
        SAMPLES_REMOVED = "samples_removed", "Practice data removed"
        # Of the practice: how staff sign in.
        LINK_MADE = "link_made", "One-time link made"
        FACTOR_ADDED = "factor_added", "Second factor added"
        FACTOR_REMOVED = "factor_removed", "Second factor removed"
        RECOVERY_MADE = "recovery_made", "Recovery codes made"
        RECOVERY_USED = "recovery_used", "Recovery code used"
        LOCKED_OUT = "locked_out", "Locked out"

    class ActorKind(models.TextChoices):
        PERSON = "person", "The person"
        STAFF = "staff", "Staff"
        SYSTEM = "system", "The site"

    # Those that may come with a message, and then say which.
    WITH_MESSAGE = (Verb.WROTE, Verb.CLOSED)
    # Nothing is changed by these, and still they leave a line.
    READINGS = (Verb.OPENED, Verb.SEARCHED, Verb.PRINTED, Verb.COPIED, Verb.EXPORTED)
    # Who acts where no member of staff does. Every other verb needs one.
    WITHOUT_STAFF = {
        Verb.SENT: ActorKind.PERSON,
        Verb.NARROWED: ActorKind.PERSON,
        Verb.WITHDREW: ActorKind.PERSON,
        Verb.ERASED: ActorKind.PERSON,
        Verb.ANSWERED: ActorKind.PERSON,
        Verb.ASKED: ActorKind.SYSTEM,
        Verb.LIST_ENDED: ActorKind.SYSTEM,
        Verb.RETURNED: ActorKind.SYSTEM,
        Verb.OFFER_OVER: ActorKind.SYSTEM,
        Verb.WORDS_PURGED: ActorKind.SYSTEM,
        Verb.IDENTITY_PURGED: ActorKind.SYSTEM,
        Verb.DATED: ActorKind.SYSTEM,
        Verb.LIFTED: ActorKind.SYSTEM,
        Verb.KEY_ROTATED: ActorKind.SYSTEM,
        Verb.KEY_RETIRED: ActorKind.SYSTEM,
        Verb.KEY_DESTROYED: ActorKind.SYSTEM,
        Verb.SHEET_PRINTED: ActorKind.SYSTEM,
        Verb.SAMPLES_MADE: ActorKind.SYSTEM,
        Verb.SAMPLES_REMOVED: ActorKind.SYSTEM,
        Verb.LINK_MADE: ActorKind.SYSTEM,  # by manage.py, on the machine itself
        Verb.LOCKED_OUT: ActorKind.SYSTEM,
    }

    stream = models.UUIDField()
    request = models.ForeignKey(
        "intake.ContactRequest", models.PROTECT, null=True, related_name="events"
    )
    kind = models.CharField(max_length=10)  # of the request (real, sample, heartbeat), or practice
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    verb = models.CharField(max_length=20, choices=Verb)
    facts = models.JSONField()
    row_digest = BytesField()  # keyed, over the request's clear columns
    sealed_digest = BytesField()  # over its sealed columns as stored
    prev = BytesField()
    mac = BytesField()

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["stream", "seq"]
        permissions = [("see_history", "Can see who read what")]
        constraints = [
            models.UniqueConstraint(fields=["stream", "seq"], name="event_seq_once"),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="event_seq_from_one"),
            models.CheckConstraint(
                condition=models.Q(actor_kind="staff", actor__isnull=False)
                | (~models.Q(actor_kind="staff") & models.Q(actor=None)),
                name="event_staff_has_actor",
            ),
        ]
        indexes = [
            models.Index(fields=["actor", "at"], name="event_by_actor"),
            models.Index(fields=["verb", "at"], name="event_by_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.seq}: {self.verb}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        raise AppendOnly

    @classmethod
    def append(
        cls, request: "ContactRequest", verb: str, actor: Actor, facts: dict[str, Any] | None = None
    ) -> "Event":
        """One more line, for a verb that changes nothing on the row. Locks the request's row."""
        with request.recorded(verb, actor, facts):
            pass
        return cls.objects.get(stream=request.pk, seq=request.activity_seq)

    @classmethod
    def write(
        cls,
        row: "WitnessedRow | PracticeHistory",
        verb: str,
        actor: Actor,
        facts: dict[str, Any],
    ) -> "Event":
        """The line number `activity_seq`. Only for one who holds the lock on the saved row."""
        event = cls.line(row, verb, actor, facts)
        insert(event)
        return event

    @classmethod
    def line(
        cls,
        row: "WitnessedRow | PracticeHistory",
        verb: str,
        actor: Actor,
        facts: dict[str, Any],
    ) -> "Event":
        """The same, and not yet stored."""
        event = cls(
            stream=row.pk,
            request_id=row.event_request_id,
            kind=row.kind,
            seq=row.activity_seq,
            at=timezone.now(),
            verb=cls.Verb(verb),
            facts=_choices_only({**facts, **row.course()}),
            row_digest=row.row_digest(),
            sealed_digest=row.sealed_digest(),
            prev=cls._mac_before(row),
            **cls.who(verb, actor),
        )
        event.mac = event.computed_mac()
        return event

    @classmethod
    def verify(cls, stream: UUID) -> list[str]:
        """What is wrong with a request's history and with the row it ends in; [] if nothing is."""
        chain = Chain.of(cls.objects.of_stream(stream).iterator())
        if chain.last is None:
            return [NO_HISTORY]
        return [*chain.problems, *chain.last.row_problems(chain.told)]

    def computed_mac(self) -> bytes:
        """Over every column but the number that the database gives and the MAC itself."""
        columns = {f.attname: getattr(self, f.attname) for f in self._meta.concrete_fields}
        content = {name: plain(columns[name]) for name in columns if name not in ("id", "mac")}
        return encryption.event_mac(encryption.canonical(content))

    def row_problems(self, told: "Iterable[Event]") -> list[str]:
        """Where the row is not as this, its last event, left it. `told`: see `Chain`."""
        try:
            row = self._row()
        except ObjectDoesNotExist:
            return [f"The {self._noun} itself is gone."]
        return [*self._head_problems(row), *self._digest_problems(row), *row.note_problems(told)]

    @property
    def _noun(self) -> str:
        return "request" if self.request_id else "practice"

    def _row(self) -> "ContactRequest | PracticeHistory":
        if self.request is not None:
            return self.request
        from intake.models.practice_history import PracticeHistory  # it imports this module

        return PracticeHistory.objects.get(pk=self.stream)

    def _head_problems(self, row: "ContactRequest | PracticeHistory") -> Iterator[str]:
        noun = self._noun
        if row.activity_seq != self.seq:
            yield f"The history ends at {self.seq}, the {noun} counts {row.activity_seq}."
        for name, value in row.course().items():
            said = self.facts.get(name)
            if said != value:
                yield f"The {noun}'s {name} is {value!r}, its history says {said!r}."

    def _digest_problems(self, row: "ContactRequest | PracticeHistory") -> Iterator[str]:
        noun = self._noun
        if not hmac.compare_digest(row.row_digest(), self.row_digest):
            yield f"The {noun}'s columns are not as its history left them."
        if not hmac.compare_digest(row.sealed_digest(), self.sealed_digest):
            yield f"The {noun}'s sealed columns are not as its history left them."

    @classmethod
    def _mac_before(cls, row: "WitnessedRow | PracticeHistory") -> bytes:
        if row.activity_seq == 1:
            return NOTHING
        before = cls.objects.filter(stream=row.pk, seq=row.activity_seq - 1)
        return bytes(before.values_list("mac", flat=True).get())

    @classmethod
    def who(cls, verb: str, actor: Actor) -> dict[str, Any]:
        """The columns that say who acts. Raises AnonymousWrite."""
        if actor is not None and actor.is_authenticated:
            return {"actor": actor, "actor_kind": cls.ActorKind.STAFF}
        if verb not in cls.WITHOUT_STAFF:
            raise AnonymousWrite(f"{verb} needs a member of staff.")
        return {"actor": None, "actor_kind": cls.WITHOUT_STAFF[cls.Verb(verb)]}


def _choices_only(facts: dict[str, Any]) -> dict[str, Any]:
    for name, value in facts.items():
        if not (value is None or isinstance(value, bool | int) or _is_choice(value)):
            raise ValueError(f"{name} is not a choice: text belongs into a sealed note.")
    return facts


def _is_choice(value: Any) -> bool:
    return isinstance(value, str) and CHOICE.fullmatch(value) is not None


def plain(value: Any) -> Any:
    """A column's value as JSON has it, the same on every database."""
    if isinstance(value, AS_JSON_HAS_IT):
        return value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
