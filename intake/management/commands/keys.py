from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from intake.encryption import generate_secrets
from intake.models import Key


class Command(BaseCommand):
    help = "Shows the practice's keys and what is sealed under each, or makes new ones to set."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "verb",
            choices=["list", "make"],
            help="list: one line for each key; make: new values for a site without data",
        )

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        if verb == "make":
            self.make()
        else:
            self.list()

    def make(self) -> None:
        """Stores nothing: whoever runs it decides where the keys are kept."""
        for name, text in generate_secrets().items():
            self.stdout.write(f"{name}={text}")
        self.stderr.write(
            "Keep a copy away from this machine. What is sealed to them opens with nothing else."
        )

    def list(self) -> None:
        for key in Key.objects.all():
            self.stdout.write(
                f"{key}  {key.state}  made {key.created_at:%Y-%m-%d}  "
                f"seals {key.identities.count()} identities, {key.words.count()} messages"
            )
        self.stdout.write(f"Keys: {Key.objects.count()}")
