"""The words of the starter content: easy to read, in its voice, with every point it must carry."""

import re

import pytest

from pages import starter as starter_files
from pages.readability import report

PAGES = {page.fields["slug"]: page for page in starter_files.read().pages}
CALM_KINDS = ("crisis", "safety")
HIGHEST_GRADE = 8
HIGHEST_GRADE_WHERE_CALM = 6
MEAN_SENTENCE = 15
LONGEST_SENTENCE = 25
SAFETY_LINE = (
    "Sometimes the guard is right. If someone hurts, scares or controls you, your alarm is not the "
    "problem, and learning to be calm is not the answer. [Here is who to talk to](/help-now/)."
)
# What each topic page must carry, and the sentence that carries it.
POINTS = [
    (1, "attachment", "People are built for closeness. We need bonds that are warm and safe"),
    (2, "attachment", "It says less about what a steady bond can mend"),
    (3, "attachment", "With someone steady behind us, we try things we would have left alone"),
    (4, "attachment", "we stop believing our own read of things"),
    (5, "trauma", 'the question "do I feel safe with you?" gets no clear answer'),
    (6, "trauma", "So we stay on guard (hypervigilance), even at our own kitchen table"),
    (7, "trauma", "Does that sound tiring? It is. Nobody can keep watch forever."),
    (8, "trauma", "There are therapies for it, and they help many people [@who-ptsd]."),
    (9, "healing-with-others", "Being close to others starts with being on your own side"),
    (10, "healing-with-others", "You learn the names of your feelings."),
    (11, "healing-with-others", "you start to see chances you could not see before"),
    (12, "healing-with-others", "A chance to set a limit and say it out loud."),
    (13, "healing-with-yourself", "A bond we can count on makes us better at mending ourselves."),
    (14, "healing-with-yourself", "Partners can learn to be shelter for each other"),
    (14, "healing-with-yourself", "Parents can learn to settle a child by being settled"),
    (15, "attachment-in-therapy", "the first person who felt safe was a therapist"),
    (16, "attachment-in-therapy", "It does not stay in the room."),
    (17, "attachment-in-therapy", "we can be with each other only as far as we know ourselves"),
    (18, "attachment-in-therapy", "that is the art of the attachment-focused therapist"),
    (19, "attachment-in-therapy", "Are you ready to connect with an attachment-focused therapist?"),
]  # fmt: skip


def whole_text(slug: str) -> str:
    page = PAGES[slug]
    parts = [page.fields["summary"], page.fields["calm_line"], *(s["body"] for s in page.sections)]
    return "\n\n".join(part for part in parts if part)


@pytest.mark.parametrize("slug", sorted(PAGES))
def test_page_is_easy_to_read(slug):
    found = report(whole_text(slug))
    calm = PAGES[slug].fields["kind"] in CALM_KINDS
    assert found.grade <= (HIGHEST_GRADE_WHERE_CALM if calm else HIGHEST_GRADE)
    assert found.mean_sentence <= MEAN_SENTENCE
    assert found.longest_sentence <= LONGEST_SENTENCE, found.long_sentences
    assert found.avoided == []


@pytest.mark.parametrize(("number", "slug", "sentence"), POINTS)
def test_point_stands_on_its_page(number, slug, sentence):
    assert sentence in " ".join(whole_text(slug).split()), number


def test_no_point_is_missing():
    assert {number for number, *_ in POINTS} == set(range(1, 20))


@pytest.mark.parametrize("slug", ["trauma", "healing-with-others", "healing-with-yourself"])
def test_safety_line_stands_word_for_word(slug):
    assert SAFETY_LINE in " ".join(whole_text(slug).split())


@pytest.mark.parametrize(
    "slug", [slug for slug, page in PAGES.items() if page.fields["kind"] == "topic"]
)
def test_topic_pages_keep_figures_to_the_sources(slug):
    without_keys = re.sub(r"\[@[^\]]+\]", "", whole_text(slug))
    assert re.findall(r"\d+(?:\.\d+)?\s*%|\br = |\bn = ", without_keys) == []
