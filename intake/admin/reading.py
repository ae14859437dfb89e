"""A reading: after one recorded click the words stay open for a while, for one person's session.

The session keeps which request and until when, never what it says.
"""

from datetime import datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from intake.models import ContactRequest

# Long enough for a call and its notes; a reload within it is the same reading.
READING_LASTS = timedelta(minutes=10)
KEY = "reading"


def begin(session: SessionBase, request: ContactRequest) -> None:
    """Ends the one before: one request is open at a time."""
    until = timezone.now() + READING_LASTS
    session[KEY] = {"request": str(request.pk), "until": until.isoformat()}


def lasts(session: SessionBase, request: ContactRequest) -> bool:
    reading = session.get(KEY)
    if not reading or reading["request"] != str(request.pk):
        return False
    return datetime.fromisoformat(reading["until"]) > timezone.now()


def end(session: SessionBase) -> None:
    session.pop(KEY, None)
