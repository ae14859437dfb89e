"""A page as a search engine reads it: its head, its data for machines, and its words."""

import json
import re
from html.parser import HTMLParser
from typing import Any

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "wbr"}


class ReadPage(HTMLParser):
    """`tags` holds (name, attributes) in order; `texts` the words inside each kind of element."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        for tag in set(self.open):
            self.texts[tag][-1] += data

    def text(self, tag: str) -> str:
        """The words of the one element of this kind."""
        (words,) = self.texts[tag]
        return re.sub(r"\s+", " ", words).strip()

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        """The attributes of each such element that has these."""
        return [
            given for name, given in self.tags if name == tag and wanted.items() <= given.items()
        ]

    def meta(self, name: str) -> str | None:
        key = "property" if name.startswith("og:") else "name"
        found = self.all("meta", **{key: name})
        assert len(found) <= 1, name
        return found[0]["content"] if found else None

    @property
    def canonical(self) -> str | None:
        found = self.all("link", rel="canonical")
        assert len(found) <= 1
        return found[0]["href"] if found else None

    @property
    def shared(self) -> dict[str, str]:
        """The Open Graph tags."""
        tags = [given for given in self.all("meta") if given.get("property", "").startswith("og:")]
        return {given["property"]: given["content"] for given in tags}

    def data(self) -> list[dict[str, Any]]:
        """The nodes of the JSON-LD; none where there is none."""
        places = [given for name, given in self.tags if name == "script"]
        blocks = [
            json.loads(text)
            for given, text in zip(places, self.texts.get("script", []), strict=True)
            if given.get("type") == "application/ld+json"
        ]
        assert all(block["@context"] == "https://schema.org" for block in blocks)
        return [node for block in blocks for node in block["@graph"]]

    def node(self, kind: str) -> dict[str, Any]:
        (found,) = [node for node in self.data() if node["@type"] == kind]
        return found
