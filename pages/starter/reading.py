"""The starter files as plain values, checked. Every complaint names the file and the line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
SECTION = re.compile(r"^## +(?P<heading>\S.*?)(?: +(?P<options>\{[^{}]*\}))? *$")
PAGE_FIELDS: Mapping[str, type] = {
    "slug": str, "kind": str, "title": str, "heading": str, "summary": str, "description": str,
    "illustration": str, "reviewed_on": date, "effective_on": date, "position": int,
    "group": str, "label": str,
    "indexable": bool, "connect": bool, "next": str, "calm_line": str,
}  # fmt: skip
OPTIONAL = {
    "calm_line": "", "indexable": True, "connect": True, "next": "", "illustration": "",
    "effective_on": None,
}  # fmt: skip
SECTION_OPTIONS = {"style": "prose", "drawing": "", "slug": ""}
TABLES: Mapping[str, set[str]] = {
    "practice": {
        "name", "is_example", "phone", "text_number", "street", "town", "state", "postal_code",
        "region", "time_zone", "promise_working_days", "first_reader", "first_reader_role",
        "first_call_minutes", "fee", "insurers", "exit_url", "neutral_sender", "channels",
        "service_states",
    },
    "hours": {"weekday", "from", "to"},
    "holidays": {"date", "name"},
    "services": {"slug", "name", "page"},
    "therapists": {
        "slug", "name", "pronouns", "role", "credentials", "licence", "licence_state",
        "licence_number", "supervisor", "services", "works_with", "ways_of_working", "formats",
        "languages", "fees", "insurers", "experience", "one_sentence", "own_words",
        "better_elsewhere", "accepting",
    },
    "openings": {"therapist", "format", "day_part", "confirmed_on"},
}  # fmt: skip
REGION_FIELDS = {"code", "name", "lines"}
LINE_FIELDS = {"group", "name", "what", "call", "text", "how", "checked_on", "source_url"}
SOURCE_FIELDS = {
    "key", "authors", "year", "title", "container", "details", "doi", "url", "statement",
}  # fmt: skip
WORD_FIELDS = {"word", "meaning"}
MAY_LACK = {"confirmed_on", "checked_on", *OPTIONAL}


class StarterError(ValueError):
    """What is wrong in a starter file, and where."""

    def __init__(self, place: Path, line: int, what: str) -> None:
        super().__init__(f"{place.name}, line {line}: {what}")


@dataclass(frozen=True)
class StarterPage:
    file: Path
    fields: dict[str, Any]
    sections: list[dict[str, str]]


@dataclass(frozen=True)
class Starter:
    tables: dict[str, Any]
    sources: list[dict[str, Any]]
    words: list[dict[str, Any]]
    pages: list[StarterPage]
    regions: list[dict[str, Any]]
    folder: Path


def read(folder: Path = FOLDER) -> Starter:
    """All the files of a folder. Raises StarterError at the first thing that is wrong."""
    pages = [read_page(file) for file in sorted((folder / "pages").glob("*.md"))]
    slugs = {page.fields["slug"] for page in pages}
    for page in pages:
        if (following := page.fields["next"]) not in slugs | {""}:
            line = line_of(page.file.read_text(encoding="utf-8"), "next:")
            raise StarterError(page.file, line, f"There is no page “{following}”.")
    tables, regions = read_tables(folder), read_regions(folder)
    region = tables["practice"]["region"]
    if region not in {each["code"] for each in regions}:
        file = folder / "practice.yaml"
        line = line_of(file.read_text(encoding="utf-8"), "region:")
        raise StarterError(file, line, f"There is no region “{region}”.")
    return Starter(tables, read_sources(folder), read_words(folder), pages, regions, folder)


def read_page(file: Path) -> StarterPage:
    lines = file.read_text(encoding="utf-8").splitlines()
    if not lines or lines[0] != "---" or "---" not in lines[1:]:
        raise StarterError(file, 1, "The page starts with its facts between two lines of ---.")
    end = lines.index("---", 1)
    fields = _page_fields(file, "\n".join(lines[1:end]))
    return StarterPage(file, fields, read_sections(file, lines, end + 1))


def read_sections(file: Path, lines: list[str], start: int) -> list[dict[str, str]]:
    """A section begins at each `## `; text before the first has a section without a heading."""
    sections = [{**SECTION_OPTIONS, "heading": "", "body": ""}]
    for number, line in enumerate(lines[start:], start + 1):
        if line.startswith("## "):
            sections.append(_section(file, number, line))
        else:
            sections[-1]["body"] += f"{line}\n"
    for section in sections:
        section["body"] = section["body"].strip()
    return [section for section in sections if section["heading"] or section["body"]]


def read_tables(folder: Path) -> dict[str, Any]:
    file = folder / "practice.yaml"
    text = file.read_text(encoding="utf-8")
    tables = _mapping(file, text, 1)
    _complete(file, text, tables, set(TABLES), "practice.yaml")
    for name, fields in TABLES.items():
        rows = tables[name] if isinstance(tables[name], list) else [tables[name]]
        for row in rows:
            _complete(file, text, row, fields, name)
    for opening in tables["openings"]:
        _known(file, text, opening["therapist"], tables["therapists"])
    for service in (each for row in tables["therapists"] for each in row["services"]):
        _known(file, text, service, tables["services"])
    return tables


def read_regions(folder: Path) -> list[dict[str, Any]]:
    return [read_region(file) for file in sorted((folder / "regions").glob("*.yaml"))]


def read_region(file: Path) -> dict[str, Any]:
    """A region, and its crisis lines in the order in which they are shown."""
    text = file.read_text(encoding="utf-8")
    region = _mapping(file, text, 1)
    _complete(file, text, region, REGION_FIELDS, "region")
    for line in region["lines"]:
        _complete(file, text, line, LINE_FIELDS, "line")
    return region


def read_sources(folder: Path) -> list[dict[str, Any]]:
    return _rows(folder / "sources.yaml", SOURCE_FIELDS, "source")


def read_words(folder: Path) -> list[dict[str, Any]]:
    return _rows(folder / "glossary.yaml", WORD_FIELDS, "word")


def _rows(file: Path, fields: set[str], what: str) -> list[dict[str, Any]]:
    text = file.read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = _yaml(file, text, 1)
    for row in rows:
        _complete(file, text, row, fields, what)
    return rows


def _page_fields(file: Path, text: str) -> dict[str, Any]:
    given = _mapping(file, text, 2)
    _complete(file, f"---\n{text}", given, set(PAGE_FIELDS), "page")
    fields = {**OPTIONAL, **given}
    for name, kind in PAGE_FIELDS.items():
        if name in given and not isinstance(fields[name], kind):
            line = line_of(f"---\n{text}", name)
            raise StarterError(file, line, f"“{name}” is not {_in_words(kind)}.")
    return {
        name: value.strip() if isinstance(value, str) else value for name, value in fields.items()
    }


def _section(file: Path, number: int, line: str) -> dict[str, str]:
    match = SECTION.match(line)
    if not match:
        raise StarterError(file, number, "A section starts with ## and its heading.")
    options = _mapping(file, match["options"] or "{}", number)
    if unknown := sorted(set(options) - set(SECTION_OPTIONS)):
        raise StarterError(file, number, f"A section has no “{unknown[0]}”.")
    return {**SECTION_OPTIONS, **options, "heading": match["heading"], "body": ""}


def _complete(file: Path, text: str, row: Any, fields: set[str], what: str) -> None:
    if not isinstance(row, dict):
        raise StarterError(file, line_of(text, what), f"{what} is not made of names and values.")
    if missing := sorted(fields - MAY_LACK - set(row)):
        first = str(next(iter(row.values()), what))
        raise StarterError(file, line_of(text, first), f"“{missing[0]}” of {what} is missing.")
    if unknown := sorted(set(row) - fields):
        raise StarterError(file, line_of(text, unknown[0]), f"{what} has no “{unknown[0]}”.")


def _known(file: Path, text: str, slug: str, rows: list[dict[str, Any]]) -> None:
    if slug not in {row["slug"] for row in rows}:
        raise StarterError(file, line_of(text, slug), f"Nobody and nothing is called “{slug}”.")


def _mapping(file: Path, text: str, first_line: int) -> dict[str, Any]:
    values = _yaml(file, text, first_line)
    if not isinstance(values, dict):
        raise StarterError(file, first_line, "Names and values are expected here.")
    return values


def _yaml(file: Path, text: str, first_line: int) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        raise StarterError(file, first_line + line, error.problem or "Not YAML.") from error


def line_of(text: str, words: str) -> int:
    """The first line with these words; 1 where there is none."""
    lines = text.splitlines()
    return next((number for number, line in enumerate(lines, 1) if words in line), 1)


def _in_words(kind: type) -> str:
    return {str: "text", int: "a number", bool: "true or false", date: "a date"}[kind]
