from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, repr=False)
class OpenedNote:
    at: datetime
    by: str
    kind: str
    text: str


@dataclass(frozen=True, repr=False)
class Opened:
    """All that is sealed of a request, opened once and recorded. '' where it was purged."""

    preferred_name: str
    phone: str
    email: str
    contact_note: str
    insurer: str
    message: str
    needs: str
    notes: list[OpenedNote]
