"""What the database itself holds a contact request to, and how it finds one."""

from django.db import models
from django.db.models import Q

from intake.models import choices

# As `in_inbox()` asks for it, so that SQLite too finds the index: it compares the very words.
REAL_OPEN = ~Q(kind="heartbeat") & Q(held_reason="") & ~Q(status="closed")
# Where an open request stands in the queue. In one of these alone, so that storing it pays for one
# index of them, and each is read in its order from 1,000 requests as from 100,000.
URGENT = REAL_OPEN & Q(urgent=True)
OURS = REAL_OPEN & Q(urgent=False) & (Q(due_kind="promise") | Q(due_kind="snooze"))
THEIRS = (
    REAL_OPEN
    & Q(urgent=False)
    & (Q(due_kind="attempt") | Q(due_kind="consultation") | Q(due_kind="theirs"))
)
LISTED = REAL_OPEN & Q(urgent=False) & Q(due_kind="check_in")
HELD = ~Q(kind="heartbeat") & ~Q(held_reason="") & ~Q(status="closed")
WORDS_TO_PURGE = Q(words_purged_at=None, hold_kind="", words_purge_on__isnull=False)
IDENTITY_TO_PURGE = Q(identity_purged_at=None, hold_kind="", identity_purge_on__isnull=False)
ON_HOLD = ~Q(hold_kind="")
# Hardly any: only what was closed before there were days.
UNDATED = Q(status="closed") & (
    Q(words_purged_at=None, words_purge_on=None)
    | Q(identity_purged_at=None, identity_purge_on=None)
)

CONSTRAINTS: list[models.BaseConstraint] = [
    models.CheckConstraint(
        name="request_closed_whole",
        condition=Q(status="closed", due_at=None, due_kind="", closed_at__isnull=False)
        & ~Q(outcome="")
        | ~Q(status="closed")
        & ~Q(due_kind="")
        & Q(
            due_at__isnull=False, closed_at=None, outcome="", ending_with="",
            ending_reason="",
        ),
    ),
    models.CheckConstraint(
        name="request_no_is_explained",
        condition=~Q(outcome__in=choices.REFUSING) | ~Q(ending_with=""),
    ),
    models.CheckConstraint(
        name="request_silence_has_reason",
        condition=~Q(ending_with="reason") | ~Q(ending_reason=""),
    ),
    models.CheckConstraint(
        name="request_words_whole",
        condition=Q(
            words_purged_at=None, words_key__isnull=False, sealed_words_key__isnull=False,
            message__isnull=False, needs__isnull=False,
        )
        | Q(
            words_purged_at__isnull=False, words_key=None, sealed_words_key=None,
            message__isnull=True, needs__isnull=True, answers_mac=None,
        ),
    ),
    models.CheckConstraint(
        name="request_identity_whole",
        condition=Q(
            identity_purged_at=None, identity_key__isnull=False,
            sealed_identity_key__isnull=False, preferred_name__isnull=False,
            phone__isnull=False, email__isnull=False, contact_note__isnull=False,
            insurer__isnull=False,
        )
        | Q(
            identity_purged_at__isnull=False, words_purged_at__isnull=False,
            identity_key=None, sealed_identity_key=None, preferred_name__isnull=True,
            phone__isnull=True, email__isnull=True, contact_note__isnull=True,
            insurer__isnull=True, phone_index=None, email_index=None,
        ),
    ),
    models.CheckConstraint(
        name="request_hold_has_someone",
        condition=Q(hold_kind="", hold_by=None, hold_until=None)
        | ~Q(hold_kind="") & Q(hold_by__isnull=False),
    ),
    models.CheckConstraint(
        name="request_status_known", condition=Q(status__in=choices.Status.values)
    ),
]  # fmt: skip
INDEXES = [
    models.Index(fields=["due_at", "id"], condition=URGENT, name="request_urgent"),
    models.Index(fields=["due_at", "id"], condition=OURS, name="request_ours"),
    models.Index(fields=["due_at", "id"], condition=THEIRS, name="request_theirs"),
    models.Index(fields=["due_at", "id"], condition=LISTED, name="request_listed"),
    models.Index(fields=["due_at", "id"], condition=HELD, name="request_held"),
    models.Index(fields=["id"], condition=Q(kind="sample"), name="request_samples"),
    models.Index(
        fields=["owner", "due_at"], condition=REAL_OPEN,
        name="request_queue_of_owner",
    ),
    models.Index(
        fields=["therapist", "due_at"], condition=REAL_OPEN,
        name="request_queue_therapist",
    ),
    models.Index(
        fields=["-closed_at"], condition=Q(status="closed"),
        name="request_closed",
    ),
    models.Index(
        fields=["received_at"], condition=Q(kind="real"),
        name="request_received",
    ),
    models.Index(
        fields=["words_purge_on"], condition=WORDS_TO_PURGE,
        name="request_words_to_purge",
    ),
    models.Index(
        fields=["identity_purge_on"], condition=IDENTITY_TO_PURGE,
        name="request_identity_to_purge",
    ),
    models.Index(fields=["hold_until"], condition=ON_HOLD, name="request_on_hold"),
    models.Index(fields=["id"], condition=UNDATED, name="request_undated"),
    models.Index(
        fields=["phone_index"], condition=Q(phone_index__isnull=False),
        name="request_by_phone",
    ),
    models.Index(
        fields=["email_index"], condition=Q(email_index__isnull=False),
        name="request_by_email",
    ),
    models.Index(
        fields=["couple"], condition=Q(couple__isnull=False),
        name="request_couple",
    ),
    models.Index(
        fields=["identity_key"], condition=Q(identity_key__isnull=False),
        name="request_by_ident_key",
    ),
    models.Index(
        fields=["words_key"], condition=Q(words_key__isnull=False),
        name="request_by_words_key",
    ),
]  # fmt: skip
