"""What a person does with their own request, by its code alone. Each verb leaves its event."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from django.db import transaction
from django.utils import timezone

from intake.clock import practice_clock, their_turn_ends
from intake.models import choices
from intake.models.event import Event
from intake.models.notice import Notice
from intake.models.receipt import Receipt
from intake.models.sent_page import SentPage
from intake.models.witnessed import WitnessedRow

if TYPE_CHECKING:
    from intake.models.contact_request import ContactRequest

# Between taking a request back and the end of its words.
KEPT_AFTER_WITHDRAWING = timedelta(days=30)
# Where the next thing is agreed with the person, "do not contact me first" does not move its day.
NOT_MOVED = (choices.Status.BOOKED, choices.Status.WAITING)
BY_PHONE = (choices.ContactMethod.CALL, choices.ContactMethod.TEXT)


class NothingToDo(Exception):  # noqa: N818  # a sentence, not a kind of error
    """It is so already, or the request is closed. Nothing was changed and nothing is recorded."""


class Held(Exception):  # noqa: N818
    """The law or a complaint says that this request is kept for now."""


class TheirVerbs(WitnessedRow):
    """Each takes effect at once. True where it changed something, so that it may be repeated."""

    class Meta:
        abstract = True

    def narrow(
        self, stop: bool = False, no_voicemail: bool = False, times: list[str] | None = None
    ) -> bool:
        """Fewer ways to be reached, or other times. Never a new number, never more than before."""
        request = _row(self)
        try:
            with request.recorded(Event.Verb.NARROWED, None) as facts:
                _must_be_open(request)
                facts.update(_narrowed(request, stop, no_voicemail, times))
                if not facts:
                    raise NothingToDo
                _tell_staff(request, "+".join(facts))
        except NothingToDo:
            return False
        return True

    def withdraw(self, erase_now: bool = False) -> bool:
        """Closed, and nobody contacts them; the words end in 30 days or now. Raises Held."""
        request = _row(self)
        try:
            with transaction.atomic():
                _take_back(request)
                if erase_now:
                    request.erase()
        except NothingToDo:
            return False
        return True

    def erase(self) -> bool:
        """Nothing that opens is left: of the row a husk without a name. Raises Held."""
        request = _row(self)
        try:
            with request.recorded(Event.Verb.ERASED, None):
                if request.identity_purged_at:
                    raise NothingToDo
                if request.hold_kind:
                    raise Held
                _close(request, choices.Outcome.ERASED)
                _forget(request, timezone.now())
                _tell_staff(request, "erased")
        except NothingToDo:
            return False
        return True


def _row(row: TheirVerbs) -> "ContactRequest":
    return cast("ContactRequest", row)


def _must_be_open(request: "ContactRequest") -> None:
    if request.status == choices.Status.CLOSED:
        raise NothingToDo


def _narrowed(
    request: "ContactRequest", stop: bool, no_voicemail: bool, times: list[str] | None
) -> dict[str, Any]:
    """Sets what is other than before; what that was, as facts."""
    facts: dict[str, Any] = {}
    by_phone = request.contact_method in BY_PHONE
    if times is not None and by_phone and set(times) != set(request.times_ok):
        request.times_ok = [part for part in choices.DayPart.values if part in times]
        facts["times"] = "+".join(request.times_ok)
    if no_voicemail and request.voicemail not in ("", choices.Voicemail.NONE):
        request.voicemail = choices.Voicemail.NONE
        facts["voicemail"] = request.voicemail
    if stop and request.contact_method != choices.ContactMethod.OWN:
        _stop(request)
        facts["stop"] = True
    return facts


def _stop(request: "ContactRequest") -> None:
    """As if they had chosen "I will call you"."""
    request.contact_method = choices.ContactMethod.OWN
    request.mail_wanted = False
    _mail_to_them(request).delete()
    if request.status not in NOT_MOVED:
        due_at = their_turn_ends(practice_clock(), timezone.now())
        request._move(request.status, due_at, choices.DueKind.THEIRS)


def _take_back(request: "ContactRequest") -> None:
    with request.recorded(Event.Verb.WITHDREW, None):
        _must_be_open(request)
        now = timezone.now()
        last_day = now.astimezone(practice_clock().tz).date() + KEPT_AFTER_WITHDRAWING
        request.words_purge_on = request.identity_purge_on = last_day
        _close(request, choices.Outcome.WITHDREW)
        _mail_to_them(request).delete()
        _tell_staff(request, "withdrew")


def _close(request: "ContactRequest", outcome: str) -> None:
    """One that ended before keeps the outcome it had."""
    now = timezone.now()
    request._drop_check_in()
    request._drop_ask()
    if request.status != choices.Status.CLOSED:
        request._move(choices.Status.CLOSED, None, "")
        request._end(outcome, "", "", now)


def _forget(request: "ContactRequest", now: datetime) -> None:
    """Leaves choices and moments, and `send_key_hash`: an old tab sends nothing anew."""
    for name in request.sealed_columns():
        setattr(request, name, None)
    request.identity_key = request.words_key = None
    request.sealed_identity_key = request.sealed_words_key = None
    request.answers_mac = request.phone_index = request.email_index = None
    request.words_purged_at = request.identity_purged_at = now
    request.words_purge_on = request.identity_purge_on = None
    request.gone_by = choices.GoneBy.PERSON
    request.__dict__.pop("_row_keys", None)
    request.notes.update(text=None)
    request.messages.update(for_staff=None, for_person=None)
    Receipt.objects.filter(request=request).delete()
    SentPage.objects.filter(request=request).delete()
    _mail_to_them(request).delete()


def _mail_to_them(request: "ContactRequest") -> Any:
    return request.notices.unsent().filter(to_person=True)


def _tell_staff(request: "ContactRequest", what: str) -> None:
    """Whoever works from an older screen, or a sheet of paper, must hear of it."""
    request.version += 1
    Notice.objects.tell_of_change(request, what)
