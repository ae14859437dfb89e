from datetime import date

import pytest

from intake.encryption import Keyring, WrongKey, keyring, private_fingerprint, to_text
from intake.recovery_sheet import WIDTH, Sheet, TooMany, read
from intake.typed_lines import Mistyped, from_line, to_lines

OTHERS = {
    "INTAKE_EVENT_KEY": b"e" * 32,
    "INTAKE_INDEX_KEY": b"i" * 32,
    "INTAKE_THROTTLE_KEY": b"t" * 32,
    "SECRET_KEY": b"suite-" + b"k" * 50,
}
ON = date(2026, 11, 29)


def ring_of(keys: int) -> Keyring:
    return Keyring.of_private([bytes([n]) * 32 for n in range(1, keys + 1)])


def sheet_of(ring: Keyring) -> Sheet:
    return Sheet.of("https://practice.example", ON, ring, OTHERS)


def typed(sheet: Sheet, **changes: str):
    """As someone types it who leaves nothing out but what is changed to ''."""
    lines = {}
    for secret in sheet.secrets:
        lines |= to_lines(secret.letter, secret.content)
    return lambda label, must: {**lines, **changes}.get(label, "")


@pytest.mark.parametrize("keys", [1, 2, 8])
def test_typed_in_again_it_gives_the_same_keys(keys):
    ring = ring_of(keys)
    found = read(typed(sheet_of(ring)))
    assert (found.ring, found.others) == (ring, OTHERS)
    assert list(found.ring.private) == list(ring.private)
    expected = {name: to_text(key) for name, key in OTHERS.items()} | ring.as_settings()
    assert found.as_settings() == expected | {"SECRET_KEY": OTHERS["SECRET_KEY"].decode()}


def test_the_primary_s_private_half_stands_first():
    one, two = (bytes([n]) * 32 for n in (1, 2))
    ring = Keyring.of(list(Keyring.of_private([two]).public.values()), [one, two])
    first, second, *_ = sheet_of(ring).secrets
    assert (first.letter, first.content, second.content) == ("A", two, one)
    assert first.name == f"the primary, key {private_fingerprint(two)}"


def test_what_nothing_depends_on_may_be_left_out():
    found = read(typed(sheet_of(ring_of(1)), S1="", T1=""))
    assert set(found.others) == {"INTAKE_EVENT_KEY", "INTAKE_INDEX_KEY"}
    values = found.as_settings()
    assert values["INTAKE_EVENT_KEY"] == to_text(b"e" * 32)
    assert len(values["SECRET_KEY"]) > 50
    assert values["INTAKE_THROTTLE_KEY"] not in ("", to_text(b"t" * 32))


@pytest.mark.parametrize("label", ["A2", "V1", "X4", "S3"])
def test_a_mistyped_line_is_named(label):
    with pytest.raises(Mistyped, match=f"Line {label} is mistyped"):
        read(typed(sheet_of(ring_of(1)), **{label: "7QK4 M2XD 9F3C 71D0"}))


def test_without_the_primary_s_private_half_there_is_no_sheet():
    ring = Keyring.of(list(keyring().public.values()), [b"o" * 32])
    with pytest.raises(WrongKey, match=f"the private half of key {ring.primary}"):
        sheet_of(ring)


def test_more_keys_than_letters_are_refused():
    with pytest.raises(TooMany, match="There are 9 private keys, and a sheet takes 8"):
        sheet_of(ring_of(9))


def test_it_says_what_it_is_for_and_what_is_lost():
    parts = sheet_of(ring_of(2)).parts()
    head = parts[0]
    assert head.startswith("RECOVERY SHEET")
    assert "Printed on November 29, 2026." in head
    assert "manage.py keys read-sheet" in head
    titles = [part.splitlines()[1].split(",")[0] for part in parts[1:]]
    assert titles == [
        "A   INTAKE_PRIVATE_KEYS",
        "B   INTAKE_PRIVATE_KEYS",
        "V   INTAKE_EVENT_KEY",
        "X   INTAKE_INDEX_KEY",
        "T   INTAKE_THROTTLE_KEY",
        "S   SECRET_KEY",
    ]
    lost = [part for part in parts[1:] if "lost with it" in part.replace("\n    ", " ").lower()]
    assert lost == parts[1:]
    assert max(len(line) for part in parts for line in part.splitlines()) <= WIDTH


def test_each_line_of_it_passes_its_own_check():
    for secret in sheet_of(ring_of(1)).secrets:
        for label, text in to_lines(secret.letter, secret.content).items():
            assert f"    {label:4}  {text}" in secret.lines()
            assert from_line(label, text) in secret.content.ljust(64, b"\0")
