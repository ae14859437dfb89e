import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError

from intake import rotation
from intake.encryption import Keyring, WrongKey, generate_secrets, keyring
from intake.key_life import before_destroying, before_retiring
from intake.management import sheets
from intake.management.asking import ask
from intake.models import Key
from intake.models.key import StillInUse
from intake.private_file import NotWritten
from intake.recovery_sheet import TooMany
from intake.typed_lines import Mistyped
from pages.models.last_known import database_is_away

HELP = {
    "list": "one line for each key, and what is sealed under it",
    "make": "new values for a site without data",
    "rotate": "a new key, and what is stored sealed to it; goes on where it was stopped",
    "reseal": "what is still under an older key, sealed to the newest",
    "retire": "says that a key seals no more, so that it can be destroyed",
    "destroy": "takes a retired key's private half away for good",
    "sheet": "the recovery sheet, to print and to keep in a safe",
    "read-sheet": "a recovery sheet typed in again, as the key file",
}
# A send that was under way while a key was retired is over by then.
A_SEND = 2.0
TO_SET = "Set these on every machine, restart, and run `manage.py keys rotate` again:"
RESTART = (
    "Restart the site, then run `manage.py keys reseal` and `manage.py keys retire {key}`. Print a "
    "new recovery sheet: `manage.py keys sheet`."
)
RETIRED = (
    "Key {key} is retired. Destroy it when no backup from before today is needed any more: "
    "`manage.py keys destroy {key}`."
)
TAKE_OUT = (
    "Key {key} is not in {file}, so take it out where it is set: it is number {number} in "
    "INTAKE_PRIVATE_KEYS and, where it still stands there, the same key in INTAKE_PUBLIC_KEYS. "
    "Restart, and run this again."
)
DESTROYED = (
    "Key {key} is destroyed on this machine. Destroy every copy: on other machines, and the "
    "recovery sheets that hold it."
)
NOT_HERE = "Keys are made and changed where SURFACE is staff or all. This machine holds none."
AWAY = "The database does not answer. Check DATABASE_URL and that the server runs."
STOPPED = "Stopped. What is done stays done: run the same again to go on."

Counts = list[rotation.Count]


class Command(BaseCommand):
    help = "Shows the practice's keys and what is sealed under each, makes and changes them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        parsers = {verb: verbs.add_parser(verb, help=text) for verb, text in HELP.items()}
        for verb in ("rotate", "reseal"):
            parsers[verb].add_argument("--check", action="store_true", help="count, change nothing")
        for verb in ("retire", "destroy"):
            parsers[verb].add_argument("key", help="as list shows it")
            parsers[verb].add_argument("--yes", action="store_true", help="do not ask")
            parsers[verb].add_argument(
                "--lose", type=int, default=0, metavar="N", help="lose N requests for ever"
            )
        sheets.add_arguments(parsers["sheet"], parsers["read-sheet"])

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        if settings.SURFACE == "public" and verb != "list":
            raise CommandError(NOT_HERE)
        try:
            getattr(self, verb.replace("-", "_"))(**options)
        except (WrongKey, StillInUse, NotWritten, TooMany, Mistyped) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            file = settings.ENVIRONMENT.key_file
            raise CommandError(f"{file} cannot be written ({error.strerror}).") from error
        except (DatabaseError, InterfaceError) as error:
            if not database_is_away(error):
                raise
            raise CommandError(AWAY) from error
        except KeyboardInterrupt as error:
            raise CommandError(STOPPED) from error

    def make(self, **_: Any) -> None:
        """Stores nothing: whoever runs it decides where the keys are kept."""
        self.say(generate_secrets())
        self.stderr.write(
            "Keep a copy away from this machine. What is sealed to them opens with nothing else."
        )

    def list(self, **_: Any) -> Counts:
        found = rotation.counts(keyring())
        for each in found:
            self.stdout.write(
                f"{each.key}  {each.key.state}  made {each.key.created_at:%Y-%m-%d}  "
                f"seals {each.identity:,} identities, {each.words:,} messages"
                f"{'' if each.opens else '  not on this machine'}"
            )
        self.stdout.write(f"Keys: {len(found)}")
        return found

    def count(self) -> None:
        """Changes nothing. Leaves with status 1 where something may not open, or not for long."""
        if keys := ", ".join(str(each.key) for each in self.list() if each.is_trouble):
            raise CommandError(
                f"Something is sealed under a key that is retired or missing: {keys}."
            )

    def rotate(self, check: bool, **_: Any) -> None:
        """Goes on where an earlier one was stopped, before it makes another key."""
        if check:
            return self.count()
        ring = keyring()
        key = Key.objects.verify(ring)
        if key.is_primary and not rotation.is_unfinished(ring):
            ring = ring.with_new_primary()
            Key.objects.announce(ring)
            if not settings.ENVIRONMENT.replace_in_key_file(ring.as_settings()):
                self.stderr.write(TO_SET)
                return self.say(ring.as_settings())
            self.stdout.write(f"New key {ring.primary}, in {settings.ENVIRONMENT.key_file.name}.")
        return self.finish(ring)

    def finish(self, ring: Keyring) -> None:
        before = Key.objects.get(is_primary=True)
        key = Key.objects.promote(ring)
        self.stdout.write(f"Primary: {key}.")
        self.say_resealed(rotation.reseal(ring))
        if before != key:
            self.stdout.write(RESTART.format(key=before))

    def reseal(self, check: bool, **_: Any) -> None:
        if check:
            return self.count()
        ring = keyring()
        Key.objects.verify(ring)
        return self.say_resealed(rotation.reseal(ring))

    def retire(self, key: str, lose: int, yes: bool, **_: Any) -> None:
        found = self.find(key)
        found.refuse_primary()
        found.refuse_loss(lose)
        ask(self.stdout, before_retiring(found, lose), yes)
        found.retire(lose)
        time.sleep(A_SEND)
        if found.opens_alone > lose:
            found.take_back()
            raise StillInUse(f"A process still seals to key {key}. Restart all of them first.")
        self.stdout.write(RETIRED.format(key=key))

    def destroy(self, key: str, lose: int, yes: bool, **_: Any) -> None:
        found, ring, environment = self.find(key), keyring(), settings.ENVIRONMENT
        found.refuse_destroying(lose)
        ask(self.stdout, before_destroying(found, lose), yes)
        taken = environment.replace_in_key_file(ring.without(key).as_settings())
        if not taken and key in ring.private:
            number = [*ring.private].index(key) + 1
            file = environment.key_file.name
            raise CommandError(TAKE_OUT.format(key=key, number=number, file=file))
        found.destroyed(lose)
        self.stdout.write(DESTROYED.format(key=key))

    def sheet(self, out: Path | None, **_: Any) -> None:
        sheets.print_sheet(self.stdout, self.stderr, out)

    def read_sheet(self, file: Path | None, out: Path | None, check: bool, **_: Any) -> None:
        sheets.read_sheet(self.stdout, self.stderr, file, out, check)

    def find(self, name: str) -> Key:
        key = Key.objects.filter(pk=name).first()
        if key is None:
            raise CommandError(f"There is no key {name}. See keys list.")
        return key

    def say(self, values: dict[str, str]) -> None:
        for name, text in values.items():
            self.stdout.write(f"{name}={text}")

    def say_resealed(self, result: rotation.Resealed) -> None:
        self.stdout.write(f"Sealed anew: {result.done:,} row keys.")
        if result.left:
            raise CommandError(
                f"{result.left:,} row keys do not open on this machine and stay as they are."
            )
