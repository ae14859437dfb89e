"""What must be set before the site takes requests. Run by `manage.py check --deploy`."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from intake.encryption import keyring

# The last counts who comes how often: requests, and tries to sign in.
ALWAYS = ("INTAKE_PUBLIC_KEYS", "INTAKE_EVENT_KEY", "INTAKE_THROTTLE_KEY")
TO_READ_THEM = ("INTAKE_PRIVATE_KEYS", "INTAKE_INDEX_KEY")


@register(Tags.security, deploy=True)
def keys_are_set(**_: Any) -> list[CheckMessage]:
    reads = () if settings.SURFACE == "public" else TO_READ_THEM
    return [_missing(name) for name in ALWAYS + reads if not getattr(settings, name)]


@register(Tags.security, deploy=True)
def primary_opens(**_: Any) -> list[CheckMessage]:
    """The private half of the key that seals new requests is at hand, where they are read."""
    ring = keyring()
    if settings.SURFACE == "public" or not ring.private or ring.primary in ring.private:
        return []
    return [
        Error(
            "INTAKE_PRIVATE_KEYS does not hold the private half of the first of "
            f"INTAKE_PUBLIC_KEYS, key {ring.primary}: nobody could read new requests.",
            hint="Put both halves of one pair first, from your recovery sheet.",
            id="intake.E002",
        )
    ]


def _missing(name: str) -> Error:
    return Error(
        f"{name} is not set.",
        hint=f"Set {name} or {name}_FILE from your recovery sheet. "
        "On a new site `manage.py prepare` makes it.",
        id="intake.E001",
    )
