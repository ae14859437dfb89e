"""Looks for words in everything a site leaves behind, in every form they could lie in."""

import base64
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests import postgres


def forms_of(word: str) -> dict[str, bytes]:
    """The word as text, hex, base64 at each alignment, JSON-escaped, UTF-16 and in an address."""
    plain = word.encode()
    forms = {
        "text": plain,
        "hex": plain.hex().encode(),
        "json": json.dumps(word)[1:-1].encode(),
        "utf-16-le": word.encode("utf-16-le"),
        "utf-16-be": word.encode("utf-16-be"),
        "address": "".join(f"%{byte:02X}" for byte in plain).encode(),
    }
    for shift in range(3):
        # Cut off what mixes with the neighbours; what is left stands in any base64 of the word.
        coded = base64.b64encode(b"\0" * shift + plain).rstrip(b"=")
        forms[f"base64 at {shift}"] = coded[(shift * 8 + 5) // 6 : -1]
    return forms


def places(data_dir: Path, log: Path, database_url: str = "") -> Iterator[tuple[str, bytes]]:
    """Every file of the site, its log, and a dump of its PostgreSQL."""
    for path in sorted([*data_dir.rglob("*"), log]):
        if path.is_file():
            yield str(path.name), path.read_bytes()
    if database_url:
        program = postgres.binaries() / "pg_dump"
        dump = subprocess.run(
            [
                program,
                database_url.replace(
                    "postgres://postgres@/postgres?", "postgresql:///postgres?user=postgres&"
                ),
            ],
            capture_output=True,
            check=True,
        )
        yield "pg_dump", dump.stdout


def found(word: str, data_dir: Path, log: Path, database_url: str = "") -> list[str]:
    """Where the word lies, as "place: form" lines."""
    return [
        f"{place}: {name}"
        for place, content in places(data_dir, log, database_url)
        for name in found_in(word, content)
    ]


def found_in(word: str, content: bytes) -> list[str]:
    """The forms in which the word lies there: in an answer, a backup, another program's log."""
    return [
        name
        for name, form in forms_of(word).items()
        if re.search(re.escape(form), content, re.IGNORECASE)
    ]
