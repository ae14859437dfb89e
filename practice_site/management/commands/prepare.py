"""Everything a site needs before it serves. Safe to repeat."""

import hashlib
import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, connection

import practice_site.storage
from intake.backup import unfinished
from intake.encryption import WrongKey, generate_secrets, keyring, new_throttle_key
from intake.models import Key, OutcomeText, Referral
from pages.models import last_known
from practice_site.env import KEY_FILE_NAME
from practice_site.roles import hide_factors, make_roles
from practice_site.sign_in.links import first_account_link


class Command(BaseCommand):
    help = "Prepares the site: keys, database, roles, starter content, static files, first account."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-starter",
            action="store_true",
            help="Leave out the content of the example practice.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        make_private_folder(settings.DATA_DIR)
        if not settings.ENVIRONMENT.secrets:
            self.make_keys()
        if "SECRET_KEY" not in settings.ENVIRONMENT.secrets:
            raise CommandError("SECRET_KEY is not set. Restore it from where your keys are kept.")
        if not settings.INTAKE_THROTTLE_KEY:
            self.add_throttle_key()
        self.migrate()
        hide_factors()
        self.register_keys()
        make_roles()
        OutcomeText.objects.begin()
        if not options["no_starter"]:
            call_command("load_starter", verbosity=0)
            Referral.objects.begin()
        collect_static_files()
        last_known.keep()
        if settings.SURFACE != "public":
            self.say_first_link()

    def make_keys(self) -> None:
        """Writes the key file of a local site, then starts again so that the settings hold it."""
        if not settings.ENVIRONMENT.local:
            raise CommandError(
                "SECRET_KEY and the INTAKE_ keys are not set. Make them once with "
                "`manage.py keys make`, keep a copy outside this machine, and set them."
            )
        if self.database_has_keys():
            raise CommandError(
                "The keys of this site are not set, and its database was sealed with some. "
                f"Put {KEY_FILE_NAME} back into DATA_DIR, or set the keys. New ones open nothing."
            )
        path = settings.DATA_DIR / KEY_FILE_NAME
        write_private_file(path, key_file_text(generate_secrets()))
        self.stdout.write(f"Keys made: {path.name} in DATA_DIR. Keep a copy somewhere safe.")
        self.start_again()

    def add_throttle_key(self) -> None:
        """For a site from before there was one. A new one loses nothing."""
        path = settings.DATA_DIR / KEY_FILE_NAME
        if not path.exists():
            raise CommandError(
                "INTAKE_THROTTLE_KEY is not set. Set it to one of those that `manage.py keys make` "
                "prints: nothing that is stored depends on it."
            )
        add_to_private_file(path, f"INTAKE_THROTTLE_KEY={new_throttle_key()}\n")
        self.start_again()

    def start_again(self) -> None:
        """So that the settings hold what was written."""
        self.stdout.flush()
        os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606  # ourselves, again

    def database_has_keys(self) -> bool:
        with database_answers():
            known = Key._meta.db_table in connection.introspection.table_names()
            return known and Key.objects.exists()

    def migrate(self) -> None:
        with database_answers():
            if unfinished.is_marked():
                raise CommandError(unfinished.NOT_SERVED)
            call_command("migrate", interactive=False, verbosity=0)

    def register_keys(self) -> None:
        try:
            Key.objects.register_primary(keyring())
        except WrongKey as error:
            raise CommandError(str(error)) from error

    def say_first_link(self) -> None:
        link = first_account_link(settings.STAFF_URL)
        if link:
            self.stdout.write(
                f"First staff account: open this link once, within an hour, and set a password and "
                f"a second factor:\n"
                f"  {link}"
            )


@contextmanager
def database_answers() -> Iterator[None]:
    """Turns an absent, full or read-only database into a sentence that says what to look at."""
    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        if not last_known.database_is_away(error):
            raise
        raise CommandError(
            f"The database cannot be reached or written ({str(error).strip()}). Check "
            "DATABASE_URL, that the server runs, and that the disk has room."
        ) from error


def collect_static_files() -> None:
    """Collects and compresses, unless nothing changed since: compressing takes seconds."""
    stamp = settings.STATIC_ROOT / ".collected"
    found = static_sources_digest()
    if not stamp.exists() or stamp.read_text() != found:
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(found)


def static_sources_digest() -> str:
    """Of every source file's place, size and time of change, and of what puts them together."""
    sources = [storage.path(name) for finder in get_finders() for name, storage in finder.list([])]
    files = [Path(source).stat() for source in [*sorted(sources), practice_site.storage.__file__]]
    facts = [sorted(sources), [(each.st_size, each.st_mtime_ns) for each in files]]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def make_private_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_private_file(path: Path, text: str) -> None:
    """A new file that only its owner can read. Never writes over one that is there."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CommandError(f"{path} cannot be written ({error.strerror}).") from error
    with os.fdopen(handle, "w") as file:
        file.write(text)


def add_to_private_file(path: Path, text: str) -> None:
    try:
        apart = "" if path.read_text().endswith("\n") else "\n"  # someone may have edited it
        with path.open("a") as file:
            file.write(apart + text)
    except OSError as error:
        raise CommandError(f"{path} cannot be written ({error.strerror}).") from error


def key_file_text(secrets: dict[str, str]) -> str:
    lines = [f"{name}={text}" for name, text in secrets.items()]
    return "\n".join(["# The keys of this site. Losing them loses every request.", *lines, ""])
