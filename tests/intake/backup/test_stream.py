import io

import pytest

from intake.backup.age import Unusable
from intake.backup.manifest import FORMAT, LONGEST, Manifest
from intake.backup.stream import Joined, Parted

MANIFEST = Manifest("2026-11-29T02:00:00+00:00", "sqlite", ["9f3c", "77c0"], "", 3, ["intake.0001"])
BODY = b"SQLite format 3\0\n" * 100


@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
def test_what_was_joined_is_parted_again_in_any_pieces(size):
    joined, got = Joined(MANIFEST.line, io.BytesIO(BODY)), io.BytesIO()
    parted = Parted(got.write)
    while piece := joined.read(size):
        parted.write(piece)
    assert (parted.manifest, parted.size, got.getvalue()) == (MANIFEST, len(BODY), BODY)
    assert MANIFEST.primary == "9f3c"


@pytest.mark.parametrize(
    "content",
    [b"no JSON\n", b"[]\n", b'{"format": 1}\n', b'{"more": 1}\n', b"\xff\n", b"x" * (LONGEST + 1)],
)
def test_what_begins_otherwise_is_no_backup(content):
    got = io.BytesIO()
    with pytest.raises(Unusable, match="it is no backup of this software"):
        Parted(got.write).write(content)
    assert got.getvalue() == b""


def test_a_later_format_is_named():
    line = MANIFEST.line.replace(f'"format": {FORMAT}'.encode(), b'"format": 99')
    with pytest.raises(Unusable, match="This backup is of format 99"):
        Parted(print).write(line)
