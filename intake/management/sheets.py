"""`manage.py keys sheet` and `keys read-sheet`: what they ask and what they say."""

import re
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError, OutputWrapper
from django.db import DatabaseError, InterfaceError
from django.template.loader import render_to_string
from django.utils import timezone

from intake.encryption import keyring
from intake.models import Event, PracticeHistory
from intake.private_file import key_file_text, write_new
from intake.recovery_sheet import Read, ReadLine, Sheet, read
from intake.typed_lines import Mistyped, from_line

LINE = re.compile(r"^\s*([A-Z]\d{1,2})\s+(\S.*)$")
SAID_OUT = "{out} holds every key. Print it, put the paper into a safe, and delete the file."
SAID_PRINTED = "Put the paper into a safe. Check it with `manage.py keys read-sheet --check`."
UNKNOWN = "The database does not answer, so the site does not know of this sheet."
ASKED = "Type each line, without its label. Enter alone where the paper has no such line."
WRITTEN = "Written: {path}. Delete every other copy that you typed. Next: `manage.py prepare`."
LIVE = (
    "Where keys are set in the environment, have it read that file, and take it out of this folder."
)


def add_arguments(sheet: ArgumentParser, read_sheet: ArgumentParser) -> None:
    sheet.add_argument(
        "--out", type=Path, metavar="FILE", help="a new file instead of the terminal; .html prints"
    )
    read_sheet.add_argument(
        "file", nargs="?", type=Path, help="what was typed, as text; else each line is asked for"
    )
    read_sheet.add_argument(
        "--out", type=Path, metavar="FILE", help="instead of the key file in DATA_DIR"
    )
    read_sheet.add_argument(
        "--check", action="store_true", help="write nothing; is it this machine's sheet?"
    )


def print_sheet(stdout: OutputWrapper, stderr: OutputWrapper, out: Path | None) -> None:
    made = current_sheet()
    if out is None:
        stdout.write("\n".join(made.parts()))
        stderr.write(SAID_PRINTED)
    else:
        write_new(out, as_file(made, out))
        stdout.write(SAID_OUT.format(out=out))
    try:
        facts = {"key": keyring().primary}
        PracticeHistory.objects.record(Event.Verb.SHEET_PRINTED, None, facts)
    except (DatabaseError, InterfaceError):  # a bad day is when it is printed most
        stderr.write(UNKNOWN)


def current_sheet() -> Sheet:
    others = {
        "INTAKE_EVENT_KEY": settings.INTAKE_EVENT_KEY,
        "INTAKE_INDEX_KEY": settings.INTAKE_INDEX_KEY,
        "INTAKE_THROTTLE_KEY": settings.INTAKE_THROTTLE_KEY,
        "SECRET_KEY": settings.SECRET_KEY.encode(),
    }
    return Sheet.of(settings.SITE_URL, timezone.localdate(), keyring(), others)


def as_file(made: Sheet, out: Path) -> str:
    if out.suffix not in (".html", ".htm"):
        return "\n".join(made.parts())
    return render_to_string("intake/recovery_sheet.html", {"parts": made.parts()})


def read_sheet(
    stdout: OutputWrapper, stderr: OutputWrapper, file: Path | None, out: Path | None, check: bool
) -> None:
    found = read(lines_of(file) if file else asking(stderr))
    for letter, name in found.names.items():
        stdout.write(f"{letter}   {name}")
    if check:
        compare(found)
        stdout.write("The paper is right: it holds the keys of this machine.")
        return
    path = out or settings.ENVIRONMENT.key_file
    write_new(path, key_file_text(found.as_settings()))
    stdout.write(WRITTEN.format(path=path))
    if not settings.ENVIRONMENT.local:
        stdout.write(LIVE)


def lines_of(file: Path) -> ReadLine:
    """What stands behind each label in a text, whatever else stands there."""
    try:
        text = file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read as text.") from error
    lines = (LINE.match(line) for line in text.splitlines())
    found = {match[1]: match[2] for match in lines if match}

    def line(label: str, must: bool) -> str:
        if must and label not in found:
            raise Mistyped(f"Line {label} is missing.")
        return found.get(label, "")

    return line


def asking(stderr: OutputWrapper) -> ReadLine:
    """At the terminal, as often as it takes."""
    stderr.write(ASKED)

    def line(label: str, must: bool) -> str:
        while typed := _typed(label) or must:
            try:
                if isinstance(typed, str):
                    from_line(label, typed)
                    return typed
                stderr.write(f"Line {label} is on every sheet.")
            except Mistyped as error:
                stderr.write(str(error))
        return ""

    return line


def _typed(label: str) -> str:
    try:
        return input(f"{label}: ").strip()
    except EOFError as error:
        raise CommandError("Nothing was written: the sheet ended too early.") from error


def compare(found: Read) -> None:
    """Raises CommandError where the paper holds other keys than this machine."""
    here = keyring()
    wrong = [
        name
        for name in ("INTAKE_EVENT_KEY", "INTAKE_INDEX_KEY", "INTAKE_THROTTLE_KEY")
        if (key := found.others.get(name)) and key != getattr(settings, name)
    ]
    if found.ring.primary != here.primary or not here.private.items() <= found.ring.private.items():
        wrong.insert(0, "INTAKE_PRIVATE_KEYS")
    if wrong:
        raise CommandError(
            f"The paper holds other keys than this machine: {', '.join(wrong)}. Print a new sheet."
        )
