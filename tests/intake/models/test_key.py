import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.db import IntegrityError, transaction

from intake.encryption import WrongKey, keyring
from intake.models import Key

OTHER = X25519PrivateKey.from_private_bytes(b"o" * 32)
OTHER_PUBLIC = OTHER.public_key().public_bytes_raw()

pytestmark = pytest.mark.django_db


@pytest.fixture
def key() -> Key:
    return Key.objects.register_primary(keyring())


def complaint() -> str:
    with pytest.raises(WrongKey) as error:
        Key.objects.verify(keyring())
    return str(error.value)


def test_register_primary_writes_one_row_once(key):
    assert Key.objects.register_primary(keyring()) == key
    assert list(Key.objects.values_list("fingerprint", "is_primary")) == [(keyring().primary, True)]
    assert key.public == keyring().public[key.fingerprint]


def test_register_primary_never_replaces_a_key(key, settings):
    settings.INTAKE_PUBLIC_KEYS = [OTHER_PUBLIC]
    settings.INTAKE_PRIVATE_KEYS = [OTHER.private_bytes_raw()]
    with pytest.raises(WrongKey, match="this database was set up with key " + key.fingerprint):
        Key.objects.register_primary(keyring())
    assert Key.objects.count() == 1


def test_register_primary_keeps_nothing_where_the_private_half_is_missing(settings):
    settings.INTAKE_PRIVATE_KEYS = [OTHER.private_bytes_raw()]
    with pytest.raises(WrongKey, match="INTAKE_PRIVATE_KEYS does not hold the private half"):
        Key.objects.register_primary(keyring())
    assert Key.objects.count() == 0


def test_register_primary_is_for_the_staff_side(settings):
    settings.SURFACE = "public"
    with pytest.raises(WrongKey, match="where SURFACE is staff or all"):
        Key.objects.register_primary(keyring())
    assert Key.objects.count() == 0


def test_verify_gives_the_primary(key):
    assert Key.objects.verify(keyring()) == key


def test_verify_on_an_empty_table_says_to_prepare():
    assert complaint() == (
        "No key is registered in this database yet. "
        "Run `manage.py prepare` where SURFACE is staff or all."
    )


def test_verify_without_a_public_key_names_the_setting(key, settings):
    settings.INTAKE_PUBLIC_KEYS = []
    assert complaint() == "INTAKE_PUBLIC_KEYS is not set. Restore it from your recovery sheet."


def test_verify_with_another_public_key_names_both(key, settings):
    settings.INTAKE_PUBLIC_KEYS = [OTHER_PUBLIC, *settings.INTAKE_PUBLIC_KEYS]
    assert complaint() == (
        f"INTAKE_PUBLIC_KEYS starts with key {keyring().primary}, but this database was set up "
        f"with key {key}. Restore INTAKE_PUBLIC_KEYS from your recovery sheet."
    )


@pytest.mark.parametrize("surface", ["all", "staff"])
def test_verify_needs_the_private_key_where_requests_are_read(key, settings, surface):
    settings.SURFACE = surface
    settings.INTAKE_PRIVATE_KEYS = [OTHER.private_bytes_raw()]
    assert complaint() == (
        f"INTAKE_PRIVATE_KEYS does not hold the private half of key {key}. "
        "Restore it from your recovery sheet; a new one opens nothing that is stored."
    )


def test_verify_finds_a_probe_that_does_not_open(key):
    Key.objects.update(probe=key.probe[:-1] + bytes([key.probe[-1] ^ 1]))
    assert complaint() == (
        f"The key in INTAKE_PRIVATE_KEYS does not open the probe of key {key}: the row in the "
        "database was changed. Restore the database from a backup."
    )


@pytest.mark.parametrize("setting", ["INTAKE_EVENT_KEY", "INTAKE_INDEX_KEY"])
def test_verify_finds_another_event_or_index_key(key, settings, setting):
    setattr(settings, setting, b"n" * 32)
    assert complaint() == (
        f"{setting} is not the key this database was set up with. "
        "Restore it from your recovery sheet."
    )


@pytest.mark.parametrize("setting", ["INTAKE_EVENT_KEY", "INTAKE_INDEX_KEY"])
def test_verify_finds_a_missing_event_or_index_key(key, settings, setting):
    setattr(settings, setting, None)
    assert complaint().startswith(f"{setting} is not set. ")


def test_verify_on_the_public_side_needs_neither_private_nor_index_key(key, settings):
    settings.SURFACE, settings.INTAKE_PRIVATE_KEYS, settings.INTAKE_INDEX_KEY = "public", [], None
    assert Key.objects.verify(keyring()) == key
    settings.INTAKE_EVENT_KEY = b"n" * 32
    assert complaint().startswith("INTAKE_EVENT_KEY is not the key")


def test_there_is_one_primary(key):
    with pytest.raises(IntegrityError), transaction.atomic():
        Key.objects.create(
            fingerprint="f" * 16,
            public=OTHER_PUBLIC,
            probe=b"",
            event_probe=b"",
            index_probe=b"",
            is_primary=True,
        )
