"""What a process holds in memory, as someone sees it who takes the machine over."""

import base64
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

PIECE = 16 * 1024 * 1024


def forms_of(key: bytes) -> dict[str, bytes]:
    """Every way in which a program is likely to hold these bytes."""
    return {
        "raw": key,
        "base64": base64.b64encode(key).rstrip(b"=")[:-1],  # its last letter stands for less
        "base64 for addresses": base64.urlsafe_b64encode(key).rstrip(b"="),
        "hex": key.hex().encode(),
        "HEX": key.hex().upper().encode(),
        "wide text": base64.urlsafe_b64encode(key).rstrip(b"=").decode().encode("utf-16-le"),
    }


def held(pid: int, keys: dict[str, bytes], folder: Path) -> set[tuple[str, str]]:
    """Which of these keys, and in which form. `folder` takes the dump for a moment."""
    wanted = {
        (name, form): text for name, key in keys.items() for form, text in forms_of(key).items()
    }
    longest = max(map(len, wanted.values()))
    found, end = set(), b""
    for piece in memory(pid, folder):
        whole = end + piece
        found |= {which for which, text in wanted.items() if text in whole}
        end = whole[-longest:]
    return found


def memory(pid: int, folder: Path) -> Iterator[bytes]:
    """By gcore where that is installed, and what the system says itself besides."""
    if shutil.which("gcore"):
        core = folder / f"core.{pid}"
        command = ["gcore", "-a", "-o", str(folder / "core"), str(pid)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        with core.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece
        core.unlink()
    yield from read_directly(pid)


def read_directly(pid: int) -> Iterator[bytes]:
    """Every part that may be read, and the environment it was started with."""
    yield Path(f"/proc/{pid}/environ").read_bytes()
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as content:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights, *_ = line.split()
            first, last = (int(each, 16) for each in span.split("-"))
            if "r" in rights and "[v" not in line:  # [vvar] and [vsyscall] are the system's own
                content.seek(first)
                yield content.read(last - first)
