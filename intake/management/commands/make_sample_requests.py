from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from intake import samples
from intake.progress import shown

MOST = 100_000


class Command(BaseCommand):
    help = "Makes practice data: requests of people who do not exist, removed in one step."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("n", nargs="?", type=int, default=40, help="how many (40)")
        parser.add_argument("--seed", type=int, default=samples.SEED, help="other people")
        parser.add_argument("--remove", action="store_true", help="remove all practice data")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove"]:
            self.stdout.write(f"Removed: {samples.remove()} requests.")
            return
        if not 0 < options["n"] <= MOST:
            raise CommandError(f"Make 1 to {MOST:,} of them.")
        count = samples.make(options["n"], staff(), seed=options["seed"], shown=shown)
        self.stdout.write(f"Made: {count} requests. Remove them with --remove, or in the inbox.")


def staff() -> list[User]:
    """Who did what was done with them: whoever may read requests."""
    reads = Q(user_permissions__codename="view_contactrequest") | Q(
        groups__permissions__codename="view_contactrequest"
    )
    found = User.objects.filter(reads | Q(is_superuser=True), is_active=True, is_staff=True)
    return list(found.distinct().order_by("pk"))
