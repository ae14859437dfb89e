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


def test_keeping_adds_what_is_not_there(tmp_path):
    erasure_log.append(tmp_path / "erasures.log", [FIRST])
    erasure_log.keep(tmp_path, [SECOND, FIRST, SECOND])
    assert erasure_log.read(tmp_path / "erasures.log") == [FIRST, SECOND]


def test_a_copy_has_it_all_and_keeps_what_it_had(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir(), there.mkdir()
    erasure_log.append(here / "erasures.log", [FIRST])
    erasure_log.append(there / "erasures.log", [SECOND])
    assert (erasure_log.copy(here, there), erasure_log.copy(here, there)) == (True, False)
    assert erasure_log.read(there / "erasures.log") == [SECOND, FIRST]
    erasure_log.append(here / "erasures.log", [SECOND, FIRST])
    assert (erasure_log.copy(here, there), erasure_log.copy(here, there)) == (True, False)
    assert erasure_log.read(there / "erasures.log") == [SECOND, FIRST]


def test_where_nothing_was_erased_the_copy_is_empty_and_there(tmp_path):
    there = tmp_path / "not" / "there"
    assert (erasure_log.copy(tmp_path, there), erasure_log.copy(tmp_path, there)) == (True, False)
    assert (there / "erasures.log").read_bytes() == b""
