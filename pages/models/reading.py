"""The content of an edition or draft, read once: what it cites, names and links to."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from pages.models.practice import Practice
from pages.rendering import Context, Marks, marks

Content = dict[str, Any]
CLEAR = {"summary": "In the first lines", "calm_line": "In the calm line"}


class Reading:
    def __init__(self, content: Content, facts: Mapping[str, str]) -> None:
        self.content = content
        self.facts = facts

    @classmethod
    def of(cls, content: Content) -> "Reading":
        """With the facts of the practice as they are now."""
        practice = Practice.objects.prefetch_related("opening_hours").first()
        return cls(content, practice.facts() if practice else {})

    @cached_property
    def _read(self) -> tuple[list[tuple[str, Marks]], set[str]]:
        """Each text with its place, and the anchors: in the order in which pages are made."""
        sections = self.content["sections"]
        context = Context(facts=self.facts)
        context.ids.update(section["slug"] for section in sections if section["slug"])
        texts = [(where, self.content[name]) for name, where in CLEAR.items()]
        texts += [(place_of(each, n), each["body"]) for n, each in enumerate(sections, 1)]
        return [(where, marks(text, context)) for where, text in texts], context.ids

    @property
    def texts(self) -> list[tuple[str, Marks]]:
        return self._read[0]

    @property
    def anchors(self) -> set[str]:
        return self._read[1]

    @property
    def citations(self) -> set[str]:
        return {key for _, text in self.texts for key in text.citations}


def place_of(section: Mapping[str, str], number: int) -> str:
    return f"Under “{section['heading']}”" if section["heading"] else f"In section {number}"
