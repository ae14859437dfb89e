import pytest

from intake import erasure_log
from intake.erasure_log import Line, Unreadable

FIRST = Line("4a1f", "words", "2026-11-24T10:00:00+00:00")
SECOND = Line("77c0", "identity", "2026-11-25T10:00:00+00:00")


def test_lines_are_read_as_they_were_written(tmp_path):
    path = tmp_path / "erasures.log"
    erasure_log.append(path, [FIRST])
    erasure_log.append(path, [SECOND, FIRST])
    assert erasure_log.read(path) == [FIRST, SECOND, FIRST]


def test_a_line_that_a_crash_cut_spoils_no_other(tmp_path):
    path = tmp_path / "erasures.log"
    erasure_log.append(path, [FIRST, SECOND])
    path.write_bytes(path.read_bytes()[:-20])
    erasure_log.append(path, [SECOND])
    assert erasure_log.read(path) == [FIRST, SECOND]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_what_cannot_be_read_is_said(tmp_path, content):
    path = tmp_path / "erasures.log"
    if content:
        path.write_bytes(content)
    with pytest.raises(Unreadable, match=r"erasures\.log cannot be read"):
        erasure_log.read(path)
