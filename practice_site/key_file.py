"""The file in which a local site keeps its keys: a name and a value a line."""

import os
from collections.abc import Iterable, Iterator, Mapping
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO


def read(path: Path, left_out: Iterable[str] = ()) -> dict[str, str]:
    """What stands there by name. What is left out is '': it never enters this process's memory."""
    if not path.exists() or not path.stat().st_size:
        return {}
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        return dict(_pairs(content, left_out))


def replace(path: Path, values: Mapping[str, str]) -> None:
    """The same lines with new values of these: all of them or none."""
    lines = path.read_text().splitlines()
    _write_anew(path, "\n".join([*(_anew(line, values) for line in lines), ""]))


def _pairs(content: mmap, left_out: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each line in turn, without a copy of what is left out."""
    start, end = 0, content.find(b"\n")
    while start < len(content):
        end = end if end >= 0 else len(content)
        middle = content.find(b"=", start, end)
        if middle >= 0 and content[start : start + 1] != b"#":
            name = content[start:middle].decode().strip()
            yield name, "" if name in left_out else content[middle + 1 : end].decode().strip()
        start, end = end + 1, content.find(b"\n", end + 1)


def _anew(line: str, values: Mapping[str, str]) -> str:
    """A line with its new value if it has one."""
    name = line.split("=", 1)[0].strip()
    return f"{name}={values[name]}" if name in values else line


def _write_anew(path: Path, text: str) -> None:
    """On the disk before it takes the place of the file that was there, which is written over."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(handle)
    with path.open("r+b") as old:
        new.replace(path)
        _write_over(old)


def _write_over(file: BinaryIO) -> None:
    """With zeros, so that a disk which writes in place keeps no key that was there."""
    file.write(bytes(os.fstat(file.fileno()).st_size))
    file.flush()
    os.fsync(file.fileno())
