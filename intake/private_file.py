"""A file that only its owner can read: keys, and what is printed of them."""

import os
from collections.abc import Mapping
from pathlib import Path


class NotWritten(Exception):  # noqa: N818  # a sentence, not a kind of error
    """The file is not there. The message says why."""


def write_new(path: Path, text: str) -> None:
    """On the disk when it returns. Never writes over one that is there. Raises NotWritten."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(handle)
    except FileExistsError as error:
        raise NotWritten(f"{path} is there already. Move it away first.") from error
    except OSError as error:
        raise NotWritten(f"{path} cannot be written ({error.strerror}).") from error


def key_file_text(values: Mapping[str, str]) -> str:
    """As the settings read it."""
    lines = [f"{name}={text}" for name, text in values.items()]
    return "\n".join(["# The keys of this site. Losing them loses every request.", *lines, ""])
