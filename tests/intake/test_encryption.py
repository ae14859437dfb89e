from base64 import urlsafe_b64decode

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from hypothesis import given
from hypothesis import strategies as st

from intake import encryption
from intake.encryption import Keyring, RowKey, SealBroken, WrongKey

PLACE = ("intake_contactrequest", "message", "7b0f")
ROW = ("intake_contactrequest", "7b0f", "words")


def pair() -> tuple[bytes, bytes]:
    private = X25519PrivateKey.generate()
    return private.public_key().public_bytes_raw(), private.private_bytes_raw()


@pytest.fixture
def ring() -> Keyring:
    public, private = pair()
    return Keyring.of([public], [private])


@given(st.text())
def test_row_key_opens_what_it_sealed(text):
    key = RowKey.new()
    assert key.open(key.seal(text, *PLACE), *PLACE) == text


def test_row_key_seals_the_same_text_differently_each_time():
    key = RowKey.new()
    assert key.seal("words", *PLACE) != key.seal("words", *PLACE)


@pytest.mark.parametrize("n", range(3))
def test_row_key_refuses_another_table_column_or_row(n):
    key = RowKey.new()
    sealed = key.seal("words", *PLACE)
    moved = [*PLACE[:n], "other", *PLACE[n + 1 :]]
    with pytest.raises(SealBroken):
        key.open(sealed, *moved)


def test_row_key_tells_places_apart_whose_names_join_to_the_same():
    key = RowKey.new()
    sealed = key.seal("words", "ab", "c", "d")
    with pytest.raises(SealBroken):
        key.open(sealed, "a", "bc", "d")


def test_row_key_refuses_another_key():
    with pytest.raises(SealBroken):
        RowKey.new().open(RowKey.new().seal("words", *PLACE), *PLACE)


@given(st.data())
def test_row_key_refuses_a_changed_byte(data):
    key = RowKey.new()
    sealed = bytearray(key.seal("words", *PLACE))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        key.open(bytes(sealed), *PLACE)


@pytest.mark.parametrize("length", [0, 1, 5, 13, 40])
def test_row_key_refuses_a_cut_value(length):
    key = RowKey.new()
    with pytest.raises(SealBroken):
        key.open(key.seal("words", *PLACE)[:length], *PLACE)


def test_row_key_hides_the_length_of_short_texts():
    key = RowKey.new()
    lengths = {len(key.seal("x" * n, *PLACE)) for n in range(64)}
    assert lengths == {1 + 12 + 64 + 16}


def test_row_key_never_shows_itself():
    key = RowKey(b"k" * 32)
    assert [repr(key), str(key), f"{key!r}"] == ["<row key>"] * 3


def test_keyring_opens_a_row_key_it_sealed(ring):
    key = RowKey.new()
    sealed = ring.seal_row_key(key, *ROW)
    opened = ring.open_row_key(ring.primary, sealed, *ROW)
    assert opened.open(key.seal("words", *PLACE), *PLACE) == "words"


@pytest.mark.parametrize("n", range(3))
def test_keyring_refuses_a_row_key_of_another_table_row_or_purpose(ring, n):
    sealed = ring.seal_row_key(RowKey.new(), *ROW)
    moved = [*ROW[:n], "other", *ROW[n + 1 :]]
    with pytest.raises(SealBroken):
        ring.open_row_key(ring.primary, sealed, *moved)


def test_keyring_binds_the_context_in_hpke_itself(ring):
    """Opened with the library alone: the place is HPKE's `info`, not something beside it."""
    sealed = ring.seal_row_key(RowKey(b"k" * 32), *ROW)
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    private = X25519PrivateKey.from_private_bytes(ring.private[ring.primary])
    info = b'["secure-base",1,"row key","intake_contactrequest","7b0f","words"]'
    assert suite.decrypt(sealed[1:], private, info=info) == b"k" * 32
    with pytest.raises(InvalidTag):
        suite.decrypt(sealed[1:], private, info=info + b" ")


@pytest.mark.parametrize("length", [0, 1, 20, 33, 60])
def test_keyring_refuses_a_cut_row_key(ring, length):
    sealed = ring.seal_row_key(RowKey.new(), *ROW)[:length]
    with pytest.raises(SealBroken):
        ring.open_row_key(ring.primary, sealed, *ROW)


def test_keyring_with_public_keys_alone_seals_and_opens_nothing(ring):
    sealing = Keyring.of(list(ring.public.values()), [])
    sealed = sealing.seal_row_key(RowKey.new(), *ROW)
    with pytest.raises(WrongKey) as error:
        sealing.open_row_key(ring.primary, sealed, *ROW)
    assert str(error.value) == (
        f"INTAKE_PRIVATE_KEYS does not hold the private half of key {ring.primary}. "
        "Restore it from your recovery sheet; a new one opens nothing that is stored."
    )


def test_keyring_without_keys_says_which_setting():
    with pytest.raises(WrongKey, match=r"^INTAKE_PUBLIC_KEYS is not set"):
        Keyring.of([], []).seal_row_key(RowKey.new(), *ROW)


def test_keyring_takes_the_first_public_key_as_primary():
    (first, _), (second, _) = pair(), pair()
    assert Keyring.of([first, second], []).primary == encryption.fingerprint(first)


def test_keyring_opens_with_a_retired_private_key_whose_public_half_is_gone():
    old, new = pair(), pair()
    before = Keyring.of([old[0]], [old[1]])
    sealed = before.seal_row_key(RowKey.new(), *ROW)
    after = Keyring.of([new[0]], [new[1], old[1]])
    assert repr(after.open_row_key(before.primary, sealed, *ROW)) == "<row key>"


def test_keyring_follows_the_settings(settings):
    first = encryption.keyring().primary
    public, private = pair()
    settings.INTAKE_PUBLIC_KEYS, settings.INTAKE_PRIVATE_KEYS = [public], [private]
    assert encryption.keyring().primary == encryption.fingerprint(public) != first


def test_keyring_shows_no_key(ring):
    shown = repr(ring)
    assert [key.hex() for key in ring.private.values() if key.hex() in shown] == []
    assert repr(next(iter(ring.private.values()))) not in shown


def test_fingerprint_is_sixteen_hexadecimal_characters():
    assert encryption.fingerprint(bytes(32)) == "8409c43c980190ff"


def test_generate_secrets_makes_what_the_settings_read():
    made = encryption.generate_secrets()
    assert list(made) == [
        "SECRET_KEY",
        "INTAKE_PUBLIC_KEYS",
        "INTAKE_PRIVATE_KEYS",
        "INTAKE_INDEX_KEY",
        "INTAKE_EVENT_KEY",
        "INTAKE_THROTTLE_KEY",
    ]
    keys = {name: urlsafe_b64decode(text + "=") for name, text in list(made.items())[1:]}
    assert {len(key) for key in keys.values()} == {32}
    private = X25519PrivateKey.from_private_bytes(keys["INTAKE_PRIVATE_KEYS"])
    assert private.public_key().public_bytes_raw() == keys["INTAKE_PUBLIC_KEYS"]
    assert len(made["SECRET_KEY"]) >= 50


def test_generate_secrets_never_makes_the_same_twice():
    first, second = encryption.generate_secrets(), encryption.generate_secrets()
    assert set(first.values()) & set(second.values()) == set()


@pytest.mark.parametrize(
    ("setting", "work"),
    [
        ("INTAKE_EVENT_KEY", lambda: encryption.event_mac(b"")),
        ("INTAKE_EVENT_KEY", lambda: encryption.receipt_hash("code")),
        ("INTAKE_EVENT_KEY", lambda: encryption.event_key_probe()),
        ("INTAKE_INDEX_KEY", lambda: encryption.phone_index("5035550142")),
        ("INTAKE_INDEX_KEY", lambda: encryption.email_index("a@b.example")),
        ("INTAKE_THROTTLE_KEY", lambda: encryption.throttle_key("2026-11-24", "send")),
    ],
)
def test_keyed_hashes_follow_their_setting_and_name_it_when_it_is_missing(settings, setting, work):
    before = work()
    setattr(settings, setting, b"another key of thirty-two bytes.")
    assert work() != before
    setattr(settings, setting, None)
    with pytest.raises(WrongKey, match=f"^{setting} is not set"):
        work()


def test_nothing_is_derived_from_secret_key(settings):
    def all_of_them() -> list[bytes | None]:
        return [
            encryption.event_mac(b"x"),
            encryption.receipt_hash("x"),
            encryption.phone_index("5035550142"),
            encryption.send_key_hash(b"k" * 32),
            encryption.reply_public("x"),
        ]

    before = all_of_them()
    settings.SECRET_KEY = "another"
    assert all_of_them() == before


def test_keyed_hashes_of_one_key_are_apart():
    content = b"same"
    made = [
        encryption.event_mac(content),
        encryption.row_digest(content),
        encryption.receipt_hash("same"),
        encryption.event_key_probe(),
    ]
    assert len(set(made)) == 4


@pytest.mark.parametrize(
    "written", ["+1 (503) 555-0142", "503.555.0142", "5035550142", "1 503 555 0142 "]
)
def test_phone_index_is_the_same_however_it_is_written(written):
    assert encryption.phone_index(written) == encryption.phone_index("(503) 555-0142")


def test_phone_index_tells_numbers_apart_by_their_last_nine_digits():
    assert encryption.phone_index("503 555 0142") != encryption.phone_index("503 555 0143")
    assert encryption.phone_index("503 555 0142") == encryption.phone_index("603 555 0142"[1:])


def test_email_index_takes_letters_of_any_case():
    assert encryption.email_index(" Kim@Example.COM ") == encryption.email_index("kim@example.com")
    assert encryption.email_index("kim@example.com") != encryption.email_index("tim@example.com")


def test_indexes_are_sixteen_bytes_apart_from_each_other_and_none_for_nothing():
    assert len(encryption.phone_index("123456789") or b"") == 16
    assert encryption.phone_index("123456789") != encryption.email_index("123456789")
    assert [encryption.phone_index("none"), encryption.email_index(" ")] == [None, None]


def test_sent_page_opens_at_its_address_alone():
    address, other = encryption.sent_address(b"k" * 32), encryption.sent_address(b"m" * 32)
    sealed = encryption.seal_sent_page(address, b"content")
    assert encryption.open_sent_page(address, sealed) == b"content"
    with pytest.raises(SealBroken):
        encryption.open_sent_page(other, sealed)


def test_sent_address_is_the_same_for_the_same_send_key_and_leads_back_to_nothing():
    address = encryption.sent_address(b"k" * 32)
    assert address == encryption.sent_address(b"k" * 32)
    assert len(address) == 32
    stored = {encryption.send_key_hash(b"k" * 32), encryption.sent_address_hash(address)}
    assert urlsafe_b64decode(address) not in {each[:24] for each in stored}


def test_answers_mac_follows_key_and_answers():
    macs = {encryption.answers_mac(key, a) for key in (b"k" * 32, b"m" * 32) for a in (b"1", b"2")}
    assert len(macs) == 4


def test_receipt_pair_opens_what_is_sealed_to_its_public_half():
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    code = "7QK4M2XD9F3CTB7W5HNEK0PA"
    sealed = suite.encrypt(
        b"reply", X25519PublicKey.from_public_bytes(encryption.reply_public(code))
    )
    private = X25519PrivateKey.from_private_bytes(encryption.reply_private(code))
    assert suite.decrypt(sealed, private) == b"reply"


def test_canonical_is_the_same_in_any_order_and_refuses_what_json_cannot_say():
    assert encryption.canonical({"b": 1, "a": [None]}) == b'{"a":[null],"b":1}'
    with pytest.raises(TypeError):
        encryption.canonical({"a": b""})
    with pytest.raises(ValueError, match="not JSON compliant"):
        encryption.canonical(float("nan"))


CODE = "7QK4M2XD9F3CTB7W5HNEK0PA"
MESSAGE = ("intake_message", "7b0f", "for_person")


@given(st.text())
def test_receipt_opens_what_was_sealed_for_it(text):
    sealed = encryption.seal_for_receipt(encryption.reply_public(CODE), text.encode(), *MESSAGE)
    assert encryption.open_with_receipt(CODE, sealed, *MESSAGE) == text.encode()


@pytest.mark.parametrize("n", range(3))
def test_receipt_refuses_another_table_row_or_purpose(n):
    sealed = encryption.seal_for_receipt(encryption.reply_public(CODE), b"words", *MESSAGE)
    moved = [*MESSAGE[:n], "other", *MESSAGE[n + 1 :]]
    with pytest.raises(SealBroken):
        encryption.open_with_receipt(CODE, sealed, *moved)


def test_receipt_refuses_another_code():
    sealed = encryption.seal_for_receipt(encryption.reply_public(CODE), b"words", *MESSAGE)
    with pytest.raises(SealBroken):
        encryption.open_with_receipt(f"{CODE[:-1]}B", sealed, *MESSAGE)


@pytest.mark.parametrize("length", [0, 1, 20, 33, 60])
def test_receipt_refuses_a_cut_message(length):
    sealed = encryption.seal_for_receipt(encryption.reply_public(CODE), b"words", *MESSAGE)
    with pytest.raises(SealBroken):
        encryption.open_with_receipt(CODE, sealed[:length], *MESSAGE)


@given(st.data())
def test_receipt_refuses_a_changed_byte(data):
    public = encryption.reply_public(CODE)
    sealed = bytearray(encryption.seal_for_receipt(public, b"words", *MESSAGE))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        encryption.open_with_receipt(CODE, bytes(sealed), *MESSAGE)


def test_receipt_hides_the_length_of_short_messages():
    public = encryption.reply_public(CODE)
    lengths = {len(encryption.seal_for_receipt(public, b"x" * n, *MESSAGE)) for n in range(64)}
    assert lengths == {1 + 32 + 64 + 16}


def test_practice_does_not_open_what_is_sealed_for_a_receipt(ring):
    sealed = encryption.seal_for_receipt(encryption.reply_public(CODE), b"words", *MESSAGE)
    with pytest.raises(SealBroken):
        ring.open_row_key(ring.primary, sealed, *MESSAGE)


# Row keys that are kept for a search


@pytest.fixture
def kept(settings):
    """A ring in the settings, and the row key that it sealed; nothing kept before."""
    encryption._kept_row_keys.cache_clear()
    public, private = pair()
    settings.SURFACE = "staff"
    settings.INTAKE_PUBLIC_KEYS, settings.INTAKE_PRIVATE_KEYS = [public], [private]
    ring = encryption.keyring()
    yield ring.primary, ring.seal_row_key(RowKey.new(), *ROW), *ROW
    encryption._kept_row_keys.cache_clear()


def test_a_kept_row_key_is_the_same_one(kept):
    assert encryption.opens_row_keys()(*kept) is encryption.opens_row_keys()(*kept)


def test_a_kept_row_key_opens_in_no_other_place(kept):
    encryption.opens_row_keys()(*kept)
    key_id, sealed, table, row, purpose = kept
    for place in [("x", row, purpose), (table, "2", purpose), (table, row, "identity")]:
        with pytest.raises(SealBroken):
            encryption.opens_row_keys()(key_id, sealed, *place)


def test_what_was_kept_is_gone_with_the_keys(kept, settings):
    encryption.opens_row_keys()(*kept)
    settings.INTAKE_PRIVATE_KEYS = []
    with pytest.raises(WrongKey):
        encryption.opens_row_keys()(*kept)
    assert (encryption._kept_row_keys.cache_info().currsize, kept_now(settings)) == (1, 0)


def test_no_more_is_kept_than_the_bound(kept, settings, monkeypatch):
    monkeypatch.setattr(encryption, "ROW_KEYS_KEPT", 2)
    ring = encryption.keyring()
    for row in "abc":
        sealed = ring.seal_row_key(RowKey.new(), "t", row, "words")
        encryption.opens_row_keys()(ring.primary, sealed, "t", row, "words")
    assert kept_now(settings) == 2


def test_the_public_surface_keeps_none(kept, settings):
    settings.SURFACE = "public"
    assert encryption.opens_row_keys()(*kept) is not encryption.opens_row_keys()(*kept)
    assert kept_now(settings) == 0


def kept_now(settings):
    keys = tuple(settings.INTAKE_PUBLIC_KEYS), tuple(settings.INTAKE_PRIVATE_KEYS)
    return encryption._kept_row_keys(*keys).cache_info().currsize


@given(st.lists(st.text(), min_size=1))
def test_a_place_reads_as_canonical_json(parts):
    assert encryption._place(*parts) == encryption.canonical(["secure-base", 1, *parts])
