import pytest

from intake import checks
from intake.encryption import keyring


def found() -> list[str]:
    return [f"{error.id} {error.msg}" for error in checks.keys_are_set() + checks.primary_opens()]


def test_a_site_with_its_keys_has_nothing_to_say():
    assert found() == []


@pytest.mark.parametrize(
    "name",
    [
        "INTAKE_PUBLIC_KEYS",
        "INTAKE_PRIVATE_KEYS",
        "INTAKE_INDEX_KEY",
        "INTAKE_EVENT_KEY",
        "INTAKE_THROTTLE_KEY",
    ],
)
def test_a_missing_key_is_named(settings, name):
    setattr(settings, name, [])
    assert f"intake.E001 {name} is not set." in found()


def test_the_public_side_needs_no_key_that_opens(settings):
    settings.SURFACE = "public"
    for name in ("INTAKE_PRIVATE_KEYS", "INTAKE_INDEX_KEY"):
        setattr(settings, name, [])
    assert found() == []
    settings.INTAKE_EVENT_KEY = None
    assert found() == ["intake.E001 INTAKE_EVENT_KEY is not set."]


@pytest.mark.parametrize("surface", ["public", "staff", "all"])
def test_each_side_counts_who_comes_how_often(settings, surface):
    settings.INTAKE_THROTTLE_KEY = None
    settings.SURFACE = surface
    assert found() == ["intake.E001 INTAKE_THROTTLE_KEY is not set."]


def test_a_private_key_of_another_pair_is_named(settings):
    settings.INTAKE_PRIVATE_KEYS = [b"o" * 32]
    assert found() == [
        "intake.E002 INTAKE_PRIVATE_KEYS does not hold the private half of the first of "
        f"INTAKE_PUBLIC_KEYS, key {keyring().primary}: nobody could read new requests."
    ]
