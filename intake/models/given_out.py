"""What leaves the inbox on paper or as a file. Each leaves its event, before anything is shown."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from intake.models.event import Event
from intake.models.practice_history import PracticeHistory
from intake.models.witnessed import WitnessedRow

if TYPE_CHECKING:
    from intake.models.inbox import ContactRequestQuerySet


class GivesOut:
    """What the inbox as a whole gives out. A part of the manager."""

    if TYPE_CHECKING:

        def readable_by(self, user: User) -> "ContactRequestQuerySet": ...

    def export_accepted(self, by: User, reason: str) -> list[UUID]:
        """Records that accepted clients leave as a file, on each and for the practice: which."""
        with transaction.atomic():
            accepted = list(self.readable_by(by).real().accepted().order_by("closed_at", "id"))
            for request in accepted:
                request.export(by, reason)
            facts = {"reason": reason, "count": len(accepted)}
            PracticeHistory.objects.record(Event.Verb.EXPORTED, by, facts)
        return [request.pk for request in accepted]


class GivenOut(WitnessedRow):
    class Meta:
        abstract = True

    def print_out(self, by: User, words: bool) -> None:
        """On paper, with name, contact and words or without."""
        self._given_out(Event.Verb.PRINTED, by, words=words)

    def copy_out(self, by: User, checked: str, asked_by: str) -> None:
        """To the person it is about: how it was checked who asks, and who that is."""
        self._given_out(Event.Verb.COPIED, by, checked=checked, asked_by=asked_by)

    def export(self, by: User, reason: str) -> None:
        """As a line of a file of clients."""
        self._given_out(Event.Verb.EXPORTED, by, reason=reason)

    def _given_out(self, verb: str, by: User, **facts: Any) -> None:
        with self.recorded(verb, by, facts):
            pass
