"""Who comes how often, without keeping who. An address is hashed under a key of the day at once.

IPv6 addresses count by their /64, which is one household or one server.
"""

import logging
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from intake import encryption
from intake.models import Bucket

log = logging.getLogger(__name__)

# Wrong codes an hour from one address. A right one is never refused: 80 bits are not guessed.
WRONG_CODES = 30
HOUR = timedelta(hours=1)
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED")
_warned: set[str] = set()


def address_key(request: HttpRequest, what: str = "send") -> bytes | None:
    """What stands for the address today; None where nobody can say whose it is."""
    block = _block(request)
    return (
        encryption.throttle_key(f"{timezone.now():%Y-%m-%d}", f"{what} {block}") if block else None
    )


def receipts(request: HttpRequest) -> bool:
    """Counts a wrong code. False once there were too many from this address in the hour.

    Only for a code that opened nothing: look it up first.
    """
    key = address_key(request, "code")
    return key is None or Bucket.objects.add_one(key, HOUR, timezone.now()) <= WRONG_CODES


def _block(request: HttpRequest) -> str:
    """The address of whoever asks, as far as it counts; '' where a proxy hides it."""
    try:
        address = ip_address(_client(request))
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    if isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((address, 64), strict=False))


def _client(request: HttpRequest) -> str:
    """The address that the outermost of our own proxies saw."""
    hops = settings.TRUSTED_PROXIES
    if hops == 0:
        if any(name in request.META for name in FORWARDED):
            _warn("A forwarded header came and TRUSTED_PROXIES is 0: nobody is limited")
            return ""
        return str(request.META.get("REMOTE_ADDR", ""))
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if len(seen) < hops or not seen[-hops].strip():
        _warn("Fewer forwarded addresses than TRUSTED_PROXIES says: nobody is limited")
        return ""
    return str(seen[-hops].strip())


def _warn(words: str) -> None:
    """Once in a process."""
    if words not in _warned:
        _warned.add(words)
        log.warning(words)
