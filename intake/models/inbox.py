from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils import timezone

from intake import encryption, receipts
from intake.clock import their_turn_ends
from intake.models import limits, rights, rules
from intake.models.adding import StaffAdd
from intake.models.answers import AlreadySent, Answers, FormToken, Sent
from intake.models.ask import Ask
from intake.models.beside import listed_asks, listed_beside
from intake.models.check_in import CheckIn
from intake.models.choices import UNANSWERED, ContactMethod, DueKind, Kind, Outcome, Status
from intake.models.event import Event
from intake.models.given_out import GivesOut
from intake.models.inserting import insert_with
from intake.models.lanes import Lanes
from intake.models.limits import TooMany
from intake.models.notice import Notice
from intake.models.receipt import Receipt
from intake.models.searching import Searches
from intake.models.sent_page import SentContent, SentPage
from intake.models.terms import Terms
from intake.promise import Clock
from pages.models import Practice

if TYPE_CHECKING:
    from intake.models.contact_request import ContactRequest

# A reference of 40 random bits is taken once in ages; three times in a row is a fault.
TRIES = 3
NEVER = datetime.min.replace(tzinfo=UTC)


class Taken(Exception):  # noqa: N818  # a sentence, not a kind of error
    """A request with this send key or this reference is there already. Nothing was stored."""


class ContactRequestQuerySet(Lanes):
    def real(self) -> Self:
        """Neither samples nor heartbeats. Said twice, since SQLite finds a partial index only where
        its very words stand in the query."""
        return self.in_inbox().filter(kind=Kind.REAL)

    def in_inbox(self) -> Self:
        """With practice data, while there is some. The same condition as that of the indexes."""
        return self.exclude(kind=Kind.HEARTBEAT)

    def samples(self) -> Self:
        return self.filter(kind=Kind.SAMPLE)

    def open(self) -> Self:
        return self.exclude(status=Status.CLOSED)

    def closed(self) -> Self:
        return self.filter(status=Status.CLOSED)

    def held(self) -> Self:
        return self.exclude(held_reason="")

    def not_held(self) -> Self:
        return self.filter(held_reason="")

    def by_due(self) -> Self:
        """What staff must do first stands first."""
        return self.order_by("-urgent", "due_at", "id")

    def late(self) -> Self:
        return self.open().filter(due_at__lt=timezone.now())

    def to_ask(self, now: datetime) -> Self:
        """On the list, their day has come, and no question waits."""
        on_list = self.real().open().filter(status=Status.WAITING, due_kind=DueKind.CHECK_IN)
        waiting = CheckIn.objects.filter(request=models.OuterRef("pk"), answered_at=None)
        return on_list.filter(due_at__lte=now).exclude(models.Exists(waiting)).by_due()

    def unanswered(self, now: datetime) -> Self:
        """On the list, and a question has waited too long."""
        missed = CheckIn.objects.filter(
            request=models.OuterRef("pk"), answered_at=None, expires_at__lte=now
        )
        return self.real().filter(models.Exists(missed), status=Status.WAITING)

    def broken_promises(self, now: datetime) -> Self:
        """Open, the promise has passed, and nobody was told that it has. Held ones too: the page
        says the same of them."""
        told = Notice.objects.filter(
            kind=Notice.Kind.LATE,
            request=models.OuterRef("pk"),
            made_at__gte=models.OuterRef("told_until"),
        )
        # An urgent one may be due before its promise has passed.
        promise = models.Q(due_kind=DueKind.PROMISE)
        # Moved past their promise before anyone tried: they are late all the same.
        untried = models.Q(first_attempt_at=None, status__in=UNANSWERED)
        untried &= ~models.Q(contact_method=ContactMethod.OWN)
        promised = self.real().open().filter(promise | untried, promised_at__lte=now)
        until = models.Case(models.When(promise, "due_at"), default="promised_at")
        broken = promised.annotate(told_until=until).filter(told_until__lte=now)
        return broken.exclude(models.Exists(told))

    def told_overdue(self, clock: Clock, now: datetime, kind: str) -> Self:
        """Of which a notice of this kind is to say that they have been due for too long."""
        one, two = (clock.over_before(now, days) or NEVER for days in (1, 2))
        broken = models.Q(due_kind=DueKind.PROMISE)
        if kind == Notice.Kind.OVERDUE:
            late = ~broken & models.Q(due_at__lt=one)
        else:
            late = broken & models.Q(due_at__lt=one) | models.Q(due_at__lt=two)
        told = Notice.objects.filter(
            kind=kind, request=models.OuterRef("pk"), made_at__gte=models.OuterRef("due_at")
        )
        rows = self.real().open().not_held().filter(late)
        return rows.exclude(models.Exists(told)).by_due()

    def asked_in_vain(self, now: datetime) -> Self:
        """A colleague was asked, and has not answered in time."""
        return self.filter(pk__in=Ask.objects.unanswered(now).values("request"))

    def left_behind(self) -> Self:
        """Open, and with someone who works here no more."""
        return self.real().open().filter(owner__is_active=False)

    def visible_to(self, user: rights.Member) -> Self:
        """What someone may see that it is there. Every page and list of the inbox begins here."""
        if rights.sees_all(user):
            return self.all()
        return self.filter(rights.Reach.of(user).as_q()) if rights.may_enter(user) else self.none()

    def readable_by(self, user: rights.Member) -> Self:
        """Whose words they may open: not what they are asked about without leave to read it."""
        if rights.sees_all(user) or not rights.may_enter(user):
            return self.visible_to(user)
        return self.filter(rights.Reach.of(user).as_q(to_read=True))

    def with_beside(self, user: rights.Member) -> Self:
        """Each with `beside_it`: others that this person may see, see intake.models.beside."""
        seen = self.model._default_manager.visible_to(user)
        return self.annotate(beside_it=listed_beside(seen), asks_of_it=listed_asks())

    def words_due(self, today: date) -> Self:
        """Whose words are to be erased by this day. What is held is not."""
        return self.real().filter(hold_kind="", words_purged_at=None, words_purge_on__lte=today)

    def identity_due(self, today: date) -> Self:
        return self.real().filter(
            hold_kind="", identity_purged_at=None, identity_purge_on__lte=today
        )

    def undated(self) -> Self:
        """Closed, something is left, and no day says when it is erased."""
        return self.real().filter(rules.UNDATED)

    def held_past(self, today: date) -> Self:
        """The last day of their hold is over."""
        return self.real().filter(rules.ON_HOLD, hold_until__lt=today)

    def held_back(self) -> Self:
        return self.real().filter(rules.ON_HOLD)

    def unassigned(self) -> Self:
        return self.filter(owner=None)

    def asked_of(self, user: User) -> Self:
        """What a colleague is asked to take, and has not answered yet."""
        return self.filter(pk__in=Ask.objects.waiting().filter(to=user.pk).values("request"))

    def of(self, user: User) -> Self:
        return self.filter(owner=user)

    def unindexed(self) -> Self:
        """Whose phone and email cannot be searched yet."""
        return self.in_inbox().filter(indexed_at=None, identity_purged_at=None)

    def with_phone(self, phone: str) -> Self:
        """The same last nine digits."""
        return self.filter(phone_index=encryption.phone_index(phone) or b"")

    def with_email(self, email: str) -> Self:
        return self.filter(email_index=encryption.email_index(email) or b"")

    def with_code(self, code: str) -> Self:
        """A reference, or what it begins with: as a range, which the index serves."""
        last = code.ljust(receipts.REFERENCE_LENGTH, receipts.ALPHABET[-1])
        return self.filter(reference__gte=code, reference__lte=last)

    def accepted(self) -> Self:
        """Became clients, and are still here with name and number."""
        return self.closed().filter(outcome=Outcome.BECAME_CLIENT, identity_purged_at=None)

    def for_list(self) -> Self:
        """Without the ciphertexts that no list opens; the name is kept for its first letter."""
        names = set(self.model.sealed_columns()) - {"preferred_name"}
        return self.defer(*sorted(names), "sealed_words_key")


class ContactRequestManager(
    StaffAdd,
    Searches,
    GivesOut,
    models.Manager.from_queryset(ContactRequestQuerySet),  # type: ignore[misc]
):
    def send(
        self,
        answers: Answers,
        token: FormToken,
        sign: str = "",
        came_from: bytes | None = None,
        terms: Terms | None = None,
    ) -> Sent:
        """Stores a request once for each send key, with all that belongs to it.

        The same key and answers again: the first answer again, however often and from wherever.
        `sign` is why it may not be a person's, `came_from` stands for the address, `terms` are
        read anew if none are given. Raises AlreadySent for the same key with other answers,
        TooMany for what looks like one of a flood.
        """
        terms = terms or Terms.of(Practice.objects.get())
        for _ in range(TRIES):
            try:
                return self._store(answers, token, sign, came_from, terms)
            except (Taken, TooMany) as error:
                # Sent before, perhaps by another process this moment. Else the reference is taken.
                if earlier := self.sent_before(token, answers):
                    return earlier
                if isinstance(error, TooMany):
                    raise
        raise Taken

    def remove(self, kind: str) -> int:
        """Samples or heartbeats, with all that hangs on them. How many. What is real, never."""
        if kind == Kind.REAL:
            raise ValueError("A request of a person is never removed.")
        with transaction.atomic():
            for relation in self.model._meta.related_objects:
                of_them = {f"{relation.field.name}__kind": kind}
                # Past the tables' own managers: events refuse it, and these may go.
                models.QuerySet(relation.related_model).filter(**of_them).delete()
            rows: models.QuerySet[ContactRequest] = models.QuerySet(self.model).filter(kind=kind)
            return int(rows._raw_delete(self.db))

    def sent_before(self, token: FormToken, answers: Answers) -> Sent | None:
        """The answer that this send key got, if it did. Raises AlreadySent for other answers."""
        key_hash = encryption.send_key_hash(token.send_key)
        earlier = self.filter(send_key_hash=key_hash).only("reference", "answers_mac").first()
        if earlier is None:
            return None
        if earlier.answers_mac != token.mac_of(answers):
            raise AlreadySent(earlier.reference, gone=earlier.answers_mac is None)
        return Sent(encryption.sent_address(token.send_key), earlier.reference)

    def _store(
        self,
        answers: Answers,
        token: FormToken,
        sign: str,
        came_from: bytes | None,
        terms: Terms,
    ) -> Sent:
        """All that takes time is done before the transaction, in which others wait."""
        code = receipts.new_code()
        request = self._new(
            answers,
            terms,
            reference=code.reference,
            kind=Kind.HEARTBEAT if token.heartbeat else Kind.REAL,
            send_key_hash=encryption.send_key_hash(token.send_key),
            answers_mac=token.mac_of(answers),
            privacy_edition_id=token.privacy_edition_id,
            help_edition_id=token.help_edition_id,
        )
        address = encryption.sent_address(token.send_key)
        receipt = Receipt.of_code(request, code)
        page = self._sent_page(request, address, str(code), answers)
        with transaction.atomic():
            # The first write, and so always the first lock; the count of suspects is the second.
            request.held_reason = self._held_reason(request, sign, came_from)
            line = Event.line(request, Event.Verb.SENT, None, {})
            notice = Notice.about(request)
            if not insert_with(request, line, receipt, page, if_new=notice):
                raise Taken
            Notice.objects.tell_person(request, Notice.Kind.CONFIRM, "sent")
        return Sent(address, request.reference)

    def _held_reason(self, request: "ContactRequest", sign: str, came_from: bytes | None) -> str:
        """A test of our own counts for nobody's limit and is never suspect."""
        if request.kind == Kind.HEARTBEAT:
            return ""
        return limits.held_reason(sign, came_from, request.received_at)

    def _new(self, answers: Answers, terms: Terms, **columns: Any) -> "ContactRequest":
        """Sealed, and not yet stored."""
        now, clock = timezone.now(), terms.clock
        urgent = terms.found_urgent(answers.message, answers.needs)
        # Whoever calls us is not contacted: what is due is to see whether they did.
        theirs = answers.contact_method == ContactMethod.OWN
        promised_at = clock.promised_at(now)
        due_at = their_turn_ends(clock, now) if theirs else promised_at
        request: ContactRequest = self.model(
            received_at=now,
            promised_at=promised_at,
            # What may be urgent is looked at as soon as the practice opens.
            due_at=clock.changes_at(now) if urgent else due_at,
            due_kind=DueKind.THEIRS if theirs else DueKind.PROMISE,
            urgent=urgent,
            activity_seq=1,
            service_id=terms.services.get(answers.service),
            therapist_id=terms.therapists.get(answers.therapist),
            **answers.columns(),
            **columns,
        )
        request.make_row_keys()
        request.seal()
        return request

    def _sent_page(
        self, request: "ContactRequest", address: str, receipt: str, answers: Answers
    ) -> SentPage:
        content = SentContent(
            receipt=receipt,
            reference=request.reference,
            contact_method=answers.contact_method,
            contact=answers.masked_contact(),
            promised_at=request.promised_at,
            urgent=request.urgent,
        )
        page = SentPage.sealed_at(address, content)
        page.request = request
        return page
