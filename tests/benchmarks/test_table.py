"""What `make bench` says of what was measured, of what was left out, and of what stopped."""

import sys
from types import SimpleNamespace

import pytest

from benchmarks import __main__ as bench
from benchmarks.table import NotHere, Row, left_out, show, summed_up

KEPT = Row("page", "0.97", "0.95 or more", kept=True)
SHORT = Row("send", "0.21", "0.3 or more", kept=False)
LEFT_OUT = left_out("lighthouse", "npm is not installed")
SHOWN = """\
page        0.97  0.95 or more          kept
send        0.21  0.3 or more           NOT KEPT
lighthouse        npm is not installed  left out
machine      812
"""


def test_each_row_stands_beside_its_limit_and_says_whether_it_is_kept(capsys):
    status = show([KEPT, SHORT, LEFT_OUT, Row("machine", "812")])
    assert (status, capsys.readouterr().out) == (1, SHOWN)


def test_what_is_left_out_is_no_promise_broken(capsys):
    assert show([KEPT, LEFT_OUT]) == 0
    assert summed_up([KEPT, KEPT, SHORT, LEFT_OUT]) == "2 kept, 1 not kept, 1 left out"


@pytest.fixture
def benchmark(monkeypatch):
    """`benchmark(rows)`: the only one there is, named "one"."""

    def make(rows):
        monkeypatch.setattr(bench, "ALL", {"one": (7,)})
        monkeypatch.setitem(sys.modules, "benchmarks.one", SimpleNamespace(rows=rows))

    return make


def test_a_benchmark_is_given_its_short_form(benchmark, capsys):
    benchmark(lambda size: [Row("one", str(size), "7", size == 7)])
    assert bench.main() == 0
    assert capsys.readouterr().out == "one  7  7  kept\n\n1 kept, 0 not kept, 0 left out\n"


def test_one_that_stops_is_a_promise_not_kept(benchmark):
    def stop(_):
        raise ValueError

    benchmark(stop)
    assert bench.rows_of("one") == [Row("one", "stopped", "ValueError", kept=False)]


def test_one_that_cannot_run_here_is_left_out_and_says_why(benchmark):
    def cannot(_):
        raise NotHere("npm is not installed")

    benchmark(cannot)
    assert bench.rows_of("one") == [left_out("one", "npm is not installed")]


def test_a_name_that_is_none_says_which_there_are(benchmark):
    benchmark(lambda _: [])
    with pytest.raises(SystemExit) as stopped:
        bench.main("two")
    assert stopped.value.code == "There is no benchmark 'two'. There are: one."


def test_every_benchmark_gives_its_rows():
    assert [name for name in bench.ALL if not callable(bench.of(name).rows)] == []
