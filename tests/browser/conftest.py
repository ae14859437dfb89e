"""Browser tests: Chromium against a whole site in processes of its own."""

import os
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.site import RunningSite

# Playwright runs an event loop in this thread; Django would take that for a mistake.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = shutil.which("chromium")
PASSWORD = "a-quiet-room-in-the-afternoon"
RULES = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip("no Chromium: apt-get install chromium"))


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {
        "executable_path": CHROMIUM,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The example practice, served. Shared by the tests of a run: each leaves it usable."""
    with RunningSite(tmp_path_factory.mktemp("site"), INTAKE_MIN_FILL_SECONDS="0") as running:
        yield running


@pytest.fixture(scope="session")
def staff_state(site, browser):
    """The cookies of the first account, entered through its one-time link."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.first_link)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password confirmation").fill(PASSWORD)
    page.get_by_role("button", name="Save and open the staff site").click()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def violations():
    """violations(page) -> axe's findings (A, AA, AAA, best practice) as "rule: element" lines."""
    axe = Axe()

    def found(page, rules=RULES):
        options = {"runOnly": {"type": "tag", "values": rules}}
        results = axe.run(page, options=options).response["violations"]
        return [f"{v['id']}: {node['html'][:160]}" for v in results for node in v["nodes"]]

    return found
