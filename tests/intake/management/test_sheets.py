"""Printing the recovery sheet, and typing it in again."""

import base64
import re
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from intake.encryption import keyring
from intake.models import Event, PracticeHistory
from practice_site.env import SECRET_NAMES, read


@pytest.fixture
def there(settings, tmp_path):
    """A site whose DATA_DIR is empty."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, data_dir=tmp_path)
    return tmp_path


def run(*arguments) -> str:
    out = StringIO()
    call_command("keys", *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue()


def type_in(monkeypatch, *lines):
    """Answers to what is asked, in turn."""
    answers = iter(lines)

    def answer(_) -> str:
        for line in answers:
            return line
        raise EOFError

    monkeypatch.setattr("builtins.input", answer)


def lines_of(sheet: str) -> dict[str, str]:
    """By label."""
    return dict(re.findall(r"^ {4}([A-Z]\d+) +(.+)$", sheet, re.MULTILINE))


def test_sheet_typed_in_again_writes_the_keys_of_this_site(practice, there, settings):
    sheet = there / "sheet.txt"
    assert run("sheet", "--out", sheet).startswith(f"{sheet} holds every key. Print it")
    assert sheet.stat().st_mode & 0o777 == 0o600
    assert "Written: " in run("read-sheet", sheet)
    path = there / "keys.env"
    assert path.stat().st_mode & 0o777 == 0o600
    found = read({"DATA_DIR": str(there)}, there)
    assert tuple(found.secrets) == SECRET_NAMES
    assert found.key_list("INTAKE_PRIVATE_KEYS") == settings.INTAKE_PRIVATE_KEYS
    assert found.key_list("INTAKE_PUBLIC_KEYS") == settings.INTAKE_PUBLIC_KEYS
    assert found.key("INTAKE_EVENT_KEY") == settings.INTAKE_EVENT_KEY
    assert found.secrets["SECRET_KEY"] == settings.SECRET_KEY


def test_sheet_to_print_holds_the_same_lines(practice, there):
    run("sheet", "--out", there / "sheet.html")
    page = (there / "sheet.html").read_text()
    assert page.lstrip().startswith("<!DOCTYPE html>")
    on_paper = lines_of(run("sheet"))
    assert len(on_paper) > 16
    assert lines_of(page) == on_paper
    assert run("read-sheet", there / "sheet.html", "--check").endswith("of this machine.\n")


def test_sheet_goes_to_the_terminal_and_says_where_it_belongs(practice):
    said = run("sheet")
    assert said.startswith("RECOVERY SHEET")
    assert "Put the paper into a safe. Check it with" in said


def test_the_practice_s_history_tells_of_it(practice):
    run("sheet")
    told = Event.objects.get(verb="sheet_printed")
    assert told.facts["key"] == keyring().primary


def test_sheet_is_printed_where_the_database_is_away(there, monkeypatch):
    def away(*_):
        raise OperationalError

    monkeypatch.setattr(PracticeHistory.objects, "record", away)
    said = run("sheet")
    assert "The database does not answer, so the site does not know of this sheet." in said
    assert len(lines_of(said)) > 16


def test_sheet_writes_over_nothing(practice, there):
    (there / "sheet.txt").write_text("mine")
    with pytest.raises(CommandError, match=r"sheet\.txt is there already"):
        run("sheet", "--out", there / "sheet.txt")
    assert (there / "sheet.txt").read_text() == "mine"


def test_read_sheet_writes_over_no_keys(practice, there):
    run("sheet", "--out", there / "sheet.txt")
    (there / "keys.env").write_text("SECRET_KEY=mine\n")
    with pytest.raises(CommandError, match=r"keys\.env is there already"):
        run("read-sheet", there / "sheet.txt")
    assert (there / "keys.env").read_text() == "SECRET_KEY=mine\n"


# Typed at the terminal


def test_a_mistyped_line_is_asked_for_again(practice, there, monkeypatch):
    on_paper = lines_of(run("sheet"))
    keys = [on_paper[label] for label in on_paper if label[0] in "AVX"]
    wrong = ["", keys[0][:-1] + ("0" if keys[0][-1] != "0" else "1"), keys[1]]
    type_in(monkeypatch, *wrong, *keys[:4], "", *keys[4:], "", "")
    said = run("read-sheet")
    assert said.splitlines()[:4] == [
        "Type each line, without its label. Enter alone where the paper has no such line.",
        "Line A1 is on every sheet.",
        "Line A1 is mistyped. Compare it with the paper, block by block.",
        "Line A1 is mistyped. Compare it with the paper, block by block.",
    ]
    assert f"A   {keyring().primary}\n" in said
    found = read({"DATA_DIR": str(there)}, there)
    assert found.key_list("INTAKE_PRIVATE_KEYS") == list(keyring().private.values())


def test_a_sheet_that_ends_too_early_writes_nothing(practice, there, monkeypatch):
    type_in(monkeypatch, lines_of(run("sheet"))["A1"])
    with pytest.raises(CommandError, match="the sheet ended too early"):
        run("read-sheet")
    assert list(there.iterdir()) == []


# Typed into a file


@pytest.mark.parametrize(
    ("label", "sentence"), [("A3", "Line A3 is missing."), ("X1", "Line X1 is missing.")]
)
def test_a_line_that_is_missing_in_a_file_is_named(practice, there, label, sentence):
    text = "\n".join(f"{k} {v}" for k, v in lines_of(run("sheet")).items() if k != label)
    (there / "typed").write_text(text)
    with pytest.raises(CommandError) as caught:
        run("read-sheet", there / "typed")
    assert str(caught.value) == sentence


def test_a_file_that_is_no_text(there):
    (there / "typed").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="cannot be read as text"):
        run("read-sheet", there / "typed")


# Is it this machine's?


def test_check_knows_an_older_sheet(practice, there, settings):
    run("sheet", "--out", there / "old")
    assert run("read-sheet", there / "old", "--check").endswith(
        "The paper is right: it holds the keys of this machine.\n"
    )
    newer = keyring().with_new_primary()
    settings.INTAKE_PUBLIC_KEYS = list(newer.public.values())
    settings.INTAKE_PRIVATE_KEYS = list(newer.private.values())
    settings.INTAKE_INDEX_KEY = b"j" * 32
    with pytest.raises(CommandError) as caught:
        run("read-sheet", there / "old", "--check")
    assert str(caught.value) == (
        "The paper holds other keys than this machine: INTAKE_PRIVATE_KEYS, INTAKE_INDEX_KEY. "
        "Print a new sheet."
    )
    assert not (there / "keys.env").exists()


def test_no_key_stands_on_it_as_the_settings_have_it(practice):
    """So that nobody copies half of one."""
    said = run("sheet")
    for key in keyring().private.values():
        assert base64.urlsafe_b64encode(key).decode()[:20] not in said
