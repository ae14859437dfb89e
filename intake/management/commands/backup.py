from argparse import SUPPRESS
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from intake.backup import age
from intake.backup.making import Made, NotMade, make
from intake.models import Backup


class Command(BaseCommand):
    help = "Writes an encrypted copy of the database to BACKUP_DIR. The worker does it each night."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--new-identity",
            action="store_true",
            help="print a new pair of keys for backups, and make none",
        )
        parser.add_argument("--night", type=date.fromisoformat, help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new_identity"]:
            return self.say_new_identity()
        night = options["night"]
        row = Backup.objects.filter(night=night).first() if night else None
        try:
            made = make(row)
        except NotMade as error:
            raise CommandError(str(error)) from error
        if not night:
            self.say(made)
        return None

    def say_new_identity(self) -> None:
        self.stdout.write(age.new_identity(), ending="")
        self.stderr.write(
            "Keep this away from this machine and from its backups, on paper too: without it no "
            "backup opens. Set BACKUP_RECIPIENT to the public key."
        )

    def say(self, made: Made) -> None:
        self.stdout.write(f"Backup: {made.path} ({made.size / 1024**2:.1f} MB).")
        self.stdout.write(f"Newest anchor: {made.anchor or 'none yet'}.")
        if made.removed:
            self.stdout.write(f"Removed, too old: {made.removed}.")
