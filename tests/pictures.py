"""`python -m tests.pictures FOLDER [NAME ...]`: pictures of every page, to look at.

360 and 1280 px wide, light and dark, of a site of its own. A look beats a measurement.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.addresses import public_addresses
from tests.site import RunningSite
from tests.visitor import Visitor

SIZES = {360: 740, 1280: 900}
CHROMIUM = {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox", "--disable-gpu"]}


def shoot(page: Page, folder: Path, name: str) -> None:
    page.screenshot(path=folder / f"{name}.png", full_page=True)


def name_of(path: str) -> str:
    return path.strip("/").replace("/", "-") or "home"


def shoot_all(browser: Browser, site: RunningSite, folder: Path, names: list[str]) -> None:
    paths = public_addresses(Visitor(site.url))
    for width, height in SIZES.items():
        for scheme in ("light", "dark"):
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme=scheme
            )
            for path in paths:
                if not names or name_of(path) in names:
                    page.goto(site.url + path)
                    shoot(page, folder, f"{name_of(path)}-{width}-{scheme}")
            page.close()


def main(target: str, *names: str) -> None:
    folder = Path(target)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        with RunningSite(Path(place)) as site:
            shoot_all(browser, site, folder, list(names))


if __name__ == "__main__":
    main(*sys.argv[1:])
