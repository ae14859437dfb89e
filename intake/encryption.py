"""The one module that sees keys. Everything here is a function of bytes; no models, no texts.

Two layers. A *row key* (32 random bytes) seals the columns of one row with AES-256-GCM, each bound
to its table, column and row. The row key itself is sealed (HPKE) to the practice's public key,
bound to table, row and purpose. Whoever has only the public key can seal and not open.
"""

import base64
import hashlib
import hmac
import json
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

VERSION = b"\x01"
KEY_BYTES = 32
NONCE_BYTES = 12
ADDRESS_BYTES = 24
INDEX_BYTES = 16
# Texts are sealed in steps of this many bytes, so that a ciphertext's length tells little.
PAD_BYTES = 64
PHONE_DIGITS = 9
# Two keys each for 12,000 requests: about 15 MB in a process that searched them all.
ROW_KEYS_KEPT = 24_000

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_RESTORE = "Restore it from your recovery sheet; a new one opens nothing that is stored."


class WrongKey(Exception):  # noqa: N818  # a sentence, not a kind of error
    """A key is missing or is not the one that is needed. The message names the setting."""


class SealBroken(Exception):  # noqa: N818
    """A sealed value does not open: it was changed, cut, or moved from where it was sealed."""


class RowKey:
    """What seals the columns of one row. It never shows itself."""

    __slots__ = ("_bytes",)

    def __init__(self, key: bytes) -> None:
        self._bytes = key

    @classmethod
    def new(cls) -> "RowKey":
        return cls(secrets.token_bytes(KEY_BYTES))

    def __repr__(self) -> str:
        return "<row key>"

    def seal(self, text: str, table: str, column: str, row: str) -> bytes:
        return _seal(self._bytes, _pad(text.encode()), _place("column", table, column, row))

    def open(self, sealed: bytes, table: str, column: str, row: str) -> str:
        """Raises SealBroken for anything but what was sealed in this place under this key."""
        return _unpad(_open(self._bytes, sealed, _place("column", table, column, row))).decode()


@dataclass(frozen=True, repr=False)
class Keyring:
    """The practice's keys by fingerprint. `primary` seals what is new; retired ones still open."""

    primary: str
    public: dict[str, bytes]
    private: dict[str, bytes]

    @classmethod
    def of(cls, public: Sequence[bytes], private: Sequence[bytes]) -> "Keyring":
        """The first public key is the primary; without one `primary` is ''."""
        publics = {fingerprint(key): key for key in public}
        privates = {fingerprint(_public_half(key)): key for key in private}
        return cls(next(iter(publics), ""), publics, privates)

    @classmethod
    def of_private(cls, private: Sequence[bytes]) -> "Keyring":
        """Public halves follow from private ones. The first is the primary."""
        return cls.of([_public_half(key) for key in private], private)

    def with_new_primary(self) -> "Keyring":
        """A new pair first; the ones before it still open."""
        public, private = _new_pair()
        return Keyring.of([public, *self.public.values()], [private, *self.private.values()])

    def without(self, key_id: str) -> "Keyring":
        """All but this pair."""
        public = [key for name, key in self.public.items() if name != key_id]
        private = [key for name, key in self.private.items() if name != key_id]
        return Keyring.of(public, private)

    def private_in_order(self) -> list[bytes]:
        """The primary's first. Raises WrongKey where that is not at hand."""
        if self.primary not in self.private:
            raise _no_private_half(self.primary)
        others = [key for name, key in self.private.items() if name != self.primary]
        return [self.private[self.primary], *others]

    def as_settings(self) -> dict[str, str]:
        """The values that make up this ring, as the settings read them."""
        return {
            "INTAKE_PUBLIC_KEYS": ",".join(to_text(key) for key in self.public.values()),
            "INTAKE_PRIVATE_KEYS": ",".join(to_text(key) for key in self.private.values()),
        }

    def sealed_anew(self, key_id: str, sealed: bytes, table: str, row: str, purpose: str) -> bytes:
        """The same row key, sealed to the primary. Raises WrongKey, SealBroken."""
        opened = self.open_row_key(key_id, sealed, table, row, purpose)
        return self.seal_row_key(opened, table, row, purpose)

    def seal_row_key(self, key: RowKey, table: str, row: str, purpose: str) -> bytes:
        """Sealed to the primary. Raises WrongKey where there is none."""
        return self._seal(key._bytes, _place("row key", table, row, purpose))

    def open_row_key(
        self, key_id: str, sealed: bytes, table: str, row: str, purpose: str
    ) -> RowKey:
        """Raises WrongKey without the private key, SealBroken where the place is another."""
        return RowKey(self._open(key_id, sealed, _place("row key", table, row, purpose)))

    def seal_probe(self) -> bytes:
        """What shows later that the private half of the primary is at hand."""
        return self._seal(self.primary.encode(), _place("probe", self.primary))

    def opens_probe(self, key_id: str, probe: bytes) -> bool:
        try:
            return self._open(key_id, probe, _place("probe", key_id)) == key_id.encode()
        except SealBroken:
            return False

    def _seal(self, content: bytes, place: bytes) -> bytes:
        if not self.primary:
            raise WrongKey(f"INTAKE_PUBLIC_KEYS is not set. {_RESTORE}")
        public = X25519PublicKey.from_public_bytes(self.public[self.primary])
        return VERSION + _SUITE.encrypt(content, public, info=place)

    def _open(self, key_id: str, sealed: bytes, place: bytes) -> bytes:
        if key_id not in self.private:
            raise _no_private_half(key_id)
        try:
            return _SUITE.decrypt(_body(sealed), _read(self.private[key_id]), info=place)
        except (InvalidTag, ValueError) as error:
            raise SealBroken("A row key does not open in this place.") from error


def _no_private_half(key_id: str) -> WrongKey:
    return WrongKey(
        f"INTAKE_PRIVATE_KEYS does not hold the private half of key {key_id}. {_RESTORE}"
    )


OpensRowKey = Callable[[str, bytes, str, str, str], RowKey]


def keyring() -> Keyring:
    """The keys of the settings, whichever these are now."""
    return _keyring(tuple(settings.INTAKE_PUBLIC_KEYS), tuple(settings.INTAKE_PRIVATE_KEYS))


@lru_cache(maxsize=4)
def _keyring(public: tuple[bytes, ...], private: tuple[bytes, ...]) -> Keyring:
    return Keyring.of(public, private)


def opens_row_keys() -> OpensRowKey:
    """What opens row keys as the keyring does, and keeps them in memory: a search opens thousands.

    What is kept is bound to all that was asked. Nothing is kept where the internet is served alone.
    """
    if settings.SURFACE == "public":
        return keyring().open_row_key
    return _kept_row_keys(tuple(settings.INTAKE_PUBLIC_KEYS), tuple(settings.INTAKE_PRIVATE_KEYS))


@lru_cache(maxsize=1)  # one set of keys: with another, all that was kept is let go
def _kept_row_keys(public: tuple[bytes, ...], private: tuple[bytes, ...]) -> OpensRowKey:
    return lru_cache(maxsize=ROW_KEYS_KEPT)(_keyring(public, private).open_row_key)


def fingerprint(public: bytes) -> str:
    """A key's name: 16 hexadecimal characters."""
    return hashlib.sha256(_place("fingerprint") + public).hexdigest()[:16]


def secret_fingerprint(secret: bytes) -> str:
    """The same for a secret without a public half."""
    return hashlib.sha256(_place("secret fingerprint") + secret).hexdigest()[:16]


def private_fingerprint(private: bytes) -> str:
    """The name of the key that this is the private half of."""
    return fingerprint(_public_half(private))


def generate_secrets() -> dict[str, str]:
    """New values for all secrets, as text for the settings. Only for a site without data."""
    public, private = _new_pair()
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "INTAKE_PUBLIC_KEYS": to_text(public),
        "INTAKE_PRIVATE_KEYS": to_text(private),
        "INTAKE_INDEX_KEY": to_text(secrets.token_bytes(KEY_BYTES)),
        "INTAKE_EVENT_KEY": to_text(secrets.token_bytes(KEY_BYTES)),
        "INTAKE_THROTTLE_KEY": new_throttle_key(),
    }


def _new_pair() -> tuple[bytes, bytes]:
    """Public and private half."""
    private = X25519PrivateKey.generate()
    return private.public_key().public_bytes_raw(), private.private_bytes_raw()


def new_throttle_key() -> str:
    """The one secret that may be made anew at any time: nothing stored depends on it."""
    return to_text(secrets.token_bytes(KEY_BYTES))


def to_text(content: bytes) -> str:
    """URL-safe base64 without padding, as the settings read it."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def canonical(facts: Any) -> bytes:
    """JSON in the one form that is hashed. Takes what JSON takes; all else is a TypeError."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


# History and indexes: keyed by settings of their own, each use under a subkey with a name.


def event_mac(content: bytes) -> bytes:
    return hmac.digest(_setting_key("INTAKE_EVENT_KEY", "event"), content, "sha256")


def row_digest(content: bytes) -> bytes:
    """Keyed, since few choices could be guessed from a plain hash."""
    return hmac.digest(_setting_key("INTAKE_EVENT_KEY", "row"), content, "sha256")


def anchor_mac(content: bytes) -> bytes:
    return hmac.digest(_setting_key("INTAKE_EVENT_KEY", "anchor"), content, "sha256")


def event_key_probe() -> bytes:
    return _setting_key("INTAKE_EVENT_KEY", "probe")


def receipt_hash(code: str) -> bytes:
    """What is kept of a receipt: of all 24 characters, reference and secret."""
    return hmac.digest(_setting_key("INTAKE_EVENT_KEY", "receipt"), code.encode(), "sha256")


def recovery_hash(account: int, code: str) -> str:
    """What is kept of a recovery code of a staff account: 96 bits, as 16 characters."""
    key = _setting_key("INTAKE_EVENT_KEY", "recovery code")
    return to_text(hmac.digest(key, canonical([account, code]), "sha256")[:12])


def index_key_probe() -> bytes:
    return _setting_key("INTAKE_INDEX_KEY", "probe")


def phone_index(phone: str) -> bytes | None:
    """16 bytes for the last nine digits, so that a country code makes no difference."""
    digits = "".join(letter for letter in phone if letter in "0123456789")[-PHONE_DIGITS:]
    return _blind("phone", digits)


def email_index(email: str) -> bytes | None:
    return _blind("email", unicodedata.normalize("NFC", email.strip().casefold()))


def _blind(kind: str, value: str) -> bytes | None:
    if not value:
        return None
    key = _setting_key("INTAKE_INDEX_KEY", kind)
    return hmac.digest(key, value.encode(), "sha256")[:INDEX_BYTES]


def throttle_key(day: str, what: str) -> bytes:
    """16 bytes for something that is counted on a day; on another day they are others."""
    key = _setting_key("INTAKE_THROTTLE_KEY", f"throttle {day}")
    return hmac.digest(key, what.encode(), "sha256")[:INDEX_BYTES]


# The sent page. All of it follows from the send key, which only the person's browser keeps.


def send_key_hash(send_key: bytes) -> bytes:
    return _derive(send_key, "send key hash")


def answers_mac(send_key: bytes, answers: bytes) -> bytes:
    return hmac.digest(_derive(send_key, "answers"), answers, "sha256")


def sent_address(send_key: bytes) -> str:
    """The last part of the sent page's address: 32 characters that nobody can guess."""
    return to_text(_derive(send_key, "sent address", ADDRESS_BYTES))


def sent_address_hash(address: str) -> bytes:
    return _derive(address.encode(), "sent address hash")


def seal_sent_page(address: str, content: bytes) -> bytes:
    key = _derive(address.encode(), "sent page key")
    return _seal(key, _pad(content), _place("sent page"))


def open_sent_page(address: str, sealed: bytes) -> bytes:
    key = _derive(address.encode(), "sent page key")
    return _unpad(_open(key, sealed, _place("sent page")))


# The receipt: whoever holds it can open what staff seal to its public half.


def reply_private(code: str) -> bytes:
    return _derive(code.encode(), "receipt reply key")


def reply_public(code: str) -> bytes:
    return _public_half(reply_private(code))


def seal_for_receipt(public: bytes, content: bytes, table: str, row: str, purpose: str) -> bytes:
    """To whoever holds the receipt with this public half: not to the practice."""
    receiver = X25519PublicKey.from_public_bytes(public)
    place = _place("to the receipt", table, row, purpose)
    return VERSION + _SUITE.encrypt(_pad(content), receiver, info=place)


def open_with_receipt(code: str, sealed: bytes, table: str, row: str, purpose: str) -> bytes:
    """Raises SealBroken for another code as for another place: the two cannot be told apart."""
    place = _place("to the receipt", table, row, purpose)
    private = X25519PrivateKey.from_private_bytes(reply_private(code))
    try:
        return _unpad(_SUITE.decrypt(_body(sealed), private, info=place))
    except (InvalidTag, ValueError) as error:
        raise SealBroken("A message does not open with this code in this place.") from error


@lru_cache(maxsize=4)
def _read(private: bytes) -> X25519PrivateKey:
    """A key of the practice's. To read it takes half as long as to open with it."""
    return X25519PrivateKey.from_private_bytes(private)


def _setting_key(name: str, label: str) -> bytes:
    """The key of a setting for one use. Raises WrongKey where the setting is empty."""
    key = getattr(settings, name)
    if not key:
        raise WrongKey(f"{name} is not set. {_RESTORE}")
    return _subkey(bytes(key), label)


@lru_cache(maxsize=16)
def _subkey(key: bytes, label: str) -> bytes:
    return _derive(key, label)


def _derive(secret: bytes, label: str, length: int = KEY_BYTES) -> bytes:
    """Not cached: what belongs to one person does not stay in memory."""
    info = _place("derive", label)
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=info).derive(secret)


def _public_half(private: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def _place(*parts: str) -> bytes:
    """Where something is sealed, without two places that read the same.

    As `canonical` has it, and quicker: a search asks for thousands.
    """
    return f'["secure-base",1,{",".join(map(encode_basestring_ascii, parts))}]'.encode()


def _seal(key: bytes, content: bytes, place: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, content, VERSION + place)


def _open(key: bytes, sealed: bytes, place: bytes) -> bytes:
    body = _body(sealed)
    nonce, ciphertext = body[:NONCE_BYTES], body[NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, VERSION + place)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("A sealed value does not open in this place.") from error


def _body(sealed: bytes) -> bytes:
    if sealed[:1] != VERSION:
        raise SealBroken("A sealed value is of a version that this program does not know.")
    return sealed[1:]


def _pad(content: bytes) -> bytes:
    """One mark and as many zeros as it takes (ISO 7816-4)."""
    return content + b"\x80" + b"\x00" * (-(len(content) + 1) % PAD_BYTES)


def _unpad(padded: bytes) -> bytes:
    return padded.rstrip(b"\x00")[:-1]
