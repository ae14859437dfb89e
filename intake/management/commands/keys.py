from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from intake.models import Key


class Command(BaseCommand):
    help = "Shows the practice's keys, and what is sealed under each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["list"], help="list: one line for each key")

    def handle(self, *args: Any, **options: Any) -> None:
        for key in Key.objects.all():
            self.stdout.write(
                f"{key}  {key.state}  made {key.created_at:%Y-%m-%d}  "
                f"seals {key.identities.count()} identities, {key.words.count()} messages"
            )
        self.stdout.write(f"Keys: {Key.objects.count()}")
