"""A secret as lines that a person can type again from paper, each with a check of its own.

A line is eight bytes: thirteen letters for them and three that check them, in four blocks of four.
The check knows which line it is, so that two that changed places are noticed.
"""

import hashlib

from intake.receipts import ALPHABET, in_blocks, read_as_code

LINE_BYTES = 8
CONTENT, CHECK = 13, 3
LENGTH = CONTENT + CHECK


class Mistyped(Exception):  # noqa: N818  # a sentence, not a kind of error
    """A line is not as it was printed. The message says which, and what is wrong."""


def to_lines(label: str, content: bytes) -> dict[str, str]:
    """{"A1": "0PH9 …"}: in order. What fills the last line up is zero bytes."""
    pieces = [content[at : at + LINE_BYTES] for at in range(0, len(content), LINE_BYTES)]
    return {f"{label}{n}": _to_line(f"{label}{n}", each) for n, each in enumerate(pieces, 1)}


def from_line(label: str, typed: str) -> bytes:
    """Its eight bytes. Forgives what `receipts` forgives, and the label before it."""
    letters = read_as_code(typed)
    start = read_as_code(label)
    if len(letters) == LENGTH + len(start) and letters.startswith(start):
        letters = letters[len(start) :]
    if wrong := sorted(set(letters) - set(ALPHABET)):
        raise Mistyped(f"Line {label} is mistyped: no line has the letter {wrong[0]}.")
    if len(letters) != LENGTH:
        raise Mistyped(f"Line {label} is mistyped: it has {len(letters)} letters, not {LENGTH}.")
    if _check(label, letters[:CONTENT]) != letters[CONTENT:]:
        raise Mistyped(f"Line {label} is mistyped. Compare it with the paper, block by block.")
    return _number(letters[:CONTENT]).to_bytes(LINE_BYTES + 1, "big")[1:]


def _to_line(label: str, piece: bytes) -> str:
    content = _letters(int.from_bytes(piece.ljust(LINE_BYTES, b"\0"), "big"), CONTENT)
    return in_blocks(content + _check(label, content))


def _check(label: str, content: str) -> str:
    digest = hashlib.sha256(f"{label} {content}".encode()).digest()
    return _letters(int.from_bytes(digest[:4], "big"), CHECK)


def _letters(number: int, length: int) -> str:
    """The last so many digits of a number, in base 32."""
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number << 5 | ALPHABET.index(letter)
    return number
