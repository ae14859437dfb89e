from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pages import starter


class Command(BaseCommand):
    help = "Writes the example practice into the database; what staff changed stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            written = starter.load(starter.read())
        except starter.StarterError as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self.stdout.write(f"Starter: {len(written)} written.")
