"""A backup as it passes: one line that says what it is, then the database."""

from collections.abc import Callable

from intake.backup.age import Readable, Unusable
from intake.backup.manifest import LONGEST, NO_BACKUP, Manifest


class Joined:
    """Reads the line first, then the rest."""

    def __init__(self, line: bytes, rest: Readable) -> None:
        self.line, self.rest = line, rest

    def read(self, size: int = -1) -> bytes:
        if self.line:
            piece, self.line = self.line[:size], self.line[size:] if size >= 0 else b""
            return piece
        return self.rest.read(size)


class Parted:
    """Takes the line off and hands the rest on, piece by piece. Raises Unusable for no backup."""

    def __init__(self, rest: Callable[[bytes], object]) -> None:
        self.rest = rest
        self.manifest: Manifest | None = None
        self.size = 0
        self._line = b""

    def write(self, content: bytes) -> None:
        if self.manifest is None:
            content = self._begun(content)
        if content:
            self.size += len(content)
            self.rest(content)

    def _begun(self, content: bytes) -> bytes:
        self._line += content
        line, end, rest = self._line.partition(b"\n")
        if end:
            self.manifest = Manifest.read(line)
        elif len(line) > LONGEST:
            raise Unusable(NO_BACKUP)
        return rest
