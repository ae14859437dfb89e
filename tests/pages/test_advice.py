import time
from typing import Any

import pytest
from django.test import RequestFactory

from pages import advice
from pages.advice import Advice, advice_on
from pages.models import Page
from pages.site import Site


@pytest.fixture
def site(practice) -> Site:
    return Site(RequestFactory().get("/"))


def content(*bodies: str, **fields: Any) -> dict[str, Any]:
    section = {"heading": "", "slug": "", "style": "prose", "drawing": ""}
    page = {
        "title": "Roof", "heading": "A roof", "description": "About a roof.", "summary": "",
        "calm_line": "", "illustration": "",
    }  # fmt: skip
    return {**page, "sections": [{**section, "body": body} for body in bodies], **fields}


def has_figure(text: str) -> bool:
    return any(figure.search(text) for figure in advice.FIGURES)


@pytest.mark.parametrize(
    "text",
    [
        "About 40% of adults feel this.",
        "Forty percent of adults feel this.",
        "It helps 62.5 % of them.",
        "Almost 1 in 5 children lives through it.",
        "One in four women is hurt at home.",
        "3 out of 10 stay.",
        "4 of 10 do not.",
        "The link is modest (r = .31).",
        "It held in a larger group, N = 1204.",
        "It was clear, p < .001.",
        "17 studies found it again.",
        "Three small trials agree.",
        "It was seen in 120 young adults.",
        "Some 3,400 people took part.",
        "Thousands of families were asked.",
        "One study followed them for years.",
        "About half of babies show it.",
        "Two thirds of all parents say so.",
        "It is three times as common.",
        "They are twice as likely to stay.",
        "We asked 85 participants.",
    ],
)
def test_figures_that_need_a_source(text):
    assert has_figure(text)


@pytest.mark.parametrize(
    "text",
    [
        "In 2019 people began to ask.",
        "It was first said in 1988.",
        "Call (503) 555-0101.",
        "Call or text 988, any hour.",
        "Text START to 88788.",
        "The first talk takes 15 minutes.",
        "We answer within 24 hours.",
        "You hear from us in 2 working days.",
        "A session costs $140 to $180.",
        "It is $1,200 for families.",
        "Your plan pays 80% of the fee.",
        "There is 20% off for students.",
        "For teens from 13 to 17.",
        "She sees children aged 4 to 12.",
        "You need to be 18 or older.",
        "We plan 12 sessions of 50 minutes.",
        "Two people sit on one couch.",
        "There are five short parts.",
        "This is part 1 of 3.",
        "One in particular helps.",
        "You can make the text four times as large.",
        "Come in at 9 or 10.",
        "We see one in 2 days.",
        "We are at 1 Lantern Street, Oregon 97000.",
        "Groups of 8 people meet here.",
        "Rest for an hour, two or three times a week.",
        "It was half past ten.",
        "The second half of the talk is yours.",
    ],
)
def test_figures_of_another_kind(text):
    assert not has_figure(text)


def test_figure_with_a_source_is_fine(site):
    body = (
        "It helps 40% of adults [@bowlby]. It fails 20% of them. [@bowlby] [@other] "
        "It stays the same for 30%. Fine."
    )
    assert advice_on(content(body), site) == [
        Advice(
            "figure",
            "sections-0",
            "A figure without a source: “It stays the same for 30%.” Cite one, as [@key].",
        )
    ]


def test_figure_in_a_table_needs_a_source(site):
    table = "| Who | How many |\n|---|---|\n| Adults | 40% |\n| Children | 30% [@bowlby] |"
    assert [each.words for each in advice_on(content(table), site)] == [
        "A figure without a source: “Adults | 40%” Cite one, as [@key]."
    ]


def test_long_sentence_is_quoted(site):
    short, long = " ".join(["so"] * 24) + " it.", " ".join(["so"] * 25) + " it."
    assert advice_on(content(short), site) == []
    assert advice_on(content(long), site) == [
        Advice("sentence", "sections-0", f"One sentence has 26 words: “{long}”")
    ]


def test_very_long_sentence_is_quoted_in_part(site):
    words = [each.words for each in advice_on(content(" ".join(["so"] * 200) + " it."), site)]
    assert words[1] == f"One sentence has 201 words: “{' '.join(['so'] * 53)} …”"


HARD = (
    "Multidimensional considerations necessitate comprehensive organizational deliberation, "
    "notwithstanding institutional limitations. Professional communities investigate "
    "psychological representations. Intergenerational transmission complicates interpretation. "
    "Individual experiences demonstrate considerable variability."
)
EASY = "We sit and talk. You say what you like. It is your hour."


def test_grade_names_the_hardest_part(site):
    found = advice_on(content(EASY, HARD), site)
    assert [(each.kind, each.where) for each in found] == [("grade", "sections-1")]
    assert "8 or below is the aim. This part is the hardest." in found[0].words
    assert advice_on(content(EASY, EASY), site) == []


def test_facts_are_filled_in_before_words_are_counted(site):
    long = " ".join(["so"] * 23)
    found = advice_on(content(f"{long} {{practice}}."), site)
    assert [each.words for each in found if each.kind == "sentence"] == [
        f"One sentence has 26 words: “{long} Lantern Street Therapy.”"
    ]


def test_avoided_words_are_found_in_headings_too(site):
    found = advice_on(content("Dry.", heading="Just a roof", summary="Come in!"), site)
    assert [(each.kind, each.where, each.words.split(";")[0]) for each in found] == [
        ("word", "heading", "“just” stands here"),
        ("word", "summary", "An exclamation mark raises the voice"),
    ]


def test_missing_description(site):
    found = advice_on(content("Dry.", description=" "), site)
    assert [(each.kind, each.where) for each in found] == [("description", "description")]


@pytest.mark.parametrize(
    ("body", "skips"),
    [
        ("### A\n\nDry.\n\n##### B\n\nDry.", True),
        ("#### B\n\nDry.\n\n### A\n\nDry.", True),
        ("### A\n\nDry.\n\n#### B\n\nDry.\n\n### C\n\nDry.", False),
        ("#### A\n\nDry.\n\n#### B\n\nDry.", False),
        ("One\n===\n\nDry.\n\n### B\n\nDry.", True),
        ("```\n### A\n##### B\n```", False),
        ("Dry.", False),
    ],
)
def test_heading_that_skips_a_level(site, body, skips):
    found = [each.where for each in advice_on(content(body), site) if each.kind == "headings"]
    assert found == (["sections-0"] if skips else [])


def test_empty_section(site):
    found = advice_on(content("Dry.", " \n"), site)
    assert [(each.kind, each.where) for each in found] == [("empty", "sections-1")]


def test_drawing_used_twice(site):
    page = content("Dry.", "Dry.", illustration="pair")
    page["sections"][1]["drawing"] = "pair"
    found = advice_on(page, site)
    assert [(each.kind, each.where) for each in found] == [("drawing", "sections-1")]
    page["sections"][1]["drawing"] = "path"
    assert advice_on(page, site) == []


def test_order_is_that_of_the_page(site):
    page = content("Just so!", "", summary="Always.", description="")
    assert [each.where for each in advice_on(page, site)] == [
        "description", "summary", "sections-0", "sections-0", "sections-1",
    ]  # fmt: skip


def test_figures_of_the_starter_have_sources(starter):
    site = Site(RequestFactory().get("/"))
    found = [
        (page.slug, each.words)
        for page in Page.objects.prefetch_related("sections").select_related("next_page")
        for each in advice_on(page.draft(), site)
        if each.kind == "figure"
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [" ", "\n", "[", "![", "[@", "<!--", "<a ", "{", "1,", "|1|\n", "one in ", "half of all "],
)
def test_advice_on_odd_text_takes_no_more_than_a_breath(site, text):
    started = time.process_time()
    advice_on(content(text * (20_000 // len(text))), site)
    assert time.process_time() - started < 5
