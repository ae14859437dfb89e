"""Two people on one page: what someone else saved comes together with what was typed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.http import QueryDict

from pages import comparing
from pages.admin.editions import in_words
from pages.models import Page

# The controls of a page and of a section, by what they hold in a draft.
FIELDS = (*Page.COPIED, "reviewed_on", "effective_on", "next_page")
OF_A_SECTION = ("heading", "body", "style", "drawing")


@dataclass(frozen=True)
class Seen:
    """A page as it was stored when someone opened it; it travels with their form."""

    draft: dict[str, Any]
    next_page: int | None
    sections: dict[str, str]  # the row and the anchor, as it was typed, of each in the draft

    @classmethod
    def of(cls, page: Page) -> "Seen":
        sections = list(page.sections.all())
        anchors = {str(each.pk): each.slug for each in sections}
        return cls(page.draft(sections), page.next_page_id, anchors)

    @classmethod
    def read(cls, text: str) -> "Seen | None":
        """None where the form carries nothing that can be read."""
        try:
            seen = cls(**json.loads(text))
            comparing.compare(seen.draft, seen.draft)
            [*seen.answers()]
        except (ValueError, TypeError, KeyError, AttributeError, IndexError):
            return None
        return seen

    def __str__(self) -> str:
        return json.dumps(self.__dict__)

    def answers(self) -> dict[str, str]:
        """What a form of it holds, with rows in place of the numbers of forms."""
        page = {name: said(self.draft.get(name)) for name in FIELDS}
        page["next_page"] = said(self.next_page)
        for (row, anchor), section in zip(
            self.sections.items(), self.draft["sections"], strict=True
        ):
            page |= {f"{row}-{name}": said(section[name]) for name in OF_A_SECTION}
            page[f"{row}-slug"] = anchor
        return page


@dataclass(frozen=True)
class Meanwhile:
    """What is told to whoever saves later."""

    who: str
    seen: Seen  # as it is stored now
    version: int
    differences: list[comparing.Difference]


def bring_together(page: Page, posted: QueryDict) -> tuple[QueryDict, Meanwhile] | None:
    """What was posted, with what someone else changed where nothing was typed over it.

    None where nobody saved in between, or where it cannot be told what was seen.
    """
    before = Seen.read(posted.get("seen_draft", ""))
    if before is None or posted.get("seen_version") == str(page.version):
        return None
    now = Seen.of(page)
    together = posted.copy()
    was, stands = before.answers(), now.answers()
    for control, key in controls(posted):
        if clean(posted.get(control, "")) == clean(was.get(key, "")) and key in stands:
            together[control] = stands[key]
    for form, row in rows(posted):
        untouched = all(
            clean(posted.get(f"{form}-{name}", "")) == clean(was.get(f"{row}-{name}", ""))
            for name in OF_A_SECTION
        )
        if untouched and f"{row}-body" not in stands:
            together[f"{form}-DELETE"] = "on"
    differences = comparing.compare(in_words(before.draft), in_words(now.draft))
    return together, Meanwhile(last_to_save(page), now, page.version, differences)


def controls(posted: QueryDict) -> Iterator[tuple[str, str]]:
    yield from ((name, name) for name in FIELDS)
    for form, row in rows(posted):
        for name in (*OF_A_SECTION, "slug"):
            yield f"{form}-{name}", f"{row}-{name}"


def rows(posted: QueryDict) -> Iterator[tuple[str, str]]:
    """The forms of stored sections, each with its row."""
    for name, row in posted.items():
        if name.startswith("sections-") and name.endswith("-id") and row:
            yield name.removesuffix("-id"), str(row)


def last_to_save(page: Page) -> str:
    entries = LogEntry.objects.filter(
        content_type=get_content_type_for_model(page), object_id=str(page.pk)
    )
    last = entries.select_related("user").first()
    return str(last.user) if last else "Someone else"


def said(value: Any) -> str:
    """As a control holds it: a tick is "on", and nothing is nothing."""
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value is None else str(value)


def clean(text: str) -> str:
    """Browsers send lines with ends of their own."""
    return text.replace("\r\n", "\n").strip()
