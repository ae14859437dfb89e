"""Browser tests: Chromium against a whole site in processes of its own."""

import os
import shutil
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.request import Request, urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.site import RunningSite
from tests.walking_in import walk_in

# Playwright runs an event loop in this thread; Django would take that for a mistake.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = shutil.which("chromium")
NOBODY_ELSE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
EXIT_ADDRESS = "from pages.models import Practice; Practice.objects.update(exit_url={!r})"
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
            NOBODY_ELSE,
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
    walk_in(context.new_page(), site.first_link)
    state = context.storage_state()
    context.close()
    done = Event()
    Thread(target=stay_awake, args=[site, state, done], daemon=True).start()
    yield state
    done.set()


def stay_awake(site, state, done):
    """Tests that need no staff may take longer than a sign-in stays open."""
    cookies = "; ".join(f"{each['name']}={each['value']}" for each in state["cookies"])
    request = Request(f"{site.url}/staff/awake/", headers={"Cookie": cookies})
    while not done.wait(4 * 60):
        with suppress(OSError), urlopen(request):
            pass


@pytest.fixture(scope="session")
def weather(site):
    """The address "Leave this site" leads to: a small page of another origin on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Weather) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        site.manage("shell", "-c", EXIT_ADDRESS.format(address))
        yield address
        server.shutdown()


class Weather(BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"<!DOCTYPE html><title>Weather</title><h1>Rain later</h1>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


@pytest.fixture(scope="session")
def everyday_browser(browser_type, browser_type_launch_args):
    """Chromium as people have it: Back may bring a page back whole, which the driver turns off."""
    browser = browser_type.launch(
        **browser_type_launch_args, ignore_default_args=["--disable-back-forward-cache"]
    )
    yield browser
    browser.close()


@pytest.fixture
def visit(everyday_browser):
    """A tab of its own on a phone, with every address asked for and every word in the console."""
    context = everyday_browser.new_context(viewport={"width": 360, "height": 640})
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.asked, page.said = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    yield page
    context.close()


@pytest.fixture
def plain_visit(everyday_browser):
    """A tab on a phone where scripts are off."""
    context = everyday_browser.new_context(
        viewport={"width": 360, "height": 640}, java_script_enabled=False
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


@pytest.fixture
def violations():
    """violations(page) -> axe's findings (A, AA, AAA, best practice) as "rule: element" lines."""
    axe = Axe()

    def found(page, rules=RULES):
        options = {"runOnly": {"type": "tag", "values": rules}}
        results = axe.run(page, options=options).response["violations"]
        return [f"{v['id']}: {node['html'][:160]}" for v in results for node in v["nodes"]]

    return found
