"""Files for spreadsheets: nothing in them runs."""

import csv

import pytest

from intake.csv_cells import BYTE_ORDER_MARK, harmless, rows_to_csv


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+15035550186", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "＠x"],
)
def test_what_could_be_a_formula_gets_an_apostrophe(cell):
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Robin", "7QK4-M2XD", "a=b", "(503) 555-0186", "'=1", "é"])
def test_anything_else_stays_as_it_is(cell):
    assert harmless(cell) == cell


def test_rows_are_utf8_with_its_mark_and_every_cell_is_quoted():
    written = b"".join(rows_to_csv([["name", "é"], ['=a"b', "two\nlines"]]))
    assert written == BYTE_ORDER_MARK.encode() + (
        '"name","é"\r\n"\'=a""b","two\nlines"\r\n'.encode()
    )


def test_a_cell_cannot_begin_another_one():
    written = b"".join(rows_to_csv([['x","=1', "y"]])).decode("utf-8-sig")
    assert list(csv.reader([written])) == [['x","=1', "y"]]


def test_rows_are_written_one_at_a_time():
    def rows():
        yield ["first"]
        raise AssertionError("asked for before it was needed")

    pieces = rows_to_csv(rows())
    assert [next(pieces), next(pieces)] == [b"\xef\xbb\xbf", b'"first"\r\n']
