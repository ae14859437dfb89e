"""One table for what a benchmark found, beside what is promised."""

from typing import NamedTuple


class Row(NamedTuple):
    what: str
    found: str
    promised: str
    kept: bool


def show(rows: list[Row]) -> int:
    """Prints the rows; 1 where a promise is not kept, as an exit status."""
    wide = max(len(row.what) for row in rows)
    for row in rows:
        mark = "ok" if row.kept else "NOT KEPT"
        print(f"{row.what:<{wide}}  {row.found:>12}  {row.promised:<18}  {mark}")
    return 0 if all(row.kept for row in rows) else 1
