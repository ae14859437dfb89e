import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.comparing import LEFT_STANDING, Difference, Run, compare, shortened, words

PAGE = {
    "kind": "topic", "group": "read", "label": "Shelter", "position": 10, "title": "Shelter",
    "heading": "A roof", "summary": "In short.", "description": "About.", "illustration": "",
    "indexable": True, "connect": True, "calm_line": "", "reviewed_on": None, "next": "",
    "sections": [],
}  # fmt: skip


def section(slug: str, body: str = "", **more: str) -> dict[str, str]:
    heading = slug.capitalize()
    return {"heading": heading, "slug": slug, "style": "prose", "drawing": "", "body": body, **more}


def page(*sections: dict[str, str], **more) -> dict:
    return {**PAGE, "sections": list(sections), **more}


def gone(text: str) -> Run:
    return Run(text, "removed")


def new(text: str) -> Run:
    return Run(text, "added")


@pytest.mark.parametrize(
    ("before", "after", "runs"),
    [
        ("", "", ()),
        ("Same.", "Same.", (Run("Same."),)),
        ("", "New.", (new("New."),)),
        ("Gone.", "", (gone("Gone."),)),
        ("It is so.", "It was so.", (Run("It "), gone("is"), new("was"), Run(" so."))),
        ("It is so.", "It is so, yes.", (Run("It is so"), new(", yes"), Run("."))),
        ("It is so.", "It was it.", (Run("It "), gone("is so"), new("was it"), Run("."))),
        ("It is.", "It is. Yes.", (Run("It is."), new(" Yes."))),
        ("don't go", "don't stay", (Run("don't "), gone("go"), new("stay"))),
        (
            "One line.\nTwo lines.\n",
            "One line.\nTwo words.\n",
            (Run("One line.\nTwo "), gone("lines"), new("words"), Run(".\n")),
        ),
        ("a\nb\n", "a\nx\nb\n", (Run("a\n"), new("x\n"), Run("b\n"))),
    ],
)
def test_words(before, after, runs):
    assert words(before, after) == runs


TEXT = st.text(alphabet="ab \n.é’-1", max_size=40)


@given(TEXT, TEXT)
def test_words_hold_both_texts_whole(before, after):
    runs = words(before, after)
    assert "".join(run.text for run in runs if run.fate != "added") == before
    assert "".join(run.text for run in runs if run.fate != "removed") == after
    assert all(one.fate != other.fate for one, other in pairwise(runs))
    assert [run for run in runs if run.fate == "left out"] == []


def test_long_stretches_are_left_out():
    before = " ".join(["start", *(f"word{number}" for number in range(400)), "end"])
    runs = shortened(words(before, before.replace("start", "Start").replace("end", "End")))
    assert [run.fate for run in runs] == [
        "removed",
        "added",
        "",
        "left out",
        "",
        "removed",
        "added",
    ]
    assert all(len(run.text) <= LEFT_STANDING for run in runs)


def test_nothing_is_left_out_of_a_short_stretch():
    before = "start " + "word " * 50 + "end"
    runs = words(before, before.replace("start", "Start").replace("end", "End"))
    assert shortened(runs) == runs


@pytest.mark.parametrize("text", [" " * 20_000, "a " * 10_000, "a" * 20_000, "ab\n" * 6_000])
def test_odd_texts_take_no_time(text):
    started = time.monotonic()
    for other in ("", text[: len(text) // 2], text.replace("a", "b"), f"x{text}y"):
        shortened(words(text, other))
    assert time.monotonic() - started < 5


def test_same_content_has_no_difference():
    assert compare(page(section("why", "Because.")), page(section("why", "Because."))) == []


def test_texts_and_settings_in_words():
    after = page(title="Roofs", indexable=False, reviewed_on="2026-11-20", effective_on=None)
    assert compare(page(), after) == [
        Difference("Title", "", (gone("Shelter"), new("Roofs"))),
        Difference("Search engines may list it", "", (gone("yes"), new("no"))),
        Difference("Reviewed on", "", (gone("nothing"), new("2026-11-20"))),
    ]


def test_sections_are_matched_by_their_anchor():
    before = page(section("why", "Because it is."), section("how", "So."))
    after = page(section("why", "Because it was.", heading="Why so"), section("how", "So."))
    assert compare(before, after) == [
        Difference("Section “Why so”: heading", "", (Run("Why"), new(" so"))),
        Difference("Section “Why so”", "", (Run("Because it "), gone("is"), new("was"), Run("."))),
    ]


def test_new_and_taken_out_sections():
    assert compare(page(section("why", "Because.")), page(section("how", "So."))) == [
        Difference("Section “How”", "New section", (new("So."),)),
        Difference("Section “Why”", "Taken out", (gone("Because."),)),
    ]


def test_section_with_another_anchor_and_the_same_words_is_the_same():
    assert compare(page(section("why", "Because.")), page(section("reasons", "Because."))) == [
        Difference("Section “Reasons”: heading", "", (gone("Why"), new("Reasons")))
    ]


def test_style_and_drawing_in_words():
    after = section("why", "Because.", style="callout", drawing="pair")
    assert compare(page(section("why", "Because.")), page(after)) == [
        Difference("Section “Why”: style", "", (gone("prose"), new("callout"))),
        Difference("Section “Why”: drawing", "", (gone("nothing"), new("pair"))),
    ]


def test_section_that_moved_says_where_it_stands():
    one, two, three = (section(slug, slug) for slug in ("one", "two", "three"))
    assert compare(page(one, two, three), page(two, three, one)) == [
        Difference("Section “One”", "Moved: it stands after section “Three” now")
    ]
    assert compare(page(one, two, three), page(three, one, two)) == [
        Difference("Section “Three”", "Moved: it stands first now")
    ]


def test_section_between_others_moves_nobody():
    one, two, three = (section(slug, slug) for slug in ("one", "two", "three"))
    assert [each.what for each in compare(page(one, three), page(one, two, three))] == [
        "New section"
    ]


def test_sections_without_an_anchor_are_matched_in_turn():
    before = page(section("", "First.", heading=""), section("", "Second.", heading=""))
    after = page(section("", "First.", heading=""), section("", "Second now.", heading=""))
    assert compare(before, after) == [
        Difference("Section without a heading", "", words("Second.", "Second now."))
    ]
