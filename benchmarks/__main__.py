"""`make bench`: all that is promised of speed and weight, in one run and one table.

`python -m benchmarks [NAME ...]` runs these, or all, and prints the table at the end. Exit status 1
where a promise is not kept. Sizes stand in the rows: some are smaller here than where a benchmark
is run by itself (`python -m benchmarks.NAME`).
"""

import sys
import time
import traceback
from importlib import import_module
from typing import Any

from benchmarks.table import NotHere, Row, left_out, show, summed_up

# Each with what it is given here. Pages first, then sends, then the inbox, then all at once.
ALL: dict[str, tuple[int, ...]] = {
    "wire": (),
    "lighthouse": (),
    "publishing": (),
    "fit": (),
    "front": (),
    "send": (),
    "receipts": (),
    "load": (100, 20),
    "inbox": (10_000,),
    "search": (),
    "reports": (),
    "million": (),
    "kills": (5, 3, 2),
    "machines": (),
    "mixed": (120,),
}


def main(*names: str) -> int:
    if unknown := [name for name in names if name not in ALL]:
        sys.exit(f"There is no benchmark {unknown[0]!r}. There are: {', '.join(ALL)}.")
    rows = [row for name in names or ALL for row in rows_of(name)]
    status = show(rows)
    print(f"\n{summed_up(rows)}")
    return status


def rows_of(name: str) -> list[Row]:
    """One that stops is a promise not kept, and the others still run."""
    began = time.monotonic()
    print(f"{name} ...", end=" ", file=sys.stderr, flush=True)
    try:
        return measured(name)
    except NotHere as why:
        return [left_out(name, str(why))]
    except Exception as error:
        traceback.print_exc()
        return [Row(name, "stopped", type(error).__name__, kept=False)]
    finally:
        print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)


def measured(name: str) -> list[Row]:
    found: list[Row] = of(name).rows(*ALL[name])
    return found


def of(name: str) -> Any:
    """Its module, read only now: some need what is not installed everywhere."""
    return import_module(f"benchmarks.{name}")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
