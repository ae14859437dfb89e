import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from intake import rotation
from intake.encryption import Keyring, WrongKey, generate_secrets, keyring
from intake.models import Key
from intake.models.key import StillInUse

HELP = """list: one line for each key;
make: new values for a site without data;
rotate: a new key, and what is stored sealed to it;
reseal: what is still under an older key, sealed to the newest;
retire: says that a key is used no more, so that it can be destroyed"""
# A send that was under way while a key was retired is over by then.
A_SEND = 2.0
TO_SET = "Set these on every machine, restart, and run `manage.py keys rotate` again:"
RESTART = "Restart the site, then run `manage.py keys reseal` and `manage.py keys retire {key}`."
DESTROY = (
    "Key {key} is retired. Destroy its private half wherever it is: in INTAKE_PRIVATE_KEYS, on the "
    "recovery sheet, in every copy. What was purged before opens nowhere then, and no backup that "
    "is older than the rotation does."
)


class Command(BaseCommand):
    help = "Shows the practice's keys and what is sealed under each, makes and changes them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = ["list", "make", "rotate", "reseal", "retire"]
        parser.add_argument("verb", choices=verbs, help=HELP)
        parser.add_argument("key", nargs="?", default="", help="for retire: which, as list shows")

    def handle(self, *args: Any, verb: str, key: str, **options: Any) -> None:
        try:
            if verb == "retire":
                self.retire(key)
            else:
                {"list": self.list, "make": self.make, "rotate": self.rotate,
                 "reseal": self.reseal}[verb]()  # fmt: skip
        except (WrongKey, StillInUse) as error:
            raise CommandError(str(error)) from error

    def make(self) -> None:
        """Stores nothing: whoever runs it decides where the keys are kept."""
        self.say(generate_secrets())
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

    def rotate(self) -> None:
        """Goes on where an earlier one was stopped, before it makes another key."""
        ring = keyring()
        key = Key.objects.verify(ring)
        if key.is_primary and not rotation.to_reseal(ring):
            ring = ring.with_new_primary()
            Key.objects.announce(ring)
            if not settings.ENVIRONMENT.replace_in_key_file(ring.as_settings()):
                self.stderr.write(TO_SET)
                return self.say(ring.as_settings())
            self.stdout.write(f"New key {ring.primary}, in {settings.ENVIRONMENT.key_file.name}.")
        return self.finish(ring)

    def finish(self, ring: Keyring) -> None:
        before = Key.objects.get(is_primary=True)
        key = Key.objects.promote(ring)
        self.stdout.write(f"Primary: {key}.")
        self.say_resealed(rotation.reseal(ring))
        if before != key:
            self.stdout.write(RESTART.format(key=before))

    def reseal(self) -> None:
        ring = keyring()
        Key.objects.verify(ring)
        self.say_resealed(rotation.reseal(ring))

    def retire(self, name: str) -> None:
        key = Key.objects.filter(pk=name).first()
        if key is None:
            raise CommandError(f"There is no key {name or 'without a name'}. See keys list.")
        key.retire()
        time.sleep(A_SEND)
        if key.seals:
            key.take_back()
            raise StillInUse(f"A process still seals to key {key}. Restart all of them first.")
        settings.ENVIRONMENT.replace_in_key_file(keyring().without(key.pk).as_settings())
        self.stdout.write(DESTROY.format(key=key))

    def say(self, values: dict[str, str]) -> None:
        for name, text in values.items():
            self.stdout.write(f"{name}={text}")

    def say_resealed(self, result: rotation.Resealed) -> None:
        self.stdout.write(f"Sealed anew: {result.done} row keys.")
        if result.left:
            raise CommandError(
                f"{result.left} row keys do not open on this machine and stay as they are."
            )
