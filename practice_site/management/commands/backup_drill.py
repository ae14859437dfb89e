"""Does the newest backup bring the site back? Without touching the site."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, InterfaceError

from intake.backup import kept
from intake.backup.database import away
from intake.backup.making import NotMade, make
from practice_site.drill import NotHeld, drill

HELD = "The drill held. Vouch for it in the staff site, under Readiness."


class Command(BaseCommand):
    help = "Makes a backup, restores it into a place of its own, looks at all of it, removes it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--identity", type=Path, required=True, metavar="FILE",
            help="the secret key that opens backups; bring it, and take it away again",
        )  # fmt: skip
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--newest", action="store_true", help="the newest there is: make none")
        which.add_argument("--backup", type=Path, metavar="FILE", help="this one: make none")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            backup = options["backup"] or (newest() if options["newest"] else make().path)
            self.stdout.write(f"Backup: {backup}.")
            for line in drill(backup, options["identity"]):
                self.stdout.write(line)
        except (NotMade, NotHeld) as error:
            raise CommandError(str(error)) from error
        except (DatabaseError, InterfaceError) as error:
            raise CommandError(away(error)) from error
        self.stdout.write(HELD)


def newest() -> Path:
    files = kept.files()
    if not files:
        raise CommandError("There is no backup in BACKUP_DIR. Leave out --newest to make one.")
    return files[0].path
