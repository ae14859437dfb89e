import uuid
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils import timezone

from intake.models.choices import Kind as RequestKind
from intake.models.inserting import insert
from intake.models.readers import asked_for, desk_or, in_hand, overseers, owners, readers
from intake.models.told import ToldStaff

if TYPE_CHECKING:
    from intake.models.contact_request import ContactRequest
    from intake.models.message import Message


SPREAD_AT_ONCE = 100
# In `dedupe`, in the place of a reader's number.
DESK = "desk"


class NoticeQuerySet(ToldStaff):
    def unsent(self) -> Self:
        return self.filter(sent_at=None)

    def due(self, now: datetime) -> Self:
        """Unsent, its time has come, and nobody has it in hand."""
        free = models.Q(leased_until=None) | models.Q(leased_until__lte=now)
        return self.unsent().filter(free, due_at__lte=now).order_by("due_at", "id")

    def of_message(self, message: "Message") -> Self:
        """Mail to the person that says that this message waits."""
        return self.filter(dedupe=f"{Notice.Kind.WRITTEN}:{message.request_id}:{message.pk}")

    def on_their_way(self, now: datetime) -> Self:
        """Sent, or in the worker's hand."""
        return self.exclude(sent_at=None) | self.filter(leased_until__gt=now)

    def spread(self) -> None:
        """What is due for the front desk becomes one notice for each reader, and one for whom the
        request asks; all or nothing.

        Where there is no reader it stays as it is, so that its age shows that nobody is told.
        """
        with transaction.atomic():
            desk = self.due(timezone.now()).filter(kind__in=Notice.SPREAD, to_user=None)
            locked = desk.select_related("request").select_for_update(
                skip_locked=True, of=("self",)
            )
            if found := list(locked[:SPREAD_AT_ONCE]):
                self._spread(found)

    def _spread(self, found: "list[Notice]") -> None:
        whom = list(readers())
        named = asked_for([notice.request for notice in found if notice.request])
        copies = [notice.copy_for(reader) for notice in found for reader in whom]
        copies += [n.copy_for(named[n.request_id]) for n in found if n.request_id in named]
        Notice.objects.bulk_create(copies, ignore_conflicts=True)
        self.filter(pk__in=[notice.pk for notice in found if whom]).delete()

    def announce_digest(self, today: date) -> None:
        """To the front desk, in the same way."""
        insert(Notice(kind=Notice.Kind.DIGEST, dedupe=f"digest:{today}:{DESK}"), or_ignore=True)

    def tell_of_change(self, request: "ContactRequest", what: str) -> None:
        """To whoever has the request in hand, else to all readers: the person changed `what`.

        Once an hour for each kind of change. What is held for review is told once a day anyway.
        """
        if request.held_reason:
            return
        hour = f"{timezone.now():%Y%m%d%H}"
        notices = [
            Notice(
                kind=Notice.Kind.THEIRS,
                request=request,
                to_user=user,
                dedupe=f"theirs:{request.pk}:{what}:{hour}:{user.pk if user else DESK}",
            )
            for user in desk_or(in_hand(request))
        ]
        Notice.objects.bulk_create(notices, ignore_conflicts=True)

    def claim(self, n: int, lease_seconds: int) -> "list[Notice]":
        """Up to n due notices, ours until the lease ends. No two callers get the same one."""
        now = timezone.now()
        with transaction.atomic():
            ids = list(
                self.due(now).select_for_update(skip_locked=True).values_list("pk", flat=True)[:n]
            )
            self.filter(pk__in=ids).update(
                lease=(lease := uuid.uuid4()),
                leased_until=now + timedelta(seconds=lease_seconds),
                attempts=models.F("attempts") + 1,
            )
        return list(self.filter(lease=lease).select_related("request", "to_user"))

    def mark_sent(self, notice: "Notice") -> bool:
        """False where the lease was lost meanwhile: another has it, and may send it again."""
        return self._settle(notice, sent_at=timezone.now(), error_class="")

    def mark_failed(self, notice: "Notice", error: BaseException) -> bool:
        """Tried again later, each time after twice the wait. Keeps the error's class only."""
        due_at = timezone.now() + Notice.wait_after(notice.attempts)
        return self._settle(notice, due_at=due_at, error_class=type(error).__name__[:60])

    def tell_late(self, request: "ContactRequest") -> None:
        """To whoever has it in hand, else to all readers: a promise has passed. Once for each."""
        due = f"{request.due_at:%Y%m%d%H%M%S}"
        notices = [
            Notice(
                kind=Notice.Kind.LATE,
                made_at=timezone.now(),
                request=request,
                to_user=user,
                dedupe=f"late:{request.pk}:{due}:{user.pk if user else DESK}",
            )
            for user in desk_or(in_hand(request))
        ]
        Notice.objects.bulk_create(notices, ignore_conflicts=True)

    def tell_overseers(self, request: "ContactRequest", attempt: int) -> None:
        """A try broke what the person asked for. Once for each try."""
        whom: list[User | None] = [*overseers()] or [None]
        notices = [
            Notice(
                kind=Notice.Kind.AGAINST,
                request=request,
                to_user=user,
                dedupe=f"against:{attempt}:{user.pk if user else DESK}",
            )
            for user in whom
        ]
        Notice.objects.bulk_create(notices, ignore_conflicts=True)

    def take_back(self, attempt: int) -> None:
        """The try was a wrong press: what has not gone out goes to nobody."""
        self.unsent().filter(dedupe__startswith=f"against:{attempt}:").delete()

    def tell_person(self, request: "ContactRequest", kind: str, occasion: str = "") -> bool:
        """One mail to the person, where they asked for it and nobody else reads it. Else False.

        Once for each occasion; without one, once for each line of the request's history.
        """
        if not request.may_be_mailed:
            return False
        occasion = occasion or str(request.activity_seq)
        dedupe = f"{kind}:{request.pk}:{occasion}"
        notice = Notice(kind=kind, request=request, to_person=True, dedupe=dedupe)
        Notice.objects.bulk_create([notice], ignore_conflicts=True)
        return True

    def tell_owners(self, line: int) -> None:
        """Line `line` of the practice's history gave someone a new way to sign in."""
        notices = [
            Notice(kind=Notice.Kind.SIGN_IN, to_user=user, dedupe=f"sign_in:{line}:{user.pk}")
            for user in owners()
        ]
        Notice.objects.bulk_create(notices, ignore_conflicts=True)

    def remind_of_key(self, key: str, week: int) -> int:
        """To owners, once in each week since the key's time was over. How many are new."""
        notices = [
            Notice(kind=Notice.Kind.KEY, to_user=user, dedupe=f"key:{key}:{week}:{user.pk}")
            for user in owners()
        ]
        told = self.filter(dedupe__in=[notice.dedupe for notice in notices])
        known = set(told.values_list("dedupe", flat=True))
        new = [notice for notice in notices if notice.dedupe not in known]
        Notice.objects.bulk_create(new, ignore_conflicts=True)
        return len(new)

    def _settle(self, notice: "Notice", **facts: object) -> bool:
        mine = self.unsent().filter(pk=notice.pk, lease=notice.lease)
        return bool(mine.update(lease=None, leased_until=None, **facts))


class Notice(models.Model):
    """One mail that is to go out. It keeps what it is about, never what it says."""

    class Kind(models.TextChoices):
        NEW = "new", "A new request"
        HELD = "held", "Requests were held for review"
        LATE = "late", "A promise has passed"
        OVERDUE = "overdue", "Due more than a working day ago"
        UNMET = "unmet", "Overdue, to those who oversee"
        ASK = "ask", "Can you take this one?"
        BACK = "back", "Back at the desk"
        THEIRS = "theirs", "The person changed something"
        CONFIRM = "confirm", "To the person: it reached us"
        CHECK_IN = "check_in", "To the person: are you still looking?"
        WRITTEN = "written", "To the person: there is a message"
        ENDED = "ended", "To the person: their place has ended"
        AGAINST = "against", "A try went against their wishes"
        HEARTBEAT = "heartbeat", "The nightly test of the site"
        DIGEST = "digest", "What waits today"
        SIGN_IN = "sign_in", "Someone gets a new way to sign in"
        KEY = "key", "The key has served its time"

    # Stored for the front desk, since a send asks for nobody's name; told to each reader.
    SPREAD = (Kind.NEW, Kind.HELD, Kind.DIGEST)
    FIRST_WAIT = timedelta(minutes=1)
    LONGEST_WAIT = timedelta(hours=4)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    request = models.ForeignKey(
        "intake.ContactRequest", models.CASCADE, null=True, related_name="notices"
    )
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+"
    )
    to_person = models.BooleanField(default=False)
    dedupe = models.CharField(max_length=100, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    lease = models.UUIDField(null=True, db_index=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error_class = models.CharField(max_length=60, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["due_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_user=None) | models.Q(to_person=False),
                name="notice_to_one",
            ),
            models.CheckConstraint(
                condition=models.Q(to_person=False) | models.Q(request__isnull=False),
                name="notice_to_person_about_request",
            ),
            models.CheckConstraint(
                condition=models.Q(lease=None, leased_until=None)
                | models.Q(lease__isnull=False, leased_until__isnull=False),
                name="notice_lease_has_end",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(sent_at=None), name="notice_unsent")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.pk}"

    @classmethod
    def about(cls, request: "ContactRequest") -> "Notice":
        """For the front desk: one row, whoever may read requests when it is sent. Not yet stored.

        What was held for review is told once a day, so that a flood of it is not a flood of mail.
        """
        if request.kind == RequestKind.HEARTBEAT:
            return cls(kind=cls.Kind.HEARTBEAT, request=request, dedupe=f"heartbeat:{request.pk}")
        if request.held_reason:
            today = timezone.now().date()
            return cls(kind=cls.Kind.HELD, dedupe=f"held:{today}:{DESK}")
        return cls(kind=cls.Kind.NEW, request=request, dedupe=f"new:{request.pk}:{DESK}")

    def copy_for(self, reader: User) -> "Notice":
        """What is for the front desk, for one of those who read there."""
        dedupe = f"{self.dedupe.removesuffix(DESK)}{reader.pk}"
        return Notice(
            kind=self.kind,
            request_id=self.request_id,
            to_user=reader,
            dedupe=dedupe,
            made_at=self.made_at,
            due_at=self.due_at,
        )

    @classmethod
    def wait_after(cls, attempts: int) -> timedelta:
        doublings = min(max(attempts - 1, 0), 10)
        return min(cls.FIRST_WAIT * (1 << doublings), cls.LONGEST_WAIT)

    @property
    def is_needless(self) -> bool:
        """To the person, and what it would say is true no more, or they no longer want mail."""
        request = self.request
        if not self.to_person or request is None:
            return False
        if not request.may_be_mailed:
            return True
        if self.kind == self.Kind.ENDED:
            return request.outcome != "list_ended"
        if self.kind == self.Kind.CHECK_IN:
            return request.open_check_in() is None
        over = request.status == "closed" or request.promised_at <= timezone.now()
        return self.kind == self.Kind.CONFIRM and over

    @property
    def message_id(self) -> str:
        """The same at every try, so that a mail sent twice is shown once."""
        return f"<{self.pk}@{urlsplit(settings.SITE_URL).hostname}>"
