"""What people type, made safe to store without changing what they meant."""

import unicodedata
from collections.abc import Callable

# Overrides, embeddings and isolates can make a line read as another one; marks (200E, 200F) cannot.
_DIRECTION = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}


def one_line(typed: str) -> str:
    """One line in NFC: no control characters, no direction overrides, no line breaks."""
    line = " ".join(_without(_unsafe, unicodedata.normalize("NFC", typed)).split())
    return line if any(_visible(mark) for mark in line) else ""


def many_lines(typed: str) -> str:
    """The words in NFC with plain line breaks: no control characters but tabs and breaks."""
    text = unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n"))
    return _without(_control, text).strip()


def code_points(typed: str) -> int:
    """The length as the page counts it: code points, a line break as one."""
    return len(typed.replace("\r\n", "\n"))


def _without(unwanted: Callable[[str], bool], text: str) -> str:
    """Each mark that stands in it is judged once, however often it does."""
    for mark in filter(unwanted, set(text)):
        text = text.replace(mark, "")
    return text


def _unsafe(mark: str) -> bool:
    control = unicodedata.category(mark) == "Cc" and not mark.isspace()
    return control or ord(mark) in _DIRECTION


def _control(mark: str) -> bool:
    return unicodedata.category(mark) == "Cc" and mark not in "\n\t"


def _visible(mark: str) -> bool:
    return unicodedata.category(mark)[0] in "LNPS"
