"""A question before what cannot be taken back."""

import sys

from django.core.management.base import CommandError, OutputWrapper

NOBODY = "Nobody is there to be asked. Read what is said above, and say --yes to do it."


def ask(stdout: OutputWrapper, what: str, yes: bool) -> None:
    """Says it in any case. Raises CommandError unless someone types yes, or has said so before."""
    stdout.write(what)
    if yes:
        return
    if not sys.stdin.isatty():
        raise CommandError(NOBODY)
    if input("Go on? Type yes: ").strip().lower() != "yes":
        raise CommandError("Nothing was done.")
