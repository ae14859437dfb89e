"""What the documents name is there: files, tests, settings, commands, options, targets, links."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.core.management import BaseCommand, get_commands, load_command_class

from practice_site.env import SECRET_NAMES

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md"))]
# Decisions tell of what was chosen then; what is true now stands in the others.
TODAY = [doc for doc in PAGES if doc.parent.name != "decisions"]
TOPS = ("practice_site", "pages", "intake", "templates", "static", "tests", "benchmarks", "docs")
CODE = re.compile(r"`([^`\n]+)`")
FENCED = re.compile(r"^```\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TEST = re.compile(r"(tests/[\w/]+\.py)::(\w+)")
COMMAND = re.compile(r"manage\.py ([a-z]\w*)((?: +[\w./-]+| +\"[^\"]*\")*)")
SETTING = re.compile(r"^([A-Z][A-Z_]+[A-Z])(?:[=/].*)?$")
# Capitals that are no settings of ours.
WORDS = {
    "DEBUG", "INFO", "WARNING", "ERROR", "UPDATE", "DELETE", "INSERT", "TRUNCATE", "LATER", "FULL",
    "NAME_FILE", "GET", "POST", "HEAD", "SKIP", "USER", "FINGERPRINT", "CREATEDB",
    "SITE", "MAIL",  # variables of a shell, in the commands of docs/operate.md
}  # fmt: skip

pages = pytest.mark.parametrize("doc", PAGES, ids=lambda doc: str(doc.relative_to(ROOT)))
today = pytest.mark.parametrize("doc", TODAY, ids=lambda doc: str(doc.relative_to(ROOT)))


def code_in(doc: Path) -> list[str]:
    """What stands in backticks, and each line of a block of commands."""
    text = doc.read_text()
    lines = [line for block in FENCED.findall(text) for line in block.splitlines()]
    return CODE.findall(FENCED.sub("", text)) + lines


@cache
def functions(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@cache
def command(name: str) -> BaseCommand:
    found = get_commands()[name]
    return found if isinstance(found, BaseCommand) else load_command_class(found, name)


def wrong_with(name: str, words: list[str]) -> list[str]:
    """Options it does not know, and a verb that is none of its own."""
    parser = command(name).create_parser("manage.py", name)
    options = {word.partition("=")[0] for word in words if word.startswith("--")}
    verbs = next((each.choices for each in parser._positionals._group_actions if each.choices), {})
    first = words[0] if words else ""
    known = set(parser._option_string_actions)
    if isinstance(verbs, dict) and first in verbs:  # each with options of its own
        known |= set(verbs[first]._option_string_actions)
    return sorted(options - known) + ([first] if verbs and first not in verbs else [])


def settings_read() -> set[str]:
    """Every name that the one reader of the environment asks for."""
    asked = re.findall(r'env, "([A-Z_]+)"', (ROOT / "practice_site/env.py").read_text())
    return {*asked, *SECRET_NAMES}


def anchors_of(doc: Path) -> set[str]:
    """As GitHub and most others make them of headings."""
    headings = re.findall(r"^#+ (.+)$", doc.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@today
def test_named_files_are_there(doc):
    named = [word for word in CODE.findall(doc.read_text()) if word.startswith(TOPS)]
    paths = [
        word.partition("::")[0] for word in named if re.fullmatch(r"\w[\w./:-]*/[\w./:-]+", word)
    ]
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pages
def test_named_tests_are_there(doc):
    named = TEST.findall(doc.read_text())
    assert [(path, name) for path, name in named if name not in functions(path)] == []


@today
def test_named_commands_are_there_with_their_options(doc):
    named = [found for code in code_in(doc) for found in COMMAND.findall(code)]
    assert [name for name, _ in named if name not in get_commands()] == []
    assert [
        (name, wrong) for name, rest in named if (wrong := wrong_with(name, rest.split()))
    ] == []


@today
def test_named_targets_are_there(doc):
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for code in code_in(doc) for name in re.findall(r"^make ([a-z-]+)", code)}
    assert named - targets == set()


@today
def test_named_settings_are_there(doc):
    named = {found[1] for code in CODE.findall(doc.read_text()) if (found := SETTING.match(code))}
    known = settings_read()
    assert named - known - {f"{name}_FILE" for name in known} - WORDS == set()


def test_every_setting_is_in_the_readme():
    table = (ROOT / "README.md").read_text()
    assert {name for name in settings_read() if f"`{name}`" not in table} == set()


@pages
def test_links_lead_somewhere(doc):
    for link in LINK.findall(FENCED.sub("", doc.read_text())):
        path, _, anchor = link.partition("#")
        if ":" in path:
            continue
        there = (doc.parent / path).resolve() if path else doc
        assert there.exists(), link
        assert not anchor or anchor in anchors_of(there), link


def test_what_is_not_there_would_be_found(tmp_path):
    doc = tmp_path / "doc.md"
    doc.write_text(
        "`docs/nowhere.md` `manage.py nothing` `make nothing` `INTAKE_NOTHING` [x](nowhere.md)\n"
        "`manage.py keys forget` `manage.py purge --nothing`\n"
    )
    for check in (
        test_named_files_are_there, test_named_commands_are_there_with_their_options,
        test_named_targets_are_there, test_named_settings_are_there, test_links_lead_somewhere,
    ):  # fmt: skip
        with pytest.raises(AssertionError):
            check(doc)
    assert wrong_with("keys", ["forget"]) == ["forget"]
    assert wrong_with("purge", ["--nothing"]) == ["--nothing"]
    assert wrong_with("purge", ["--dry-run"]) == wrong_with("keys", ["list"]) == []
