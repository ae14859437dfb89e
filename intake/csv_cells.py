"""Tables as files for spreadsheets: comma-separated, UTF-8 with its mark, harmless. Pure."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator

# A cell that begins so is a formula to a spreadsheet.
FORMULAS = tuple("=+-@\t\r\n")
BYTE_ORDER_MARK = "\ufeff"


def harmless(cell: str) -> str:
    """The same text, which no program takes for a formula: with an apostrophe before it."""
    wide = unicodedata.normalize("NFKC", cell.lstrip(" ")[:1])
    return f"'{cell}" if wide.startswith(FORMULAS) else cell


def rows_to_csv(rows: Iterable[Iterable[str]]) -> Iterator[bytes]:
    """One piece a row, the first with the mark that tells spreadsheets the encoding."""
    yield BYTE_ORDER_MARK.encode()
    for row in rows:
        line = io.StringIO()
        csv.writer(line, quoting=csv.QUOTE_ALL).writerow([harmless(cell) for cell in row])
        yield line.getvalue().encode()
