"""When what was closed is erased, by the practice's own numbers."""

from datetime import date, datetime, timedelta

from pages.models import Practice

Dates = tuple[date | None, date | None]  # the words, and the identity


def retention_dates(practice: Practice, closed_on: date) -> tuple[date, date]:
    """The days on which words and identity of what was closed on that day are erased."""
    words = timedelta(days=practice.words_kept_days)
    identity = timedelta(days=practice.identity_kept_days)
    return closed_on + words, closed_on + identity


def dates_after(closed_at: datetime | None) -> Dates:
    """The same for a moment, read anew; neither while a request is open."""
    if closed_at is None:
        return None, None
    practice = Practice.objects.get()
    return retention_dates(practice, practice.today(closed_at))
