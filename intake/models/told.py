"""What staff are told of each other: a question, its end, and what has been due for too long."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db import models

from intake.models.readers import asked_for, desk_or, in_hand, overseers, readers

if TYPE_CHECKING:
    from intake.models.ask import Ask
    from intake.models.contact_request import ContactRequest


class ToldStaff(models.QuerySet[Any]):
    def tell_added(self, request: "ContactRequest", by: User) -> None:
        """To all readers but whoever added it."""
        self._tell("new", request, readers().exclude(pk=by.pk), "added")

    def tell_released(self, request: "ContactRequest") -> None:
        """To whom it asks for: to them it is new. The desk has seen it."""
        for user in asked_for([request]).values():
            notice = self.model.about(request).copy_for(user)
            self.model._default_manager.bulk_create([notice], ignore_conflicts=True)

    def ask(self, ask: "Ask") -> None:
        """To whom it is asked."""
        self._tell("ask", ask.request, [ask.to], f"{ask.pk}")

    def tell_back(self, request: "ContactRequest", ask: "Ask | None") -> None:
        """The desk has it again: to whoever asked, else to all readers."""
        occasion = f"{request.activity_seq}"
        asker = ask.asked_by if ask and ask.asked_by.is_active and ask.asked_by.email else None
        self._tell("back", request, [asker] if asker else desk_or([]), occasion)

    def tell_overdue(self, request: "ContactRequest", kind: str) -> None:
        """Once for each time it was due: to whoever has it in hand, and later to those who oversee,
        else to all readers."""
        whom = in_hand(request) if kind == "overdue" else [*overseers()]
        self._tell(kind, request, desk_or(whom), f"{request.due_at:%Y%m%d%H%M%S}")

    def _tell(
        self, kind: str, request: "ContactRequest", to: Iterable[User | None], occasion: str
    ) -> None:
        notices = [
            self.model(
                kind=kind,
                request=request,
                to_user=user,
                dedupe=f"{kind}:{request.pk}:{occasion}:{user.pk if user else 'desk'}",
            )
            for user in to
        ]
        self.model._default_manager.bulk_create(notices, ignore_conflicts=True)
