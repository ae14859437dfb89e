"""What a browser would send back from the form of a staff page."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client


class FormReader(HTMLParser):
    """The answers that stand in a page's fields, as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.answers: dict[str, Any] = {}
        self._name = ""
        self._area: list[str] | None = None
        self._in_template = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        self._in_template |= tag == "template"
        if self._in_template:  # nothing in there is part of a form
            return
        if tag == "input" and "name" in facts:
            self._input(facts, dict(attrs))
        elif tag == "select":
            self._name = facts["name"]
        elif tag == "option" and "selected" in facts:
            self.answers[self._name] = facts["value"]
        elif tag == "textarea":
            self._name, self._area = facts["name"], []

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._in_template &= tag != "template"
        if tag == "textarea" and self._area is not None:
            self.answers[self._name] = "".join(self._area).removeprefix("\n").removeprefix("\r\n")
            self._area = None

    def _input(self, facts: dict[str, str], attrs: dict[str, str | None]) -> None:
        if facts.get("type") in {"submit", "button"}:
            return
        if facts.get("type") == "checkbox":
            if "checked" in attrs:
                self.answers.setdefault(facts["name"], []).append(facts.get("value", "on"))
        elif facts.get("type") == "radio":
            if "checked" in attrs:
                self.answers[facts["name"]] = facts["value"]
        else:
            self.answers[facts["name"]] = facts.get("value", "")


def answers(staff: Client, address: str, **changes: Any) -> dict[str, Any]:
    return {**FormReader(staff.get(address).text).answers, **changes}
