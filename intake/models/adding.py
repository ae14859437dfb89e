"""Requests that come by phone or in person: staff add them, and the same clock runs."""

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.apps import apps
from django.contrib.auth.models import User
from django.db import transaction

from intake import receipts
from intake.models.answers import Answers
from intake.models.event import Event
from intake.models.inserting import insert
from intake.models.notice import Notice
from intake.models.terms import Terms
from intake.models.witnessed import NotAllowed
from pages.models import Practice

if TYPE_CHECKING:
    from intake.models.contact_request import ContactRequest

NO_SECOND = "A couple has two records, and this one has its second already."


class StaffAdd:
    def add(
        self,
        by: User,
        answers: Answers,
        origin: str,
        owner: User | None = None,
        pk: UUID | None = None,
        **columns: Any,
    ) -> "ContactRequest":
        """Sealed like any other, with keys of its own and without a code for the person.

        `pk` is made with the form: the same form sent twice adds one. Everyone is told but `by`.
        """
        earlier = _earlier(pk)
        if earlier:
            return earlier
        reference = receipts.new_code().reference
        facts = {"id": pk or uuid4(), "reference": reference, "origin": origin, "owner": owner}
        request: ContactRequest = self._new(  # type: ignore[attr-defined]
            answers, Terms.of(Practice.objects.get()), **facts, **columns
        )
        with transaction.atomic():
            insert(request)
            Event.write(request, Event.Verb.ADDED, by, {"origin": str(origin)})
            Notice.objects.tell_added(request, by)
        return request

    @transaction.atomic
    def add_second(
        self,
        by: User,
        first: "ContactRequest",
        answers: Answers,
        origin: str,
        owner: User | None = None,
        pk: UUID | None = None,
    ) -> "ContactRequest":
        """The other half of a couple, as a record of its own. Nothing is copied but the link."""
        earlier = _earlier(pk)
        if earlier:
            return earlier
        couple = uuid4()
        with first.recorded(Event.Verb.COUPLED, by):
            if first.couple or first.seeking_for != "couple":
                raise NotAllowed(NO_SECOND)
            first.couple = couple
            first.version += 1
        return self.add(by, answers, origin, owner, pk, couple=couple)


def _earlier(pk: UUID | None) -> "ContactRequest | None":
    """What the same form added before."""
    rows = apps.get_model("intake", "ContactRequest")._default_manager
    found: ContactRequest | None = rows.filter(pk=pk).first() if pk else None
    return found
