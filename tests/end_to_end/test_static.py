"""Static files as they are served: one style sheet, hashed names, compressed, collected once."""

import re

import pytest

from tests.site import ROOT
from tests.visitor import Visitor

pytestmark = pytest.mark.own_database  # no database has a part in it

COMPONENTS = ROOT / "static/css"


@pytest.fixture
def visitor(shared_site):
    return Visitor(shared_site.url)


@pytest.fixture
def sheet(visitor):
    """The style sheet's address, as a page names it."""
    found = re.findall(r'<link rel="stylesheet" href="([^"]+)"', visitor.get("/").text)
    assert len(found) == 1
    return found[0]


def test_style_sheet_is_one_file_with_every_part(visitor, sheet):
    text = visitor.get(sheet).text
    assert "@import" not in text
    imported = re.findall(r'@import url\("([^"]+)"\)', (COMPONENTS / "site.css").read_text())
    assert len(imported) > 30
    for name in imported:
        first_rule = re.search(r"^[.:@a-z][^\n{]*\{", (COMPONENTS / name).read_text(), re.MULTILINE)
        assert first_rule
        assert first_rule[0] in text, name


def test_style_sheet_names_fonts_that_are_there(visitor, sheet):
    fonts = re.findall(r'url\("([^"]+woff2)"\)', visitor.get(sheet).text)
    assert len(fonts) == 4
    for font in fonts:
        answer = visitor.get("/static/" + font.removeprefix("../"))
        assert (answer.status, answer.headers["content-type"]) == (200, "font/woff2")


def test_hashed_files_are_kept_for_good_and_compressed(visitor, sheet):
    assert re.search(r"site\.[0-9a-f]{12}\.css$", sheet)
    answer = visitor.get(sheet, **{"Accept-Encoding": "br"})
    assert answer.headers["content-encoding"] == "br"
    assert answer.headers["cache-control"] == "max-age=315360000, public, immutable"


def test_every_name_changes_with_its_content(shared_site):
    names = [path.name for path in (shared_site.data_dir / "static").rglob("*") if path.is_file()]
    plain = {name for name in names if not re.search(r"\.[0-9a-f]{12}(\.|$)", name)}
    assert (len(names) > 300, plain) == (True, {"staticfiles.json", ".collected"})


def test_prepare_again_collects_only_what_changed(shared_site):
    site = shared_site
    manifest = site.data_dir / "static/staticfiles.json"
    made = manifest.stat().st_mtime_ns
    site.manage("prepare")
    assert manifest.stat().st_mtime_ns == made
    (site.data_dir / "static/.collected").write_text("another")
    site.manage("prepare")
    assert manifest.stat().st_mtime_ns > made


def test_scripts_are_one_file_with_every_part(visitor):
    (one,) = re.findall(r'src="(/static/js/[^"]+)"', visitor.get("/contact/").text)
    text, folder = visitor.get(one).text, COMPONENTS.parent / "js"
    imported = re.findall(r'import "\./([^"]+)"', (folder / "site.js").read_text())
    assert len(imported) == 3
    assert 'import "' not in text
    for name in imported:
        assert "{\n" + (folder / name).read_text() + "}" in text
