"""How long what a closed request holds is kept: its words first, its identity later."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from pages.models import Practice

WORDS_KEPT_DAYS = 30
IDENTITY_KEPT_DAYS = 90


class Days(NamedTuple):
    words: int
    identity: int


def retention_days(practice: Practice) -> Days:
    """As the practice chose, where it can choose."""
    return Days(
        getattr(practice, "words_kept_days", WORDS_KEPT_DAYS),
        getattr(practice, "identity_kept_days", IDENTITY_KEPT_DAYS),
    )


def last_days(closed_at: datetime) -> tuple[date, date]:
    """The day on which the words go, and the one on which identity does."""
    practice = Practice.objects.get()
    days, today = retention_days(practice), practice.today(closed_at)
    return today + timedelta(days=days.words), today + timedelta(days=days.identity)
