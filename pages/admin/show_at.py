"""The moment from which a page is to show, as staff type it on the practice's own clock."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

FURTHEST_YEARS = 5


def coming(typed: str, zone: ZoneInfo, now: datetime) -> datetime:
    """A moment to come, from "2026-11-25T09:00". Of an hour that comes twice, the first."""
    if not typed:
        raise ValidationError("Choose the day and the time from which the page is to show.")
    try:
        clock = datetime.strptime(typed, "%Y-%m-%dT%H:%M")
    except ValueError as error:
        words = "Write the day and the time like this: 2026-11-25T09:00."
        raise ValidationError(words) from error
    if clock.year > now.year + FURTHEST_YEARS:
        raise ValidationError(f"Choose a time within the next {FURTHEST_YEARS} years.")
    at = clock.replace(tzinfo=zone).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != clock:
        words = "The clocks go forward then and skip this time. Choose an hour later."
        raise ValidationError(words)
    if at <= now:
        words = "That time has passed: at the practice it is {} Choose a later one."
        raise ValidationError(words.format(in_words(now, zone, now)))
    return at


def in_words(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Such as "Nov 25, 9:00 a.m."; with the year where it is another one."""
    there = at.astimezone(zone)
    year = "" if there.year == now.astimezone(zone).year else f", {there.year}"
    half = "a.m." if there.hour < 12 else "p.m."
    return f"{there:%b} {there.day}{year}, {there.hour % 12 or 12}:{there:%M} {half}"
