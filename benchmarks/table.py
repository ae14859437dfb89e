"""One table for what a benchmark found, beside what is promised."""

from typing import NamedTuple


class Row(NamedTuple):
    what: str
    found: str
    promised: str = ""
    kept: bool = True


def show(rows: list[Row]) -> int:
    """Prints the rows; 1 where a promise is not kept, as an exit status."""
    wide = max(len(row.what) for row in rows)
    for row in rows:
        mark = "" if not row.promised else "kept" if row.kept else "NOT KEPT"
        print(f"{row.what:<{wide}}  {row.found:>10}  {row.promised:<16} {mark}".rstrip())
    return 0 if all(row.kept for row in rows) else 1
