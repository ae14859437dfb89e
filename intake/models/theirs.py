"""What a person does with their own request, by its code alone. Each verb leaves its event."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from intake.clock import practice_clock, their_turn_ends
from intake.models import choices
from intake.models.event import Event
from intake.models.forgetting import forget_all, mail_to_them
from intake.models.notice import Notice
from intake.models.witnessed import WitnessedRow

if TYPE_CHECKING:
    from intake.models.contact_request import ContactRequest

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
        """Closed, and nobody contacts them; it all ends when the words do, or now. Raises Held."""
        request = _row(self)
        try:
            with transaction.atomic():
                _take_back(request)
                if erase_now:
                    request.erase()
        except NothingToDo:
            return False
        return True

    def erase(self, by: User | None = None, expected_version: int | None = None) -> bool:
        """Nothing that opens is left: of the row a husk without a name. Raises Held.

        By the person, or by a member of staff who was asked to.
        """
        request = _row(self)
        try:
            with request.recorded(Event.Verb.ERASED, by, expected_version=expected_version):
                if request.identity_purged_at:
                    raise NothingToDo
                if request.is_held_back:
                    raise Held
                request.end_if_open(choices.Outcome.ERASED)
                forget_all(request, choices.GoneBy.STAFF if by else choices.GoneBy.PERSON)
                _tell_staff(request, "erased")
        except NothingToDo:
            return False
        return True

    @property
    def is_held_back(self) -> bool:
        """Through the last day of the hold, whether the worker has lifted it since or not."""
        request = _row(self)
        if not request.hold_kind:
            return False
        today = timezone.now().astimezone(practice_clock().tz).date()
        return request.hold_until is None or request.hold_until >= today

    def end_if_open(self, outcome: str) -> None:
        """One that ended before keeps the outcome it had. Inside `recorded` only."""
        request, now = _row(self), timezone.now()
        request._drop_check_in()
        request._drop_ask()
        if request.status != choices.Status.CLOSED:
            request._move(choices.Status.CLOSED, None, "")
            request._end(outcome, "", "", now)


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
    mail_to_them(request).delete()
    if request.status not in NOT_MOVED:
        due_at = their_turn_ends(practice_clock(), timezone.now())
        request._move(request.status, due_at, choices.DueKind.THEIRS)


def _take_back(request: "ContactRequest") -> None:
    with request.recorded(Event.Verb.WITHDREW, None):
        _must_be_open(request)
        request.end_if_open(choices.Outcome.WITHDREW)
        request._keep_until(request.closed_at, at_once=True)
        mail_to_them(request).delete()
        _tell_staff(request, "withdrew")


def _tell_staff(request: "ContactRequest", what: str) -> None:
    """Whoever works from an older screen, or a sheet of paper, must hear of it."""
    request.version += 1
    Notice.objects.tell_of_change(request, what)
