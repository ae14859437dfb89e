"""What a send is held to. Counted in its own transaction: one that fails was never counted."""

from datetime import datetime, timedelta

from django.conf import settings

from intake import encryption
from intake.models.bucket import Bucket, beginning
from intake.models.choices import HeldReason

AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)
# So many suspects are stored in a day (UTC); more would bury the people among them.
HELD_A_DAY = 200
# A form that stood open for days is no reason to refuse; sent many times over, it is.
CAPPED = (HeldReason.TRAP, HeldReason.FAST)
A_WHILE = timedelta(minutes=10)


class TooMany(Exception):  # noqa: N818  # a sentence, not a kind of error
    """Not stored: it looks like one of a flood. `wait` is how long until it may be sent."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("Too many requests that look like a flood.")
        self.wait = wait


def held_reason(sign: str, came_from: bytes | None, now: datetime) -> str:
    """Why it is held for review, if it is: a sign that was seen, or too many from one address.

    `came_from` stands for the address, None where it is not known. Raises TooMany.
    """
    rate = settings.INTAKE_RATE
    many = bool(came_from and rate) and _count(came_from, AN_HOUR, now) > rate
    reason = sign or (HeldReason.RATE if many else "")
    held = encryption.throttle_key(f"{now:%Y-%m-%d}", "held for review")
    if (many or reason in CAPPED) and _count(held, A_DAY, now) > HELD_A_DAY:
        raise TooMany(beginning(AN_HOUR, now) + AN_HOUR - now if many else A_WHILE)
    return reason


def _count(key: bytes | None, window: timedelta, now: datetime) -> int:
    assert key  # noqa: S101  # asked for by the caller
    return Bucket.objects.add_one(key, window, now)
