"""Encryption to a recipient: whoever makes a backup cannot read it. Its files open with `age` too.

Nothing here keeps more than a piece of what passes through.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

import pyrage

HOW_IT_LOOKS = "It holds a line that begins with AGE-SECRET-KEY-, as `age-keygen` writes it."


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Writable(Protocol):
    def write(self, content: bytes, /) -> object: ...


class Unusable(Exception):  # noqa: N818  # a sentence, not a kind of error
    """A recipient, an identity or a file does not do. The message says which, and why."""


def new_identity() -> str:
    """As `age-keygen` writes one: the public half in a comment, the secret one in a line."""
    made = pyrage.x25519.Identity.generate()
    return f"# public key: {made.to_public()}\n{made}\n"


def recipients(texts: Iterable[str]) -> list[Any]:
    """Raises Unusable."""
    return [_recipient(text) for text in texts]


def identities(path: Path) -> list[Any]:
    """Of a file as `age-keygen` writes it. Raises Unusable."""
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{path} cannot be read as an identity. {HOW_IT_LOOKS}") from error
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not found:
        raise Unusable(f"{path} holds no identity. {HOW_IT_LOOKS}")
    return [_identity(line, path) for line in found]


def encrypt(source: Readable, target: Writable, to: list[Any]) -> None:
    """From the first byte to the last. Raises what `source` or `target` raise."""
    reading, writing = Passing(source), Passing(target)
    try:
        pyrage.encrypt_io(reading, writing, to)
    finally:
        raise_kept(reading, writing)


def decrypt(source: Readable, target: Writable, with_: list[Any]) -> None:
    """Raises Unusable for another identity and for a damaged file, and what the two raise.

    What is cut off or changed shows only where it is: `target` has had what stands before.
    """
    reading, writing = Passing(source), Passing(target)
    try:
        pyrage.decrypt_io(reading, writing, with_)
    except (pyrage.DecryptError, OSError) as error:
        raise_kept(reading, writing)
        raise Unusable(_why(str(error))) from error


class Passing:
    """Passes on, and keeps what goes wrong: through the library it would come back as text."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.error: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        found: bytes = self._kept(self.file.read, size)
        return found

    def write(self, content: bytes) -> int:
        self._kept(self.file.write, content)
        return len(content)

    def flush(self) -> None:
        """What is written is flushed by whoever opened it."""

    def _kept(self, do: Callable[[Any], Any], what: Any) -> Any:
        try:
            return do(what)
        except BaseException as error:
            self.error = error
            raise


def raise_kept(*passing: Passing) -> None:
    for each in passing:
        if each.error is not None:
            raise each.error


def _recipient(text: str) -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise Unusable(
            f"BACKUP_RECIPIENT has {text}, which is not a public key of age: a letter is wrong or "
            "missing. Copy it anew."
        ) from error


def _identity(line: str, path: Path) -> Any:
    try:
        return pyrage.x25519.Identity.from_str(line)
    except pyrage.IdentityError as error:
        raise Unusable(f"{path} has a line that is no identity. {HOW_IT_LOOKS}") from error


def _why(said: str) -> str:
    if "No matching keys" in said:
        return (
            "This identity does not open this file. Take the one whose public key stood in "
            "BACKUP_RECIPIENT when the backup was made."
        )
    return "This file is damaged, cut off or no backup. Take another copy, or the backup before it."
