from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from intake.backup.fitness import NotRestored
from intake.backup.restoring import Restored, restore

ROTATE = (
    "The backup is older than your newest key. After the start: `manage.py keys rotate`, so that "
    "all is sealed to it."
)


class Command(BaseCommand):
    help = "Restores a backup into an empty database, and erases again what was erased since."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the backup")
        parser.add_argument(
            "--identity", type=Path, required=True, metavar="FILE",
            help="the secret key that opens it, as --new-identity or age-keygen wrote it",
        )  # fmt: skip
        which = parser.add_mutually_exclusive_group()
        which.add_argument(
            "--erasures", type=Path, action="append", default=[], metavar="FILE",
            help="the newest log of erasures; more than once where several machines erased. Those "
            "beside the backup and in DATA_DIR are read by themselves",
        )  # fmt: skip
        which.add_argument(
            "--no-erasures", action="store_true", help="the log is lost: erase nothing again"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        logs = None if options["no_erasures"] else options["erasures"]
        try:
            self.say(restore(options["file"], options["identity"], logs))
        except NotRestored as error:
            raise CommandError(str(error)) from error

    def say(self, restored: Restored) -> None:
        manifest = restored.manifest
        self.stdout.write(f"Restored: the database of {manifest.made_at[:16]} (UTC).")
        self.stdout.write(f"Erased again: {restored.again} requests.")
        if restored.rotate:
            self.stdout.write(ROTATE)
        self.stdout.write("Now `manage.py prepare`, `manage.py verify_data`, and start the site.")
