"""What was erased, written down beside the database: a backup that is restored must not bring it
back. Lines of JSON with the number of a request, what of it, and when. Nothing of a person.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

FILE_NAME = "erasures.log"


class Unreadable(Exception):  # noqa: N818  # a sentence, not a kind of error
    """The file is not a log of erasures. The message says which, and why."""


@dataclass(frozen=True)
class Line:
    request: str
    stage: str
    at: str


def append(path: Path, lines: Iterable[Line]) -> None:
    """On the disk when it returns. One write, so that two processes never mix their lines."""
    content = "".join(json.dumps(asdict(line)) + "\n" for line in lines).encode()
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, _apart(handle) + content)
        os.fsync(handle)
    finally:
        os.close(handle)


def keep(folder: Path, lines: Iterable[Line]) -> None:
    """Those that the log in this folder does not have yet."""
    path = folder / FILE_NAME
    known = set(read(path)) if path.exists() else set()
    append(path, [line for line in dict.fromkeys(lines) if line not in known])


def copy(here: Path, there: Path) -> bool:
    """The log of one folder into that of another, which may hold more. False where it has it all.

    There is one afterwards, though empty: none at all would mean that it was lost.
    """
    source, target = here / FILE_NAME, there / FILE_NAME
    changed = source.stat().st_mtime_ns if source.exists() else 0
    if target.exists() and target.stat().st_mtime_ns == changed:
        return False
    there.mkdir(mode=0o700, parents=True, exist_ok=True)
    keep(there, read(source) if source.exists() else [])
    os.utime(target, ns=(changed, changed))
    return True


def read(path: Path) -> list[Line]:
    """From the first to the last. A line that a crash cut is left out. Raises Unreadable."""
    try:
        return list(_lines(path.read_text()))
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path} cannot be read ({type(error).__name__}).") from error


def _lines(text: str) -> Iterator[Line]:
    for line in text.splitlines():
        try:
            facts = json.loads(line)
            yield Line(str(facts["request"]), str(facts["stage"]), str(facts["at"]))
        except (ValueError, KeyError, TypeError):
            continue


def _apart(handle: int) -> bytes:
    """A line that a crash cut must not spoil the next one."""
    size = os.fstat(handle).st_size
    return b"\n" if size and os.pread(handle, 1, size - 1) != b"\n" else b""
