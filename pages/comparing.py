"""What is different between two contents of a page, word by word. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

Content = Mapping[str, Any]
Section = Mapping[str, str]
TEXTS = {
    "title": "Title",
    "heading": "Heading",
    "summary": "First lines",
    "calm_line": "Calm line",
    "description": "Description",
}
SETTINGS = {
    "kind": "Kind of page",
    "group": "Listed under",
    "label": "Short name",
    "position": "Place in its list",
    "illustration": "Drawing",
    "next": "Next to read",
    "indexable": "Search engines may list it",
    "connect": "Ends with the way to connect",
    "reviewed_on": "Reviewed on",
    "effective_on": "In force since",
}
OF_A_SECTION = {"style": "style", "drawing": "drawing"}
TOKEN = re.compile(r"\w+(?:[-’']\w+)*|\s+|[^\w\s]")
MOST_PAIRS = 9_000_000  # of tokens: beyond that, looking for common words takes too long
LEFT_STANDING = 160  # characters of an unchanged text on either side of a change


@dataclass(frozen=True)
class Run:
    """Words that share one fate: "" (unchanged), "added", "removed" or "left out"."""

    text: str
    fate: str = ""


@dataclass(frozen=True)
class Difference:
    where: str
    what: str  # in a word or two; empty where the runs say it all
    runs: tuple[Run, ...] = ()


def compare(before: Content, after: Content) -> list[Difference]:
    """The differences in the order of the page, settings last."""
    return [
        *_texts(before, after),
        *_sections(before["sections"], after["sections"]),
        *_settings(SETTINGS, before, after),
    ]


def words(before: str, after: str) -> tuple[Run, ...]:
    """Both texts as runs. Without the added ones it is the one, without the removed the other."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    runs: list[Run] = []
    for i1, i2, j1, j2, same in _blocks(old, new):
        if same:
            runs.append(Run("".join(old[i1:i2])))
        elif i2 - i1 == j2 - j1:  # line for line, so that each keeps its own
            for one, other in zip(old[i1:i2], new[j1:j2], strict=True):
                runs += _by_word(one, other)
        else:
            runs += _by_word("".join(old[i1:i2]), "".join(new[j1:j2]))
    return tuple(_joined(runs))


def shortened(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Of what did not change, only what stands beside a change."""
    last = len(runs) - 1
    return tuple(
        part
        for place, run in enumerate(runs)
        for part in (_cut(run.text, place > 0, place < last) if not run.fate else [run])
    )


def _texts(before: Content, after: Content) -> Iterator[Difference]:
    for name, label in TEXTS.items():
        if before[name] != after[name]:
            yield Difference(label, "", shortened(words(before[name], after[name])))


def _settings(labels: Mapping[str, str], before: Content, after: Content) -> Iterator[Difference]:
    for name, label in labels.items():
        old, new = _said(before.get(name)), _said(after.get(name))
        if old != new:
            yield Difference(label, "", (Run(old, "removed"), Run(new, "added")))


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if value not in (None, "") else "nothing"


def _sections(before: Sequence[Section], after: Sequence[Section]) -> Iterator[Difference]:
    """As they stand in the later one; what was taken out comes last."""
    pairs = _pairs(before, after)
    moved = _moved([old for old in pairs if old is not None])
    for place, (old, section) in enumerate(zip(pairs, after, strict=True)):
        name = _name(section)
        if old is None:
            yield Difference(name, "New section", (Run(section["body"], "added"),))
            continue
        if old in moved:
            yield Difference(name, _where(after, place))
        yield from _in_section(name, before[old], section)
    for place, section in enumerate(before):
        if place not in pairs:
            yield Difference(_name(section), "Taken out", (Run(section["body"], "removed"),))


def _in_section(name: str, before: Section, after: Section) -> Iterator[Difference]:
    if before["heading"] != after["heading"]:
        yield Difference(f"{name}: heading", "", words(before["heading"], after["heading"]))
    if before["body"] != after["body"]:
        yield Difference(name, "", shortened(words(before["body"], after["body"])))
    labels = {key: f"{name}: {label}" for key, label in OF_A_SECTION.items()}
    yield from _settings(labels, before, after)


def _pairs(before: Sequence[Section], after: Sequence[Section]) -> list[int | None]:
    """For each later section the place of the one it was: of that anchor, or with those words."""
    places = {key: place for place, key in enumerate(_keys(before))}
    pairs = [places.get(key) for key in _keys(after)]
    free = {
        section["body"]: place
        for place, section in enumerate(before)
        if place not in pairs and section["body"]
    }
    return [
        free.pop(section["body"], None) if old is None else old
        for old, section in zip(pairs, after, strict=True)
    ]


def _keys(sections: Sequence[Section]) -> Iterator[tuple[str, int]]:
    """The anchor, with a number where several have the same or none."""
    seen: Counter[str] = Counter()
    for section in sections:
        seen[section["slug"]] += 1
        yield section["slug"], seen[section["slug"]]


def _moved(places: list[int]) -> set[int]:
    """Those that the fewest moves would have to touch."""
    kept = SequenceMatcher(None, sorted(places), places, autojunk=False).get_matching_blocks()
    standing = {places[at] for block in kept for at in range(block.b, block.b + block.size)}
    return set(places) - standing


def _where(sections: Sequence[Section], place: int) -> str:
    if not place:
        return "Moved: it stands first now"
    name = _name(sections[place - 1])
    return f"Moved: it stands after {name[0].lower()}{name[1:]} now"


def _name(section: Section) -> str:
    return f"Section “{section['heading']}”" if section["heading"] else "Section without a heading"


def _by_word(before: str, after: str) -> Iterator[Run]:
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    if len(old) * len(new) > MOST_PAIRS:
        yield from (Run(before, "removed"), Run(after, "added"))
        return
    gone = come = ""
    for i1, i2, j1, j2, same in _blocks(old, new):
        one, other = "".join(old[i1:i2]), "".join(new[j1:j2])
        # A space between two words that changed is no reason to stop.
        if not same or (gone and come and one.isspace() and i2 < len(old)):
            gone, come = gone + one, come + other
            continue
        yield from (Run(gone, "removed"), Run(come, "added"), Run(one))
        gone = come = ""
    yield from (Run(gone, "removed"), Run(come, "added"))


def _blocks(old: list[str], new: list[str]) -> Iterator[tuple[int, int, int, int, bool]]:
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new).get_opcodes():
        yield i1, i2, j1, j2, tag == "equal"


def _joined(runs: Sequence[Run]) -> Iterator[Run]:
    """No empty ones, and none beside one of the same fate."""
    last = Run("")
    for run in (each for each in runs if each.text):
        if last.text and last.fate != run.fate:
            yield last
        last = Run(last.text + run.text, run.fate) if last.fate == run.fate else run
    if last.text:
        yield last


def _cut(text: str, after_change: bool, before_change: bool) -> list[Run]:
    if len(text) <= 3 * LEFT_STANDING:
        return [Run(text)]
    head = text[:LEFT_STANDING].rpartition(" ")[0] if after_change else ""
    tail = text[-LEFT_STANDING:].partition(" ")[2] if before_change else ""
    return [part for part in (Run(head), Run("…", "left out"), Run(tail)) if part.text]
