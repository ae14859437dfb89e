import hmac

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from intake import encryption
from intake.encryption import Keyring, WrongKey
from intake.fields import BytesField
from intake.models.event import Event
from intake.models.practice_history import PracticeHistory
from pages.models import SiteRevision


class StillInUse(Exception):  # noqa: N818  # a sentence, not a kind of error
    """This key cannot be retired or destroyed yet. The message says why, and what to do."""


class KeyManager(models.Manager["Key"]):
    def register_primary(self, keyring: Keyring) -> "Key":
        """Writes down the primary key of the settings, once. Safe to repeat.

        Raises WrongKey where the database already knows another, or the settings lack one.
        """
        with transaction.atomic():
            if settings.SURFACE != "public" and not self.exists():
                self.get_or_create(fingerprint=keyring.primary, defaults=self._facts(keyring))
            return self.verify(keyring)

    def verify(self, keyring: Keyring) -> "Key":
        """Raises WrongKey with a sentence that names the setting, unless every key is the one
        that this database was set up with."""
        key = self._registered(keyring)
        key.check_event_key()
        if settings.SURFACE != "public":
            key.check_private_key(keyring)
            key.check_index_key()
        return key

    def _registered(self, keyring: Keyring) -> "Key":
        if not keyring.primary:
            raise WrongKey("INTAKE_PUBLIC_KEYS is not set. Restore it from your recovery sheet.")
        primary = self.filter(is_primary=True).first()
        if primary is None:
            raise WrongKey(
                "No key is registered in this database yet. "
                "Run `manage.py prepare` where SURFACE is staff or all."
            )
        if keyring.primary == primary.fingerprint:
            return primary
        # While keys are rotated some machines begin with the new one and some with the old.
        known = self.filter(fingerprint=keyring.primary, retired_at=None).first()
        if known is None:
            raise WrongKey(
                f"INTAKE_PUBLIC_KEYS starts with key {keyring.primary}, but this database was set "
                f"up with key {primary}. Restore INTAKE_PUBLIC_KEYS from your recovery sheet."
            )
        return known

    def refuse_retired(self, keyring: Keyring) -> None:
        """Raises WrongKey where what is sealed now could be opened by nobody."""
        if self.filter(fingerprint=keyring.primary).exclude(retired_at=None).exists():
            raise WrongKey(
                f"Key {keyring.primary} is retired. Put the primary of `manage.py keys list` first "
                "in INTAKE_PUBLIC_KEYS, and restart."
            )

    def announce(self, keyring: Keyring) -> "Key":
        """Writes down the first key of a ring as one that may seal. Safe to repeat."""
        facts = {**self._facts(keyring), "is_primary": False}
        return self.get_or_create(fingerprint=keyring.primary, defaults=facts)[0]

    def promote(self, keyring: Keyring) -> "Key":
        """The first key of the ring, announced before, becomes the primary. Raises WrongKey."""
        with transaction.atomic():
            key = self._registered(keyring)
            key.check_private_key(keyring)
            if not key.is_primary:
                self.filter(is_primary=True).update(is_primary=False)
                self.filter(pk=key.pk).update(is_primary=True)
                PracticeHistory.objects.record(Event.Verb.KEY_ROTATED, None, {"key": key.pk})
        return self.get(pk=key.pk)

    def _facts(self, keyring: Keyring) -> dict[str, object]:
        if not keyring.primary:
            raise WrongKey("INTAKE_PUBLIC_KEYS is not set. Set it before `manage.py prepare`.")
        return {
            "public": keyring.public[keyring.primary],
            "probe": keyring.seal_probe(),
            "event_probe": encryption.event_key_probe(),
            "index_probe": encryption.index_key_probe(),
            "is_primary": True,
        }


class Key(models.Model):
    """A public key of the practice, and what shows that the secrets around it are right."""

    fingerprint = models.CharField(max_length=16, primary_key=True)
    public = BytesField()
    probe = BytesField()
    event_probe = BytesField()
    index_probe = BytesField()
    is_primary = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = KeyManager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_primary"],
                condition=models.Q(is_primary=True),
                name="key_one_primary",
            ),
            models.CheckConstraint(
                condition=models.Q(is_primary=False) | models.Q(retired_at=None),
                name="key_primary_not_retired",
            ),
        ]

    def __str__(self) -> str:
        return self.fingerprint

    @property
    def state(self) -> str:
        if self.is_primary:
            return "primary"
        return "retired" if self.retired_at else "known"

    @property
    def opens_alone(self) -> int:
        """How many requests have something that opens with no other key."""
        rows = self.identities.model._base_manager
        return int(rows.filter(models.Q(identity_key=self) | models.Q(words_key=self)).count())

    def refuse_loss(self, named: int) -> None:
        """Raises StillInUse unless just as many requests would be lost as whoever asks has named.

        Looks at every request, so it is never asked where something is locked.
        """
        count = self.opens_alone
        if named and count != named:
            raise StillInUse(f"You named {named:,} to lose; it is {count:,}. Nothing was done.")
        if count != named:
            raise StillInUse(
                f"{said(count)} only with key {self}. Restart the site and run `manage.py keys "
                f"reseal` first. To lose them for ever, say --lose {count}."
            )

    def retire(self, losing: int = 0) -> None:
        """Nothing may be sealed to it any more. Raises StillInUse while something is.

        The site revision rises, so that a process which still begins with it notices at its next
        send and takes nothing that nobody could open.
        """
        self.refuse_primary()
        self.refuse_loss(losing)
        with transaction.atomic():
            key = type(self).objects.select_for_update().get(pk=self.pk)
            key.refuse_primary()
            key.retired_at = key.retired_at or timezone.now()
            key.save(update_fields=["retired_at"])
            PracticeHistory.objects.record(Event.Verb.KEY_RETIRED, None, {"key": key.pk})
            SiteRevision.raise_()

    def refuse_primary(self) -> None:
        if self.is_primary:
            raise StillInUse(f"Key {self} is the primary. Make a new one first: keys rotate.")

    def take_back(self) -> None:
        """Not retired after all: something was sealed to it in the moment of retiring."""
        type(self).objects.filter(pk=self.pk).update(retired_at=None)
        SiteRevision.raise_()

    def refuse_destroying(self, losing: int = 0) -> None:
        """Raises StillInUse where it seals what is new, or what is stored."""
        self.refuse_primary()
        if self.retired_at is None:
            raise StillInUse(f"Key {self} is in use. Run `manage.py keys retire {self}` first.")
        self.refuse_loss(losing)

    def destroyed(self, losing: int = 0) -> None:
        """Its private half is no more on this machine. Leaves a line."""
        facts = {"key": self.pk, "lost": losing}
        PracticeHistory.objects.record(Event.Verb.KEY_DESTROYED, None, facts)

    def check_event_key(self) -> None:
        if not hmac.compare_digest(self.event_probe, encryption.event_key_probe()):
            raise WrongKey(_another("INTAKE_EVENT_KEY"))

    def check_index_key(self) -> None:
        if not hmac.compare_digest(self.index_probe, encryption.index_key_probe()):
            raise WrongKey(_another("INTAKE_INDEX_KEY"))

    def check_private_key(self, keyring: Keyring) -> None:
        if not keyring.opens_probe(self.fingerprint, self.probe):
            raise WrongKey(
                f"The key in INTAKE_PRIVATE_KEYS does not open the probe of key {self}: the row in "
                "the database was changed. Restore the database from a backup."
            )


def said(count: int) -> str:
    """ "1,204 requests open"."""
    return f"{count:,} request opens" if count == 1 else f"{count:,} requests open"


def _another(setting: str) -> str:
    return (
        f"{setting} is not the key this database was set up with. "
        "Restore it from your recovery sheet."
    )
