"""A one-time link for a member of staff."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from practice_site.sign_in import links


class Command(BaseCommand):
    help = "Prints a one-time link: with it someone sets a password and a second factor."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="The user name of the account.")
        parser.add_argument(
            "--lost",
            action="store_true",
            help="The second factor is lost: take it, the recovery codes and the password away.",
        )

    def handle(self, *args: Any, user: str, lost: bool, **options: Any) -> None:
        account = User.objects.filter(username=user, is_active=True, is_staff=True).first()
        if account is None:
            raise CommandError(f"There is no active staff account called {user}.")
        link = settings.STAFF_URL + links.make(account, by=None, lost=lost)
        self.stdout.write(f"Give this link to {user}. It opens once, within an hour:\n  {link}")
