from io import BytesIO, StringIO

import pytest

from intake.progress import CLEAR, Bar, bar, shown


class Terminal(StringIO):
    def isatty(self):
        return True


def test_bar_fills_up():
    bars = [bar(done, 1200) for done in (0, 400, 1200)]
    assert bars == [
        f"[{'.' * 30}] 0 of 1,200",
        f"[{'#' * 10}{'.' * 20}] 400 of 1,200",
        f"[{'#' * 30}] 1,200 of 1,200",
    ]


def test_a_terminal_sees_it_and_then_a_clear_line():
    out = Terminal()
    assert list(shown("ab", 2, out)) == ["a", "b"]
    assert out.getvalue() == f"\r{bar(0, 2)}\r{bar(1, 2)}{CLEAR}"


@pytest.mark.parametrize(("out", "total"), [(StringIO(), 2), (Terminal(), 0)])
def test_nothing_is_drawn_where_nobody_looks_or_nothing_is_to_do(out, total):
    assert list(shown("ab", total, out)) == ["a", "b"]
    assert out.getvalue() == ""


def test_a_file_is_read_on_under_its_bar():
    out = Terminal()
    with Bar(4, "read", out) as drawn:
        file = drawn.reading(BytesIO(b"abcd"))
        assert [file.read(2), file.read(), file.read()] == [b"ab", b"cd", b""]
    assert out.getvalue().startswith(f"\r{bar(2, 4)} bytes read\r{bar(4, 4)} bytes read")
    assert out.getvalue().endswith(CLEAR)


@pytest.mark.parametrize(("out", "total"), [(StringIO(), 4), (Terminal(), 0)])
def test_no_bar_of_a_file_where_nobody_looks_or_it_is_empty(out, total):
    with Bar(total, "read", out) as drawn:
        assert drawn.reading(BytesIO(b"abcd")).read() == b"abcd"
    assert out.getvalue() == ""
