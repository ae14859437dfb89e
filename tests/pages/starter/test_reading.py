from collections.abc import Callable
from pathlib import Path

import pytest

from pages.starter import StarterError, read
from pages.starter.reading import FOLDER, line_of, read_page

HEAD = """---
slug: roof
kind: topic
title: Roof
heading: "A roof: and more"
summary: >
  In short,
  and calm.
description: About roofs.
reviewed_on: 2026-11-20
position: 20
group: read
label: Roof
---
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def written(text: str) -> Path:
        file = tmp_path / "roof.md"
        file.write_text(text, encoding="utf-8")
        return file

    return written


def test_page_has_its_facts_and_sections(write):
    body = "Before.\n\n## Why\n\nBecause.\n\n## How {style: steps}\n1. So."
    page = read_page(write(HEAD + body))
    assert page.fields["heading"] == "A roof: and more"
    assert page.fields["summary"] == "In short, and calm."
    assert (page.fields["next"], page.fields["connect"]) == ("", True)
    plain = {"style": "prose", "drawing": "", "slug": ""}
    assert page.sections == [
        {**plain, "heading": "", "body": "Before."},
        {**plain, "heading": "Why", "body": "Because."},
        {**plain, "heading": "How", "style": "steps", "body": "1. So."},
    ]


def test_section_options_are_yaml(write):
    page = read_page(write(f"{HEAD}## A {{b}} {{style: callout, drawing: fence, slug: what}}\nx"))
    assert page.sections == [
        {"heading": "A {b}", "slug": "what", "style": "callout", "drawing": "fence", "body": "x"}
    ]


def test_deeper_headings_belong_to_the_body(write):
    page = read_page(write(f"{HEAD}## Why\n### Part\nx"))
    assert [section["body"] for section in page.sections] == ["### Part\nx"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("No facts", "line 1: The page starts with its facts between two lines of ---."),
        (HEAD[:-4], "line 1: The page starts with its facts between two lines of ---."),
        (HEAD.replace("kind: topic\n", ""), "line 2: “kind” of page is missing."),
        (HEAD.replace("label:", "lable:"), "line 2: “label” of page is missing."),
        (HEAD.replace("slug: roof", "slug: roof\nmood: x"), "line 3: page has no “mood”."),
        (HEAD.replace("position: 20", "position: x"), "line 11: “position” is not a number."),
        (HEAD.replace("2026-11-20", "soon"), "line 10: “reviewed_on” is not a date."),
        (HEAD.replace("title: Roof", "title: a: b"), "line 4: mapping values are not allowed here"),
        (HEAD + "## A {style: [}", "line 15: expected the node content"),
        (HEAD + "## A {mood: calm}", "line 15: A section has no “mood”."),
        (HEAD + "## ", "line 15: A section starts with ## and its heading."),
    ],
)
def test_malformed_page_is_told_by_file_and_line(write, text, complaint):
    with pytest.raises(StarterError) as told:
        read_page(write(text))
    assert str(told.value).startswith(f"roof.md, {complaint}")


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        ("practice.yaml", "  fee: ", "  fea: ", "“fee” of practice is missing."),
        ("practice.yaml", "hours: ", "hours: [", "practice.yaml"),
        ("practice.yaml", "region: us", "region: fr", "There is no region “fr”."),
        ("regions/gb.yaml", "group: home", "gruop: home", "“group” of line is missing."),
        ("regions/ie.yaml", "code: ie", "cod: ie", "“code” of region is missing."),
        (
            "practice.yaml",
            "- {therapist: marisol-averidge",
            "- {therapist: nobody",
            "Nobody and nothing is called “nobody”.",
        ),
        ("glossary.yaml", "word: shelter", "wort: shelter", "“word” of word is missing"),
        ("sources.yaml", "- key: bowlby-1988\n", "- kee: bowlby-1988\n", "“key” of source is"),
        ("pages/trauma.md", "next: healing-with-others", "next: nowhere", "no page “nowhere”"),
    ],
)
def test_malformed_tables_are_told(change, name, old, new, complaint):
    folder = change(name, old, new)
    with pytest.raises(StarterError) as told:
        read(folder)
    assert complaint in str(told.value)
    assert str(told.value).startswith(f"{Path(name).name}, line ")


def test_the_starter_itself_is_whole():
    starter = read(FOLDER)
    assert {page.file.stem for page in starter.pages if not page.fields["slug"]} == {"home"}
    named = [page for page in starter.pages if page.fields["slug"]]
    assert [page.fields["slug"] for page in named] == [page.file.stem for page in named]


def test_line_of_counts_from_one():
    assert [line_of("a\nb\nb", "b"), line_of("a", "z")] == [2, 1]
