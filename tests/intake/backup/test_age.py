import errno
import io

import pyrage
import pytest

from intake.backup import age
from intake.backup.age import Unusable

CONTENT = bytes(range(256)) * 1000
DAMAGED = r"This file is damaged, cut off or no backup\."


@pytest.fixture
def own():
    return pyrage.x25519.Identity.generate()


def sealed(own) -> bytes:
    target = io.BytesIO()
    age.encrypt(io.BytesIO(CONTENT), target, age.recipients([str(own.to_public())]))
    return target.getvalue()


def opened(content: bytes, *identities) -> bytes:
    target = io.BytesIO()
    age.decrypt(io.BytesIO(content), target, list(identities))
    return target.getvalue()


def test_each_recipient_opens_it():
    those = [pyrage.x25519.Identity.generate() for _ in range(2)]
    target = io.BytesIO()
    to = age.recipients(str(each.to_public()) for each in those)
    age.encrypt(io.BytesIO(CONTENT), target, to)
    assert CONTENT[:64] not in target.getvalue()
    assert [opened(target.getvalue(), each) for each in those] == [CONTENT] * 2


def test_another_identity_is_told_so(own):
    with pytest.raises(Unusable, match=r"This identity does not open this file\."):
        opened(sealed(own), pyrage.x25519.Identity.generate())


@pytest.mark.parametrize("length", [0, 10, 170, 5000, -1])
def test_what_is_cut_off_is_damaged(own, length):
    with pytest.raises(Unusable, match=DAMAGED):
        opened(sealed(own)[:length], own)


@pytest.mark.parametrize("place", [0, 50, 300, 100_000, -1])
def test_what_was_changed_is_damaged(own, place):
    content = bytearray(sealed(own))
    content[place] ^= 1
    with pytest.raises(Unusable, match=r"This file is damaged|This identity does not open"):
        opened(bytes(content), own)


class FullDisk(io.BytesIO):
    def write(self, content):
        raise OSError(errno.ENOSPC, "No space left on device")


class TornOff(io.BytesIO):
    def read(self, size=-1):
        raise ConnectionResetError


def test_what_the_disk_says_comes_through(own):
    to = age.recipients([str(own.to_public())])
    with pytest.raises(OSError, match="No space left") as caught:
        age.encrypt(io.BytesIO(CONTENT), FullDisk(), to)
    assert caught.value.errno == errno.ENOSPC
    with pytest.raises(ConnectionResetError):
        age.encrypt(TornOff(), io.BytesIO(), to)
    with pytest.raises(OSError, match="No space left"):
        age.decrypt(io.BytesIO(sealed(own)), FullDisk(), [own])


def test_a_new_identity_is_read_as_age_keygen_writes_it(tmp_path):
    path = tmp_path / "identity.txt"
    path.write_text(f"# created: 2026-11-29T12:00:00Z\n{age.new_identity()}")
    (identity,) = age.identities(path)
    public = path.read_text().splitlines()[1].removeprefix("# public key: ")
    assert str(identity.to_public()) == public


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read as an identity"),
        (b"\xff\xfe", "cannot be read as an identity"),
        (b"# nothing but this\n", "holds no identity"),
        (b"age1abc\n", "has a line that is no identity"),
        (b"SECRET_KEY=abc\n", "has a line that is no identity"),
    ],
)
def test_what_is_no_identity_is_said(tmp_path, content, said):
    path = tmp_path / "identity.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Unusable, match=said) as caught:
        age.identities(path)
    assert "SECRET_KEY=abc" not in str(caught.value)


def test_a_recipient_with_a_wrong_letter_is_named(own):
    text = str(own.to_public())
    wrong = text[:-1] + ("q" if text[-1] != "q" else "p")
    with pytest.raises(Unusable, match=f"BACKUP_RECIPIENT has {wrong}, which is not"):
        age.recipients([wrong])
