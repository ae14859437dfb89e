"""From SQLite to PostgreSQL, with everything."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from practice_site.moving import NotMoved, move

NEXT = (
    "Set DATABASE_URL to it, run `manage.py prepare` and `manage.py verify_data`, and start the "
    "site. Then remove the old database: what is erased from now on is not erased there."
)


class Command(BaseCommand):
    help = "Copies everything into an empty PostgreSQL database. The old one stays as it is."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to", required=True, metavar="DATABASE_URL",
            help="postgres://user:password@host:5432/name",
        )  # fmt: skip

    def handle(self, *args: Any, to: str, **options: Any) -> None:
        try:
            moved = move(to, self.say)
        except NotMoved as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(
                f"Nothing was moved: the new database says {str(error).strip()}. Mend that, and "
                "run this again."
            ) from error
        self.stdout.write(f"Moved: {moved.rows:,} rows of {moved.tables} tables, all counted.")
        self.stdout.write(NEXT)

    def say(self, table: str, rows: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"{table}: {rows:,}")
