"""docs/promises.md names every promise, and only tests that are there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINES = (ROOT / "docs" / "promises.md").read_text().splitlines()
FORM = [f"F{n}" for n in range(1, 27)]
SAFETY = [f"S{n}" for n in range(1, 30) if n not in (10, 19, 24)]
CASES = [
    "two days", "cookies", "back", "double", "reload", "409", "503", "restart", "lost answer",
    "413", "429", "500", "dropped",
]  # fmt: skip


def rows() -> list[list[str]]:
    """The cells of each row that is no heading."""
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in LINES if "|" in line]
    return [row for row in cells if row[0] not in ("ID", "Case", "---")]


def functions(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_no_promise_is_missing() -> None:
    assert [row[0] for row in rows()] == [*FORM, *SAFETY, *CASES]


def test_each_promise_has_a_test() -> None:
    held = re.compile(r"(`tests/[\w/]+\.py::test_\w+`(<br>)?)+")
    assert [row[0] for row in rows() if not held.fullmatch(row[2])] == []


def test_every_named_test_is_there() -> None:
    named = re.findall(r"`(tests/[\w/.]+)::(\w+)`", "\n".join(LINES))
    assert [(path, name) for path, name in named if name not in functions(path)] == []
