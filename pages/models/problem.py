"""What keeps a page from being shown, in sentences that say where and what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pages.models.destination import Destinations, Standing
from pages.models.edition import NotReadyError
from pages.models.page import Page
from pages.models.reading import Reading
from pages.rendering import FACT, Marks

# Texts of one line: only facts stand in them.
LINES = {"title": "In the title", "heading": "In the heading", "description": "In the description"}


@dataclass(frozen=True)
class Problem:
    """`mark` is the text that it is about, as it was typed."""

    where: str
    what: str
    mark: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def problems_of(
    reading: Reading, page: Page | None = None, standing: Standing | None = None
) -> list[Problem]:
    """All problems of a content, as the site stands now or at another moment.

    `page` is the one that the content is for: links to that page lead to this content.
    """
    standing = standing or Standing(reading.facts)
    leads = Destinations(reading, standing, page)
    return [
        *in_lines(reading),
        *(
            problem
            for where, text in reading.texts
            for problem in (
                *in_citations(where, text, standing),
                *in_facts(where, text.facts, reading),
                *in_links(where, text, leads),
            )
        ),
    ]


def check(reading: Reading, page: Page, at: datetime | None = None) -> None:
    if found := problems_of(reading, page, Standing(reading.facts, at)):
        raise NotReadyError(found)


def in_lines(reading: Reading) -> Iterator[Problem]:
    headings = [section["heading"] for section in reading.content["sections"]]
    lines = [(where, reading.content[name]) for name, where in LINES.items()]
    lines += [(f"In the heading “{heading}”", heading) for heading in headings]
    for where, text in lines:
        yield from in_facts(where, list(dict.fromkeys(FACT.findall(text))), reading)


def in_facts(where: str, names: list[str], reading: Reading) -> Iterator[Problem]:
    known = ", ".join(f"{{{name}}}" for name in sorted(reading.facts))
    for name in names:
        if name not in reading.facts:
            yield Problem(where, NO_FACT.format(name, known), f"{{{name}}}")
        elif not reading.facts[name]:
            yield Problem(where, EMPTY_FACT.format(name), f"{{{name}}}")


def in_citations(where: str, text: Marks, standing: Standing) -> Iterator[Problem]:
    for key in text.citations:
        if key not in standing.sources:
            yield Problem(where, NO_SOURCE.format(key), f"[@{key}]")


def in_links(where: str, text: Marks, leads: Destinations) -> Iterator[Problem]:
    for link in text.not_links:
        yield Problem(where, NO_LINK.format(link), link)
    for href in text.links:
        if complaint := leads.complaint(href):
            yield Problem(where, complaint, href)


NO_SOURCE = "no source is on file for [@{0}]. Add it under Sources, or take [@{0}] out."
NO_FACT = "nothing is on file for {{{0}}}. Take it out, or use one of these: {1}."
EMPTY_FACT = "nothing is on file for {{{0}}}. Fill it in under Practice, or take {{{0}}} out."
NO_LINK = "{0} makes no link. Start its address with / or https://, and leave no space in it."
