from io import StringIO

import pytest

from intake.progress import CLEAR, bar, shown


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
