"""What a closed request's page says about its end, and whether that can be undone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from intake import moments
from intake.admin.history import who
from intake.models import ContactRequest, Event
from intake.models.choices import NoMail
from intake.models.closing import closing_of, undo_until


class Ended:
    """By a member of staff. `closing` is the event of it."""

    def __init__(self, request: ContactRequest, closing: Event, now: datetime, tz: ZoneInfo):
        self.request, self.closing, self.now, self.tz = request, closing, now, tz

    @classmethod
    def of(
        cls, request: ContactRequest, events: list[Event], now: datetime, tz: ZoneInfo
    ) -> "Ended | None":
        """None where it is open, or was ended by the person or by the site."""
        closing = closing_of(request, events)
        return cls(request, closing, now, tz) if closing else None

    @property
    def said(self) -> str:
        when = moments.ago(self.closing.at, self.now, self.tz)
        return f"{who(self.closing)} closed it {when}: {self.request.get_outcome_display()}."

    @property
    def left_with(self) -> str:
        """What they have of it, and who must still tell them."""
        facts = self.closing.facts
        if "message" not in facts:
            return ""
        mail = facts.get("mail", "")
        if not mail:
            return "A mail says that a message waits at My request."
        return f"They can read it at My request. No mail says so: {NoMail(mail).label}."

    @property
    def can_be_undone(self) -> bool:
        return undo_until(self.closing) > self.now

    @property
    def undo_until(self) -> str:
        return moments.day_and_hour(undo_until(self.closing), self.now, self.tz)
