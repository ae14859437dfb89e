"""The second factors of a staff account: passkeys, authenticator apps, recovery codes."""

import re
from base64 import b32encode
from collections.abc import Callable
from urllib.parse import quote, urlencode

import segno
from django.contrib.auth.models import User
from django.db import transaction
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

from intake.encryption import recovery_hash
from intake.models import Event, PracticeHistory
from intake.receipts import new_recovery_code, parse_recovery_code

RECOVERY_CODES = 10
APP_DIGITS = 6
KINDS: dict[str, type[Device]] = {"passkey": WebAuthnCredential, "app": TOTPDevice}
NAMES = {"passkey": "Passkey", "app": "Authenticator app"}
record = PracticeHistory.objects.record


class LastFactor(Exception):  # noqa: N818  # a sentence, not a kind of error
    """The last second factor of an account stays: without one nobody signs in."""


def of(user: User) -> list[Device]:
    """Passkeys first. Recovery codes are none: they stand in for one."""
    return [
        device
        for kind in KINDS.values()
        for device in kind.objects.filter(user=user, confirmed=True).order_by("pk")
    ]


def kind_of(device: Device) -> str:
    return next((name for name, kind in KINDS.items() if isinstance(device, kind)), "recovery")


def without_any() -> list[User]:
    """Active staff accounts that nobody can sign in to: they have no second factor."""
    staff = User.objects.filter(is_active=True, is_staff=True).order_by("username")
    for kind in KINDS.values():
        staff = staff.exclude(pk__in=kind.objects.filter(confirmed=True).values("user"))
    return list(staff)


def app_in_the_making(user: User) -> TOTPDevice:
    """Not good for anything until its first code came back."""
    waiting = TOTPDevice.objects.filter(user=user, confirmed=False).order_by("pk").first()
    return waiting or TOTPDevice.objects.create(user=user, name=NAMES["app"], confirmed=False)


def add_app(user: User, code: str, name: str) -> TOTPDevice | None:
    """The app in the making, if the code is its own."""
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().get(pk=app_in_the_making(user).pk)
        if not device.verify_token(code):
            return None
        device.confirmed = True
        named(device, name)
        record(Event.Verb.FACTOR_ADDED, user, {"factor": "app"})
        return device


def add_passkey(user: User, device: WebAuthnCredential, name: str) -> None:
    named(device, name)
    record(Event.Verb.FACTOR_ADDED, user, {"factor": "passkey"})


def named(device: Device, name: str) -> None:
    device.name = name.strip()[:64] or NAMES[kind_of(device)]
    device.save()


def app_address(device: TOTPDevice, issuer: str) -> str:
    """What an authenticator app reads from the picture."""
    label = quote(f"{issuer.replace(':', ' ')}:{device.user.get_username()}")
    asked = {"secret": app_secret(device), "issuer": issuer, "digits": device.digits}
    return f"otpauth://totp/{label}?{urlencode(asked, quote_via=quote)}"


def app_secret(device: TOTPDevice) -> str:
    return b32encode(device.bin_key).decode()


def picture(address: str) -> dict[str, str]:
    """Its box and its line, for an SVG of the page's: made here, in colors that the page gives."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=4)
    return dict(re.findall(r' (viewBox|d)="([^"]*)"', drawn))


def remove(user: User, device: Device, by: User) -> Device:
    """Returns one that is left. Raises LastFactor. Two removals at once wait for each other."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        others = [other for other in of(user) if other.persistent_id != device.persistent_id]
        if not others:
            raise LastFactor
        device.delete()
        record(Event.Verb.FACTOR_REMOVED, by, {"factor": kind_of(device), "account": user.pk})
        return others[0]


def remove_all(user: User) -> int:
    """Recovery codes and what is in the making too. How many factors there were."""
    count = len(of(user))
    for kind in (*KINDS.values(), StaticDevice):
        kind.objects.filter(user=user).delete()
    return count


def new_recovery_codes(user: User) -> list[str]:
    """In the place of the old ones. Only keyed hashes are kept: they are shown now or never."""
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="Recovery codes")
        for code in codes:
            device.token_set.create(token=recovery_hash(user.pk, code))
        record(Event.Verb.RECOVERY_MADE, user, {"count": len(codes)})
    return codes


def recovery_codes_left(user: User) -> int:
    return int(StaticToken.objects.filter(device__user=user).count())


def of_code(user: User, typed: str) -> Device | None:
    """The factor that this code proves. A code is good once, however often it is sent at once."""
    plain = "".join(typed.split())
    with transaction.atomic():
        if len(plain) == APP_DIGITS and plain.isdecimal():
            return _first(TOTPDevice, user, lambda device: device.verify_token(plain))
        code = parse_recovery_code(typed)
        return _recovered(user, code) if code else None


def _recovered(user: User, code: str) -> Device | None:
    token = recovery_hash(user.pk, code)
    found = _first(StaticDevice, user, lambda device: device.verify_token(token))
    if found:
        record(Event.Verb.RECOVERY_USED, user, {"left": recovery_codes_left(user)})
    return found


def _first(kind: type[Device], user: User, proves: Callable[[Device], bool]) -> Device | None:
    devices = kind.objects.select_for_update().filter(user=user, confirmed=True).order_by("pk")
    return next((device for device in devices if proves(device)), None)
