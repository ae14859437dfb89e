"""How often a password or a code may be tried. Passkeys are never counted: they cannot be guessed.

Counted under keyed hashes of the name as typed and of the address, whether there is such an account
or not. Counted before anything is looked at, and taken back when it was right, so that many tries
at once get no further than one after the other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone

from intake.encryption import throttle_key
from intake.models import Bucket, Event, PracticeHistory
from intake.throttle import address_key

WINDOW = timedelta(hours=1)
AN_ACCOUNT = 10
AN_ADDRESS = 30


@dataclass(frozen=True)
class Try:
    """One try, counted. `allowed` says whether it may be looked at."""

    at: datetime
    counts: tuple[tuple[bytes, int, int], ...]  # key, how many that made, how many may be

    @property
    def allowed(self) -> bool:
        return all(made <= most for _, made, most in self.counts)

    def was_right(self) -> None:
        for key, _, _ in self.counts:
            Bucket.objects.take_back(key, WINDOW, self.at)


def begin(request: HttpRequest, name: str) -> Try:
    """Counts a try for the account of this name; the first one too many leaves an event."""
    at = timezone.now()
    keys = [(account_key(name, at), AN_ACCOUNT), (address_key(request, "sign-in"), AN_ADDRESS)]
    made = Try(at, tuple((key, count(key, at), most) for key, most in keys if key))
    if any(made == most + 1 for _, made, most in made.counts):
        record_lock_out(name)
    return made


def count(key: bytes, at: datetime) -> int:
    return Bucket.objects.add_one(key, WINDOW, at)


def account_key(name: str, at: datetime) -> bytes:
    return throttle_key(f"{at:%Y-%m-%d}", f"sign-in as {name.strip().casefold()}")


def record_lock_out(name: str) -> None:
    """Of an account that there is by its number; of a name that somebody made up by none."""
    account = User.objects.filter(username__iexact=name.strip()).values_list("pk", flat=True)
    facts = {"account": account.first()}
    PracticeHistory.objects.record(Event.Verb.LOCKED_OUT, None, facts)


def open_again_at(at: datetime) -> datetime:
    """The end of the hour that is counted."""
    return at.replace(minute=0, second=0, microsecond=0) + WINDOW
