import hmac

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from intake import encryption
from intake.encryption import Keyring, WrongKey
from intake.fields import BytesField


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
        key = self.filter(is_primary=True).first()
        if key is None:
            raise WrongKey(
                "No key is registered in this database yet. "
                "Run `manage.py prepare` where SURFACE is staff or all."
            )
        if key.fingerprint != keyring.primary:
            raise WrongKey(
                f"INTAKE_PUBLIC_KEYS starts with key {keyring.primary}, but this database was set "
                f"up with key {key}. Restore INTAKE_PUBLIC_KEYS from your recovery sheet."
            )
        return key

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


def _another(setting: str) -> str:
    return (
        f"{setting} is not the key this database was set up with. "
        "Restore it from your recovery sheet."
    )
