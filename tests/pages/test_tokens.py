"""Every pair of colors in use is readable in both schemes: 7:1 for text, 3:1 for what has an edge.

Needs no Django: the roles are read from the style sheet that the site serves.
"""

import re
from itertools import product
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "static" / "css"
DARK = "@media (prefers-color-scheme: dark)"
COLOR = re.compile(r"--([a-z-]+): (#[0-9a-f]{6});")
ROLES = {
    "ground", "panel", "ink", "muted", "thread-a", "thread-b", "moss", "error", "focus", "on-focus",
    "control-border", "hairline",
}  # fmt: skip

# (what, on what). A hairline parts what is already apart, so nothing is asked of it.
TEXT = {
    *product(("ink", "muted", "thread-a", "thread-b", "moss", "error"), ("ground", "panel")),
    ("ground", "thread-a"),  # the primary button
    ("ground", "ink"),  # leave control, a button under the pointer, the crisis buttons
    ("panel", "error"),  # the mark before an error
    ("on-focus", "focus"),
}  # fmt: skip
EDGES = {
    ("control-border", "ground"),
    ("control-border", "panel"),
    ("error", "ground"),
    ("error", "panel"),
    ("ink", "ground"),  # the ring of the focus
    ("ink", "panel"),
    ("thread-a", "ground"),
    ("thread-b", "ground"),
    ("moss", "ground"),
}


def schemes() -> dict[str, dict[str, str]]:
    """The roles as each scheme fills them; print and more contrast only narrow them."""
    light, _, rest = (CSS / "tokens.css").read_text().partition(DARK)
    dark = rest.partition("@media")[0]
    roles = dict(COLOR.findall(light))
    return {"light": roles, "dark": {**roles, **dict(COLOR.findall(dark))}}


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2.2 defines it, 0 to 1."""
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def too_weak(pairs: set[tuple[str, str]], least: float, roles: dict[str, str]) -> dict[str, float]:
    found = {f"{a} on {b}": round(contrast(roles[a], roles[b]), 2) for a, b in pairs}
    return {pair: ratio for pair, ratio in found.items() if ratio < least}


def test_contrast_of_known_colors_is_known() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21.0
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


def test_tokens_name_every_role_and_no_other() -> None:
    assert set(schemes()["light"]) == ROLES


def test_dark_scheme_fills_every_role() -> None:
    source = (CSS / "tokens.css").read_text().partition(DARK)[2]
    assert set(dict(COLOR.findall(source.partition("@media")[0]))) == ROLES


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_at_seven_to_one(scheme: str) -> None:
    assert too_weak(TEXT, 7, schemes()[scheme]) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_edges_are_seen_at_three_to_one(scheme: str) -> None:
    assert too_weak(EDGES, 3, schemes()[scheme]) == {}


def test_components_take_every_color_from_a_role() -> None:
    named = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(")
    own = {p.name for p in (CSS / "components").glob("*.css") if named.search(p.read_text())}
    assert own == set()


def test_components_ask_only_for_tokens_that_exist() -> None:
    sheets = [p.read_text() for p in CSS.rglob("*.css")]
    asked = {name for sheet in sheets for name in re.findall(r"var\(--([a-z0-9-]+)\)", sheet)}
    made = {name for sheet in sheets for name in re.findall(r"--([a-z0-9-]+):", sheet)}
    made |= {"scale", "wide"}  # the editor's script sets them on the frame that shows the page
    assert asked - made == set()
