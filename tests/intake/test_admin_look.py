"""The staff site in a real browser: axe, both schemes, phone and desk, nobody else asked."""

import os
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group, User
from django.urls import reverse

# Playwright's event loop runs in this thread from its first test to the end of the run.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = shutil.which("chromium")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PASSWORD = "a long password 42"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {
        "executable_path": CHROMIUM,
        "args": ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
    }


@pytest.fixture(params=["light", "dark"])
def scheme(request):
    return request.param


@pytest.fixture(params=[375, 1280])
def width(request):
    return request.param


@pytest.fixture
def page(browser, scheme, width):
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=False
    )
    page = context.new_page()
    page.asked, page.errors = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda line: page.errors.append(line.text) if line.type == "error" else None)
    yield page
    context.close()


@pytest.fixture
def boss(practice):
    return User.objects.create_superuser("boss", "boss@practice.example", PASSWORD)


def look(page, width):
    """What is wrong with the page as it stands: errors of its own first, then axe's findings."""
    page.wait_for_load_state("load")
    found = [f"console: {text}" for text in page.errors]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append("wider than the screen")
    options = {"runOnly": {"type": "tag", "values": RULES}}
    results = Axe().run(page, options=options).response["violations"]
    found += [f"{each['id']}: {node['html'][:120]}" for each in results for node in each["nodes"]]
    return found


def test_every_kind_of_staff_page(page, live_server, boss, make_request, width):
    request = make_request(times_ok=["morning"], needs="A quiet room")
    request.add_note(boss, "Called once.")
    held = make_request("trap")
    group = Group.objects.create(name="Intake")
    wrong = {}

    def visit(name, address):
        page.goto("about:blank")
        page.errors.clear()  # axe tried inline styles of its own, which the policy refused
        page.goto(live_server.url + address)
        wrong[name] = look(page, width)

    visit("sign in", "/staff/")
    page.get_by_label("Username").fill("boss")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    visit("today", "/staff/")
    visit("queue", reverse("admin:intake_contactrequest_changelist"))
    visit("empty queue", reverse("admin:intake_contactrequest_changelist") + "?view=list")
    visit("held", reverse("admin:intake_contactrequest_change", args=[held.pk]))
    visit("request", reverse("admin:intake_contactrequest_change", args=[request.pk]))
    page.errors.clear()
    page.get_by_role("button", name="Open this request").click()
    page.get_by_text("Called once.").wait_for()
    wrong["opened"] = look(page, width)
    page.errors.clear()
    page.get_by_text("First talk booked").click()
    page.get_by_role("button", name="Save the first talk").click()
    page.get_by_role("alert").first.wait_for()
    wrong["error"] = look(page, width)
    visit("form of Django", f"/staff/auth/group/{group.pk}/change/")
    visit("list of Django", "/staff/auth/user/")
    visit("table of Django", "/staff/pages/practice/1/change/")
    visit("password", "/staff/password_change/")
    assert wrong == {name: [] for name in wrong}
    assert [url for url in page.asked if not url.startswith(live_server.url)] == []


def test_banner_stays_in_view(page, live_server, boss, make_request):
    request = make_request()
    page.goto(live_server.url + reverse("admin:intake_contactrequest_change", args=[request.pk]))
    page.get_by_label("Username").fill("boss")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Open this request").click()
    page.locator(".history").scroll_into_view_if_needed()
    page.evaluate("window.scrollTo(0, 600)")
    box = page.get_by_role("region", name="How to reach this person").bounding_box()
    assert 0 <= box["y"] < 100


@pytest.mark.parametrize("scheme", ["light"], indirect=True)
@pytest.mark.parametrize("width", [1280], indirect=True)
def test_the_whole_row_is_the_target(page, live_server, boss, make_request):
    request = make_request()
    page.goto(live_server.url + reverse("admin:intake_contactrequest_changelist"))
    page.get_by_label("Username").fill("boss")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    box = page.locator(".row-status").bounding_box()
    page.mouse.click(box["x"] + 5, box["y"] + 5)
    page.wait_for_url("**" + reverse("admin:intake_contactrequest_change", args=[request.pk]))
