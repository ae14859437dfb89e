"""Every request, every edition, every history: after a restore or a move."""

import sys
from argparse import SUPPRESS
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, InterfaceError

from intake.backup.database import away
from intake.encryption import WrongKey, keyring
from intake.models import Key
from practice_site import whole

WRONG_KEY = 3


class Command(BaseCommand):
    help = (
        "Opens every request, shows every edition and goes over every history, and says how many. "
        "Exit status: 0 all is whole, 1 something is not, 3 not the keys of this database."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--erased", type=UUID, help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            Key.objects.verify(keyring())
        except WrongKey as error:
            raise CommandError(str(error), returncode=WRONG_KEY) from error
        except (DatabaseError, InterfaceError) as error:
            raise CommandError(away(error)) from error
        found = whole.look(options["erased"])
        for problem in found.problems:
            self.stdout.write(problem)
        self.stdout.write(
            f"Requests that open: {found.requests}. Erased, and not one opens: {found.erased}. "
            f"Editions that show: {found.editions}. Events: {found.events}."
        )
        if found.problems:
            self.stderr.write(f"Problems: {len(found.problems)}.")
            sys.exit(1)
