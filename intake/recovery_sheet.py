"""All secrets of a site on one sheet of paper, and the way back from it.

Each secret has a letter, each of its lines a number. Public keys are not on it: they follow from
the private ones.
"""

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from intake.encryption import (
    Keyring,
    generate_secrets,
    private_fingerprint,
    secret_fingerprint,
    to_text,
)
from intake.typed_lines import from_line, to_lines

WIDTH = 72
KEY_LINES = 4
# Of the private keys, the primary first. Those that are no longer needed are destroyed before.
PRIVATE_LETTERS = "ABCDEFGH"
MOST_LINES = 40

ReadLine = Callable[[str, bool], str]  # a label, and whether it must be there; '' where it is not

INTRODUCTION = (
    "Keep this paper in a safe, away from the computer and from its backups: whoever has it and a "
    "copy of the database can read every request. Without it, a broken disk takes every request "
    "with it.",
    "After each new key print a new sheet, and destroy this one when the keys on it are destroyed.",
)
HOW = (
    "Put the program onto the computer that is to run it, without starting it, and restore the "
    "newest backup (docs/operate.md). The backups' own key is not on this sheet: keep it with it.",
    "Run: manage.py keys read-sheet",
    "Type each line as it is asked for. Capitals and spaces do not matter, O is 0, I and L are 1. "
    "A line that is mistyped is asked for again.",
    "Run: manage.py prepare, and then: manage.py serve",
)
MAY_BE_LEFT_OUT = "Need not be typed: read-sheet makes a new one."


class TooMany(Exception):  # noqa: N818  # a sentence, not a kind of error
    """More private keys than a sheet has letters for."""


@dataclass(frozen=True)
class Secret:
    letter: str
    setting: str
    content: bytes
    name: str  # its fingerprint
    what: str  # what it is for, and what is lost with it

    def lines(self) -> list[str]:
        typed = to_lines(self.letter, self.content)
        head = f"{self.letter}   {self.setting}, {self.name}"
        told = textwrap.wrap(self.what, WIDTH - 4)
        return ["-" * WIDTH, head, *(f"    {line}" for line in told), "",
                *(f"    {label:4}  {text}" for label, text in typed.items()), ""]  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    site: str
    on: date
    secrets: tuple[Secret, ...]

    @classmethod
    def of(cls, site: str, on: date, ring: Keyring, others: Mapping[str, bytes | None]) -> "Sheet":
        """`others` by setting. Raises WrongKey where the primary's private half is not at hand."""
        private = ring.private_in_order()
        if len(private) > len(PRIVATE_LETTERS):
            raise TooMany(
                f"There are {len(private)} private keys, and a sheet takes "
                f"{len(PRIVATE_LETTERS)}. Retire and destroy what is no longer needed first."
            )
        keys = [_private(*each) for each in zip(PRIVATE_LETTERS, private, strict=False)]
        rest = [_other(name, content) for name, content in others.items() if content]
        return cls(site, on, (*keys, *rest))

    def parts(self) -> list[str]:
        """As text: what it is, then each secret."""
        return [self._head(), *("\n".join(each.lines()) for each in self.secrets)]

    def _head(self) -> str:
        head = f"{'RECOVERY SHEET':{WIDTH - len(self.site)}}{self.site}"
        printed = f"Printed on {self.on:%B} {self.on.day}, {self.on.year}."
        steps = [line for n, step in enumerate(HOW, 1) for line in _step(n, step)]
        told = [line for each in INTRODUCTION for line in [*textwrap.wrap(each, WIDTH), ""]]
        return "\n".join([head, "", printed, "", *told, "To use it:", *steps, ""])


@dataclass(frozen=True)
class Read:
    """What was typed in again."""

    ring: Keyring
    others: dict[str, bytes]

    @property
    def names(self) -> dict[str, str]:
        """Fingerprints by letter, to compare with the paper."""
        private = zip(PRIVATE_LETTERS, self.ring.private, strict=False)
        rest = [(LETTERS[name], secret_fingerprint(key)) for name, key in self.others.items()]
        return dict([*private, *rest])

    def as_settings(self) -> dict[str, str]:
        """All of them: what nothing stored depends on is made anew."""
        secret = self.others.get("SECRET_KEY")
        given = {name: to_text(key) for name, key in self.others.items() if name != "SECRET_KEY"}
        values = {**generate_secrets(), **self.ring.as_settings(), **given}
        return {**values, "SECRET_KEY": secret.decode()} if secret else values


def read(line: ReadLine) -> Read:
    """Asks for each line in turn. Raises Mistyped where a line that is given does not do."""
    private = [_key(line, PRIVATE_LETTERS[0], must=True)]
    for letter in PRIVATE_LETTERS[1:]:
        if not (key := _key(line, letter)):
            break
        private.append(key)
    needed = {name: _key(line, LETTERS[name], must=True) for name in NEEDED}
    throttle = _key(line, LETTERS["INTAKE_THROTTLE_KEY"])
    secret = _text(line, LETTERS["SECRET_KEY"])
    others = {**needed, "INTAKE_THROTTLE_KEY": throttle, "SECRET_KEY": secret}
    return Read(Keyring.of_private(private), {name: key for name, key in others.items() if key})


NEEDED = ("INTAKE_EVENT_KEY", "INTAKE_INDEX_KEY")
LETTERS = {
    "INTAKE_EVENT_KEY": "V",
    "INTAKE_INDEX_KEY": "X",
    "INTAKE_THROTTLE_KEY": "T",
    "SECRET_KEY": "S",
}
WHAT = {
    "INTAKE_EVENT_KEY": "Signs the history; private codes and recovery codes are known by it. "
    "Lost with it: nobody's private code works any more, and the history can no longer be proved.",
    "INTAKE_INDEX_KEY": "Finds a request by phone and email. Lost with it: that search.",
    "INTAKE_THROTTLE_KEY": f"Counts who comes how often. Nothing is lost with it. "
    f"{MAY_BE_LEFT_OUT}",
    "SECRET_KEY": f"Signs sign-in sessions and open forms. Lost with it: staff sign in once more. "
    f"{MAY_BE_LEFT_OUT}",
}


def _private(letter: str, key: bytes) -> Secret:
    if letter == PRIVATE_LETTERS[0]:
        which, what = "the primary, ", "every request sealed to it, for ever."
    else:
        which, what = "an older one, ", "whatever is still sealed to it, older backups above all."
    told = f"Opens what people wrote. Lost with it: {what}"
    name = f"{which}key {private_fingerprint(key)}"
    return Secret(letter, "INTAKE_PRIVATE_KEYS", key, name, told)


def _other(setting: str, content: bytes) -> Secret:
    name = f"fingerprint {secret_fingerprint(content)}"
    return Secret(LETTERS[setting], setting, content, name, WHAT[setting])


def _step(number: int, text: str) -> list[str]:
    first, *rest = textwrap.wrap(text, WIDTH - 5)
    return [f"  {number}. {first}", *(f"     {line}" for line in rest)]


def _key(line: ReadLine, letter: str, must: bool = False) -> bytes:
    """b'' where its first line is left out."""
    first = _line(line, f"{letter}1", must)
    if not first:
        return b""
    return first + b"".join(_line(line, f"{letter}{n}", True) for n in range(2, KEY_LINES + 1))


def _text(line: ReadLine, letter: str) -> bytes:
    """However many lines there are."""
    found = b""
    for n in range(1, MOST_LINES):
        if not (piece := _line(line, f"{letter}{n}", False)):
            break
        found += piece
    return found.rstrip(b"\0")


def _line(line: ReadLine, label: str, must: bool) -> bytes:
    typed = line(label, must)
    return from_line(label, typed) if typed else b""
