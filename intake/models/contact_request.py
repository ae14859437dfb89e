import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone

from intake import encryption, receipts
from intake.clock import practice_clock, their_turn_ends
from intake.encryption import RowKey
from intake.fields import BytesField, SealedTextField
from intake.models import choices, rights, rules
from intake.models.attempt import Attempt
from intake.models.closing import Closing
from intake.models.event import Event
from intake.models.given_out import GivenOut
from intake.models.inbox import ContactRequestManager
from intake.models.message import Message
from intake.models.note import Note
from intake.models.notice import Notice
from intake.models.opened import Opened, OpenedNote
from intake.models.purging import Purging
from intake.models.reading import Reading
from intake.models.receipt import Receipt
from intake.models.sharing import SharedOut
from intake.models.theirs import TheirVerbs
from intake.models.trying import Trying
from intake.models.waiting import OnTheList
from intake.models.witnessed import NotAllowed


class ContactRequest(Closing, TheirVerbs, OnTheList, Trying, SharedOut, GivenOut, Purging):
    """What one person sent. Its words and contact data are ciphertext; its verbs leave events."""

    Kind = choices.Kind
    Origin = choices.Origin
    HeldReason = choices.HeldReason
    Status = choices.Status
    DueKind = choices.DueKind
    Outcome = choices.Outcome
    EndingWith = choices.EndingWith
    EndingReason = choices.EndingReason
    REFUSING = choices.REFUSING
    # What staff do about it; told apart in a history. Everything else clear is in its digest.
    COURSE = (
        "status", "outcome", "ending_with", "ending_reason", "held_reason", "urgent", "owner_id",
        "due_at", "due_kind", "due_part",
    )  # fmt: skip
    # Not in a history's digest: what changes without an event, keys, which rotation seals anew, and
    # what is younger than some histories: those that know it tell it in clear.
    UNWITNESSED = (
        "due_part",
        "activity_seq", "version", "indexed_at", "phone_index", "email_index", "send_key_hash",
        "answers_mac", "sealed_identity_key", "sealed_words_key", "identity_key_id", "words_key_id",
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=8, unique=True, editable=False)
    send_key_hash = BytesField(unique=True, null=True)
    answers_mac = BytesField(null=True)
    origin = models.CharField(max_length=10, choices=choices.Origin, default=choices.Origin.WEB)
    held_reason = models.CharField(max_length=10, choices=choices.HeldReason, blank=True)
    urgent = models.BooleanField(default=False)

    status = models.CharField(
        max_length=10, choices=choices.Status, default=choices.Status.NEW, editable=False
    )
    outcome = models.CharField(max_length=20, choices=choices.Outcome, blank=True, editable=False)
    ending_with = models.CharField(
        max_length=10, choices=choices.EndingWith, blank=True, editable=False
    )
    ending_reason = models.CharField(
        max_length=10, choices=choices.EndingReason, blank=True, editable=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False,
        related_name="contact_requests",
    )  # fmt: skip
    couple = models.UUIDField(null=True, blank=True, editable=False)

    received_at = models.DateTimeField(default=timezone.now, editable=False)
    promised_at = models.DateTimeField(editable=False)
    due_at = models.DateTimeField(null=True, editable=False)
    due_kind = models.CharField(
        max_length=12, choices=choices.DueKind, default=choices.DueKind.PROMISE, blank=True,
        editable=False,
    )  # fmt: skip
    # In which part of that day; NULL for any.
    due_part = models.CharField(  # noqa: DJ001  # '' would differ from histories before it
        max_length=10, choices=choices.DayPart, null=True, editable=False
    )
    first_opened_at = models.DateTimeField(null=True, editable=False)
    first_attempt_at = models.DateTimeField(null=True, editable=False)
    first_talk_at = models.DateTimeField(null=True, editable=False)
    waiting_since = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    checklist = models.JSONField(default=list, blank=True)

    hold_kind = models.CharField(max_length=10, choices=choices.HoldKind, blank=True)
    hold_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    hold_until = models.DateField(null=True, blank=True)
    words_purge_on = models.DateField(null=True, editable=False)
    identity_purge_on = models.DateField(null=True, editable=False)
    words_purged_at = models.DateTimeField(null=True, editable=False)
    identity_purged_at = models.DateTimeField(null=True, editable=False)
    gone_by = models.CharField(max_length=10, choices=choices.GoneBy, blank=True, editable=False)

    seeking_for = models.CharField(max_length=12, choices=choices.SeekingFor)
    adult = models.CharField(max_length=3, choices=choices.YesNo)
    location = models.CharField(max_length=60)
    contact_method = models.CharField(max_length=5, choices=choices.ContactMethod)
    contact_private = models.CharField(max_length=6, choices=choices.Private, blank=True)
    voicemail = models.CharField(max_length=10, choices=choices.Voicemail, blank=True)
    mail_wanted = models.BooleanField(default=False)
    times_ok = models.JSONField(default=list, blank=True)
    service = models.ForeignKey(
        "pages.Service", models.PROTECT, null=True, blank=True, related_name="+"
    )
    therapist = models.ForeignKey(
        "pages.Therapist", models.PROTECT, null=True, blank=True, related_name="+"
    )
    format = models.CharField(max_length=10, choices=choices.Format, blank=True)
    payment = models.CharField(max_length=10, choices=choices.Payment, blank=True)
    how_found = models.CharField(max_length=20, choices=choices.HowFound, blank=True)
    privacy_edition = models.ForeignKey(
        "pages.Edition", models.PROTECT, null=True, editable=False, related_name="+"
    )
    help_edition = models.ForeignKey(
        "pages.Edition", models.PROTECT, null=True, editable=False, related_name="+"
    )

    identity_key = models.ForeignKey(
        "intake.Key", models.PROTECT, null=True, editable=False, related_name="identities",
        db_index=False,
    )  # fmt: skip
    words_key = models.ForeignKey(
        "intake.Key", models.PROTECT, null=True, editable=False, related_name="words",
        db_index=False,
    )  # fmt: skip
    sealed_identity_key = BytesField(null=True)
    sealed_words_key = BytesField(null=True)
    preferred_name = SealedTextField(key="identity")
    phone = SealedTextField(key="identity")
    email = SealedTextField(key="identity")
    contact_note = SealedTextField(key="identity")
    insurer = SealedTextField(key="identity")
    message = SealedTextField(key="words")
    needs = SealedTextField(key="words")
    phone_index = BytesField(null=True)
    email_index = BytesField(null=True)
    indexed_at = models.DateTimeField(null=True, editable=False)

    beside_it: list[dict[str, Any]] | None  # where `with_beside` asked
    asks_of_it: list[dict[str, Any]] | None

    objects = ContactRequestManager()

    class Meta:
        permissions = [*rights.PERMISSIONS]
        constraints = rules.CONSTRAINTS
        indexes = rules.INDEXES

    def __str__(self) -> str:
        return self.reference

    @property
    def blocks(self) -> str:
        """The reference as said on the phone: "7QK4 M2XD"."""
        return receipts.in_blocks(self.reference)

    @property
    def may_be_mailed(self) -> bool:
        """Without a person's hand: only where nobody else reads it and they asked for it."""
        is_here = self.identity_purged_at is None and self.outcome not in choices.UNTOLD
        return is_here and not self.why_no_mail

    @property
    def why_no_mail(self) -> str:
        """What forbids a mail that no person writes by hand: blank counts as forbidden."""
        if self.kind != self.Kind.REAL:
            return choices.NoMail.NOT_REAL
        if self.contact_method != choices.ContactMethod.EMAIL:
            return choices.NoMail.OTHER_WAY
        if self.contact_private != choices.Private.NO:
            return choices.NoMail.SHARED
        if not self.mail_wanted:
            return choices.NoMail.NOT_ASKED
        return choices.NoMail.HELD if self.held_reason else ""

    def why_no_mail_about(self, has_code: bool, outcome: str = "") -> str:
        """What forbids a mail that says that a message waits, perhaps with this outcome."""
        if outcome in choices.UNTOLD:
            return choices.NoMail.ENDED
        return self.why_no_mail or ("" if has_code else choices.NoMail.NO_CODE)

    @property
    def initial(self) -> str:
        """The first letter of the name, all that a list shows. Needs the private key."""
        return self.preferred_name.strip()[:1].upper()

    # Verbs. Each takes who acts, and leaves an event.

    def open_words(self, by: User) -> Opened:
        """Everything sealed, at once. The reading is recorded before anything is shown."""
        with self.recorded(Event.Verb.OPENED, by):
            opened = self.opened()
            self.first_opened_at = self.first_opened_at or timezone.now()
            Reading.objects.opened(self, by)
        return opened

    def opened(self) -> Opened:
        """All that is sealed. Only for one whose reading was recorded by `open_words`."""
        notes = [
            OpenedNote(note.at, note.by.get_short_name() or str(note.by), note.kind, note.text)
            for note in self.notes.select_related("by")
        ]
        return Opened(**{name: getattr(self, name) for name in self.sealed_columns()}, notes=notes)

    def take(self, by: User, expected_version: int | None = None) -> None:
        with self._changed(Event.Verb.TAKEN, by, expected_version):
            self.owner = by
            self._drop_ask()

    def set_status(
        self,
        by: User,
        status: str,
        due_at: datetime | None = None,
        due_kind: str = "",
        expected_version: int | None = None,
    ) -> None:
        """To another open status. Without `due_at` the request stays due when it was."""
        if status == self.Status.CLOSED:
            raise NotAllowed("Close a request with an outcome.")
        with self._changed(Event.Verb.STATUS_SET, by, expected_version):
            self._must_be_open()
            kind = due_kind or choices.DUE_KIND_OF.get(status, self.DueKind.SNOOZE)
            self.owner = self.owner or by
            self.urgent = self.urgent and status in choices.UNANSWERED
            self._move(status, due_at or self.due_at, kind if due_at else self.due_kind)
            self._drop_check_in()

    def reopen(self, by: User, expected_version: int | None = None) -> None:
        """Back to review, due as a new request would be. What was promised stays as it was."""
        clock, now = practice_clock(), timezone.now()
        with self._changed(Event.Verb.REOPENED, by, expected_version):
            if self.status != self.Status.CLOSED:
                raise NotAllowed("This request is open.")
            if self.contact_method == choices.ContactMethod.OWN:
                due = their_turn_ends(clock, now), self.DueKind.THEIRS
            else:
                due = clock.promised_at(now), self.DueKind.PROMISE
            self._move(self.Status.IN_REVIEW, *due)
            self._end("", "", "", None)

    def release(self, by: User, expected_version: int | None = None) -> None:
        """A person wrote this: from review to the inbox."""
        with self._changed(Event.Verb.RELEASED, by, expected_version):
            if not self.held_reason:
                raise NotAllowed("This request is not held for review.")
            self.held_reason = ""
            Notice.objects.tell_person(self, Notice.Kind.CONFIRM, "sent")
            Notice.objects.tell_released(self)

    def add_note(self, by: User, text: str, kind: str = Note.Kind.NOTE) -> Note:
        with self.recorded(Event.Verb.NOTED, by) as facts:
            if self.words_purged_at:
                raise NotAllowed("The words of this request are gone, and notes with them.")
            note = Note(request=self, by_id=by.pk, text=text, kind=kind)
            note.save(force_insert=True)
            facts.update(note=str(note.pk), sealed=note.digest())
        return note

    def write(self, by: User, text: str, expected_version: int | None = None) -> Message:
        """To the person: sealed for staff, and again to the receipt, which alone opens it there."""
        with self.recorded(Event.Verb.WROTE, by, expected_version=expected_version) as facts:
            self._must_be_open()
            message = self._leave_message(by, text, facts)
            self.version += 1
        return message

    def fill_indexes(self) -> None:
        """What phone and email are found by. Staff side only: needs private and index keys."""
        type(self).objects.filter(pk=self.pk).update(
            phone_index=encryption.phone_index(self.phone),
            email_index=encryption.email_index(self.email),
            indexed_at=timezone.now(),
        )

    # Keys

    def make_row_keys(self) -> None:
        """Two new keys, sealed to the practice. Needs only the public key."""
        ring = encryption.keyring()
        keys = {"identity": RowKey.new(), "words": RowKey.new()}
        for purpose, key in keys.items():
            sealed = ring.seal_row_key(key, self._meta.db_table, str(self.pk), purpose)
            setattr(self, f"sealed_{purpose}_key", sealed)
            setattr(self, f"{purpose}_key_id", ring.primary)
        self.__dict__["_row_keys"] = keys

    def row_key(self, purpose: str) -> RowKey:
        """Opened once for each row in hand."""
        keys: dict[str, RowKey] = self.__dict__.setdefault("_row_keys", {})
        if purpose not in keys:
            keys[purpose] = encryption.keyring().open_row_key(
                getattr(self, f"{purpose}_key_id"),
                getattr(self, f"sealed_{purpose}_key"),
                self._meta.db_table,
                str(self.pk),
                purpose,
            )
        return keys[purpose]

    def note_problems(self, told: Iterable[Event]) -> list[str]:
        """Notes, messages and tries that are gone, changed, or in none of the events `told`."""
        if self.words_purged_at:
            return []
        facts = [event.facts for event in told]
        stored: dict[str, Iterable[Note | Message | Attempt]] = {
            "note": self.notes.all(),
            "message": self.messages.all(),
            "attempt": self.attempts.all(),
        }
        return [
            f"The {name}s are not as the history left them."
            for name, rows in stored.items()
            if {str(row.pk): row.digest() for row in rows}
            != {str(each[name]): each["sealed"] for each in facts if name in each}
        ]

    # Private

    def _leave_message(self, by: User, text: str, facts: dict[str, Any]) -> Message:
        """Sealed twice and told in the facts; a mail says that it waits, where that is safe."""
        if self.words_purged_at:
            raise NotAllowed("The words of this request are gone, and messages with them.")
        message = Message(request=self, by_id=by.pk, for_staff=text)
        if receipt := Receipt.objects.filter(request=self).first():
            message.seal_for_person(receipt.reply_public, text)
        message.save(force_insert=True)
        facts.update(message=str(message.pk), sealed=message.digest())
        facts.update(mail=self._say_that_a_message_waits(message))
        return message

    def _say_that_a_message_waits(self, message: Message) -> str:
        """By mail: '' where one goes out, else why none does."""
        why_not = self.why_no_mail_about(message.for_person is not None, self.outcome)
        told = not why_not and Notice.objects.tell_person(
            self, Notice.Kind.WRITTEN, str(message.pk)
        )
        return "" if told else why_not or choices.NoMail.OTHER

    @contextmanager
    def _changed(
        self, verb: str, by: User, expected_version: int | None
    ) -> Iterator[dict[str, Any]]:
        with self.recorded(verb, by, expected_version=expected_version) as facts:
            yield facts
            self.version += 1

    def _must_be_open(self) -> None:
        if self.status == self.Status.CLOSED:
            raise NotAllowed("This request is closed. Reopen it first.")

    def _move(
        self, status: str, due_at: datetime | None, due_kind: str, due_part: str | None = None
    ) -> None:
        """The one place that assigns a status. Due is set exactly while open."""
        self.status, self.due_at, self.due_kind = status, due_at, due_kind
        self.due_part = due_part or None
        if status == self.Status.WAITING:
            self.waiting_since = self.waiting_since or timezone.now()

    def _drop_check_in(self, now: datetime | None = None) -> None:
        """Staff did something: what was asked before needs no answer any more."""
        self.check_ins.filter(answered_at=None).update(answered_at=now or timezone.now())

    def _end(
        self, outcome: str, ending_with: str, ending_reason: str, closed_at: datetime | None
    ) -> None:
        self.outcome, self.closed_at = outcome, closed_at
        self.ending_with, self.ending_reason = ending_with, ending_reason
        self._keep_until(closed_at)
