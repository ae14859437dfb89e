"""The code a person keeps: 24 characters of Crockford's base 32, in six blocks of four.

The first eight are the reference, said on the phone and shown to staff. The other sixteen are the
secret: 80 bits, of which only a keyed hash is kept.
"""

import secrets
import unicodedata
from typing import NamedTuple

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 8
SECRET_LENGTH = 16
RECOVERY_LENGTH = 12
CODE_LENGTH = REFERENCE_LENGTH + SECRET_LENGTH
BLOCK = 4
# What people type for what they read.
_MEANT = str.maketrans({"O": "0", "I": "1", "L": "1"})


class Code(NamedTuple):
    """A receipt as typed, read. `str()` gives the 24 characters."""

    reference: str
    secret: str

    def __str__(self) -> str:
        return self.reference + self.secret


def new_code() -> Code:
    return Code(_random(REFERENCE_LENGTH), _random(SECRET_LENGTH))


def in_blocks(text: str, between: str = " ") -> str:
    """ "7QK4M2XD" is "7QK4 M2XD"."""
    return between.join(text[at : at + BLOCK] for at in range(0, len(text), BLOCK))


def parse_code(text: str) -> Code | None:
    """Forgives small letters, spaces, dashes, dots, O for 0, and I or L for 1."""
    found = _clean(text, CODE_LENGTH)
    return Code(found[:REFERENCE_LENGTH], found[REFERENCE_LENGTH:]) if found else None


def parse_reference(text: str) -> str | None:
    """The same for the eight characters alone."""
    return _clean(text, REFERENCE_LENGTH)


def new_recovery_code() -> str:
    """Twelve characters, 60 bits, in the same letters: for staff, each good for one sign-in."""
    return _random(RECOVERY_LENGTH)


def parse_recovery_code(text: str) -> str | None:
    return _clean(text, RECOVERY_LENGTH)


def read_as_code(text: str) -> str:
    """Its letters and digits as a code has them, however many these are."""
    plain = unicodedata.normalize("NFKC", text).upper().translate(_MEANT)
    return "".join(letter for letter in plain if letter.isalnum())


def _random(length: int) -> str:
    """Five bits of each byte: the alphabet has 32 letters, and each is as likely as the others."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in secrets.token_bytes(length))


def _clean(text: str, length: int) -> str | None:
    letters = read_as_code(text)
    right = len(letters) == length and set(letters) <= set(ALPHABET)
    return letters if right else None
