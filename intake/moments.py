"""Moments as staff say them: "today 5 pm", "LATE by 3 h", "4 min ago". Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_MINUTE = timedelta(minutes=1)
ONE_HOUR = timedelta(hours=1)
ONE_DAY = timedelta(days=1)
# Up to six days ahead a weekday alone says which day is meant.
A_WEEKDAY_SAYS_IT = 6
PART_NAMES = {
    "morning": "morning", "midday": "midday", "afternoon": "afternoon", "evening": "early evening",
}  # fmt: skip


def hour(at: time) -> str:
    """ "5 pm", "9:30 am", "noon"."""
    if at == time(12):
        return "noon"
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes} {'pm' if at.hour >= 12 else 'am'}"


def day_and_hour(moment: datetime, now: datetime, tz: ZoneInfo) -> str:
    """ "Tue 5 pm", or "Dec 4, 5 pm" when that is more than six days away."""
    local = moment.astimezone(tz)
    days = (local.date() - now.astimezone(tz).date()).days
    near = abs(days) <= A_WEEKDAY_SAYS_IT
    day = f"{local:%a}" if near else f"{local:%b} {local.day},"
    return f"{day} {hour(local.time())}"


def exact(moment: datetime, tz: ZoneInfo) -> str:
    """ "Nov 24, 2026, 2:05 pm": for what someone may be asked about a year later."""
    return f"{day(moment, tz)}, {moment.astimezone(tz).year}, {_hour_of(moment, tz)}"


def day(moment: datetime, tz: ZoneInfo) -> str:
    """ "Nov 24"."""
    local = moment.astimezone(tz)
    return f"{local:%b} {local.day}"


def _hour_of(moment: datetime, tz: ZoneInfo) -> str:
    return hour(moment.astimezone(tz).time().replace(second=0, microsecond=0))


def due(moment: datetime, now: datetime, tz: ZoneInfo, part: str = "") -> str:
    """ "LATE by 3 h", "today 5 pm", "tomorrow noon", "Tue 5 pm", "Dec 4, 5 pm", "Tue morning"."""
    if moment < now:
        return f"LATE by {span(now - moment)}"
    days = (moment.astimezone(tz).date() - now.astimezone(tz).date()).days
    if days > 1:
        return in_part(moment, now, tz, part) if part else day_and_hour(moment, now, tz)
    when = PART_NAMES.get(part) or hour(moment.astimezone(tz).time())
    return f"{'tomorrow' if days else 'today'} {when}"


def in_part(moment: datetime, now: datetime, tz: ZoneInfo, part: str) -> str:
    """ "Tue morning", "Dec 4, midday"."""
    local = moment.astimezone(tz)
    near = abs((local.date() - now.astimezone(tz).date()).days) <= A_WEEKDAY_SAYS_IT
    return f"{f'{local:%a}' if near else f'{local:%b} {local.day},'} {PART_NAMES[part]}"


def ago(moment: datetime, now: datetime, tz: ZoneInfo) -> str:
    """ "just now", "4 min ago", "3 h ago", then the day and the hour."""
    passed = now - moment
    if passed < ONE_MINUTE:
        return "just now"
    return f"{span(passed)} ago" if passed < ONE_DAY else day_and_hour(moment, now, tz)


def span(length: timedelta) -> str:
    if length < ONE_HOUR:
        return f"{max(length // ONE_MINUTE, 1)} min"
    if length < ONE_DAY:
        return f"{length // ONE_HOUR} h"
    days = length // ONE_DAY
    return f"{days} day{'s' if days > 1 else ''}"


def end_of_today(now: datetime, tz: ZoneInfo) -> datetime:
    """The first moment of tomorrow on the practice's own clock."""
    return datetime.combine(now.astimezone(tz).date() + ONE_DAY, time.min, tzinfo=tz)
