"""Reads a page as the tests need it: what it says, and what its form would post."""

import re
from html import unescape
from html.parser import HTMLParser


class Reading(HTMLParser):
    """`fields` posts back what the first POST form of the page holds, step left out."""

    def __init__(self, response) -> None:
        super().__init__()
        self.html = response.content.decode()
        self.fields: dict[str, list[str]] = {}
        self.controls: list[dict[str, str]] = []
        self._textarea = self._select = ""
        # Browsers read every line break as one character and post it as two.
        self.feed(self.html.replace("\r\n", "\n"))

    @property
    def title(self) -> str:
        return self._text("title")

    @property
    def heading(self) -> str:
        return self._text("h1")

    @property
    def summary(self) -> list[tuple[str, str]]:
        """The links of the error summary: (target, words)."""
        found = re.search(r'<ul class="error-summary-list">(.*?)</ul>', self.html, re.DOTALL)
        links = re.findall(r'<a href="#([^"]+)">([^<]+)</a>', found[1]) if found else []
        return [(target, unescape(words)) for target, words in links]

    @property
    def inline(self) -> list[str]:
        found = re.findall(r'class="field-error"[^>]*><span[^>]*>Error:</span> ([^<]+)<', self.html)
        return [unescape(words) for words in found]

    def all(self, css: str) -> list[str]:
        """The text of every element of this class that holds no element of its own kind."""
        found = re.findall(
            rf'<(\w+)[^>]*class="[^"]*\b{css}\b[^"]*"[^>]*>(.*?)</\1>', self.html, re.DOTALL
        )
        return [_plain(inner) for _, inner in found]

    def _text(self, tag: str) -> str:
        found = re.search(rf"<{tag}\b[^>]*>(.*?)</{tag}>", self.html, re.DOTALL)
        return _plain(found[1]) if found else ""

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag in ("input", "textarea", "select", "button") and "name" in given:
            self.controls.append({"tag": tag, **given})
        if tag == "input" and "name" in given:
            chosen = given.get("type") not in ("radio", "checkbox") or "checked" in given
            if chosen:
                self.fields.setdefault(given["name"], []).append(_posted(given.get("value", "")))
        if tag == "textarea":
            self._textarea = given["name"]
            self.fields[given["name"]] = [""]
        if tag == "select":
            self._select = given["name"]
        if tag == "option" and "selected" in given:
            self.fields[self._select] = [given["value"]]

    def handle_data(self, data):
        if self._textarea:
            # The first line break after the tag is not part of the text.
            text = self.fields[self._textarea][0] + data
            self.fields[self._textarea] = [text]

    def handle_endtag(self, tag):
        if tag == "textarea" and self._textarea:
            typed = self.fields[self._textarea][0]
            self.fields[self._textarea] = [_posted(typed.removeprefix("\n"))]
            self._textarea = ""


def _posted(value: str) -> str:
    return value.replace("\n", "\r\n")


def _plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())
