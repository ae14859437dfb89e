from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from intake import erasure_log, retention
from intake.models import Erasure
from intake.retention import Purged
from pages.models import Practice


class Command(BaseCommand):
    help = "Erases what has served its time. The worker does it by itself; this does it now."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--dry-run", action="store_true", help="say what is due, erase nothing")
        which.add_argument(
            "--replay", metavar="FILE", type=Path,
            help="erase again what this log of erasures names: after a backup was restored",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            return self.say_what_is_due()
        purged = self.replay(options["replay"]) if options["replay"] else retention.purge()
        Erasure.objects.write_down()
        self.stdout.write(f"Erased: words of {purged.words}, name and number of {purged.identity}.")
        return self.refuse_silence(purged)

    def say_what_is_due(self) -> None:
        due = retention.due(Practice.current().today())
        self.stdout.write(
            f"Due: words of {due.words}, name and number of {due.identity}. Held: {due.held}. "
            "Nothing was erased."
        )

    def replay(self, path: Path) -> Purged:
        try:
            lines = erasure_log.read(path)
        except erasure_log.Unreadable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Read: {len(lines)} erasures.")
        return retention.replay(lines)

    def refuse_silence(self, purged: Purged) -> None:
        if purged.failed:
            raise CommandError(f"Not erased: {purged.failed}. The log says why; run this again.")
