"""The staff site in a browser: accessible on a phone and a desk, quiet, alone with us."""

import re

import pytest

from tests.visitor import Visitor

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = [(width, scheme) for width in (375, 1280) for scheme in ("light", "dark")]
INBOX = "/staff/intake/contactrequest/"
COLLEAGUE = """
from django.contrib.auth.models import User
names = {"first_name": "Cleo", "last_name": "Abernathy-Okonkwo"}
User.objects.create_user("cleo.abernathy", "cleo.abernathy@practice.example", **names)
"""
STOCK = {
    "pages": "/staff/pages/page/",
    "page": "/staff/pages/page/2/change/",
    "editions": "/staff/pages/page/2/editions/",
    "practice": "/staff/pages/practice/1/change/",
    "readiness": "/staff/readiness/",
    "reports": "/staff/reports/",
    "who read what": "/staff/who-read-what/",
    "therapists": "/staff/pages/therapist/",
    "crisis lines": "/staff/pages/crisisline/",
    "crisis line": "/staff/pages/crisisline/1/change/",
    "history": "/staff/pages/practice/1/history/",
    "deleted": "/staff/pages/crisisline/recover/",
    "add a call": "/staff/intake/contactrequest/call/",
    "absence": "/staff/intake/absence/",
    "phrases": "/staff/intake/phrase/",
    "phrase": "/staff/intake/phrase/1/change/",
    "referrals": "/staff/intake/referral/",
    "words at the end": "/staff/intake/outcometext/",
    "users": "/staff/auth/user/",
    "user": "/staff/auth/user/1/change/",
    "link for a user": "/staff/auth/user/1/link/",
    "groups": "/staff/auth/group/add/",
    "password": "/staff/password_change/",
}


@pytest.fixture(scope="module")
def reference(site):
    """A request in the inbox, with a safe-contact wish of each kind."""
    answers = {"phone_private": "yes", "voicemail": "first_name", "times_ok": "morning"}
    return Visitor(site.url).send(**answers).code[:8]


@pytest.fixture(scope="module")
def practice_data(site):
    """Forty requests, in every view."""
    site.manage("make_sample_requests", "40")
    yield
    site.manage("make_sample_requests", "--remove")


@pytest.fixture(params=LOOKS, ids=[f"{width} {scheme}" for width, scheme in LOOKS])
def desk(request, browser, staff_state):
    """A signed-in browser page that keeps what it asked for and what its console said."""
    width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, storage_state=staff_state
    )
    page = context.new_page()
    page.asked, page.said = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on(
        "console",
        lambda line: page.said.append(line.text) if line.type in ("error", "warning") else None,
    )
    yield page
    context.close()


def wrong_with(page, violations):
    """What the console said, what is too wide, and axe's findings, in that order."""
    page.wait_for_load_state()
    said, page.said = list(page.said), []
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    found = said + ([f"wider by {wider}"] if wider > 0 else []) + violations(page, RULES)
    page.said.clear()  # axe tries inline styles of its own, which the policy refuses
    return found


def open_request(page, site, reference):
    page.goto(site.url + INBOX)
    row = page.get_by_role("link", name=re.compile(f"{reference[:4]}-{reference[4:]}"))
    row.first.click()
    page.wait_for_url(re.compile(INBOX + r"[0-9a-f-]{36}/"))


def test_stock_pages_have_no_violation(site, desk, violations):
    wrong = {}
    for name, path in STOCK.items():
        assert desk.goto(site.url + path).status == 200, name
        wrong[name] = wrong_with(desk, violations)
    assert wrong == {name: [] for name in STOCK}
    assert [url for url in desk.asked if not url.startswith(site.url + "/")] == []


@pytest.mark.usefixtures("practice_data")
def test_full_inbox_has_no_violation(site, desk, violations):
    """Each view with people in it, and the first of each: new, called before, listed, closed."""
    wrong = {}
    for view in ("now", "theirs", "list", "closed"):
        desk.goto(f"{site.url}{INBOX}?view={view}")
        wrong[view] = wrong_with(desk, violations)
        press(desk, desk.locator(".row-name").first)
        wrong["first", view] = wrong_with(desk, violations)
    desk.goto(f"{site.url}{INBOX}?only=mine")
    wrong["mine"] = wrong_with(desk, violations)
    desk.goto(f"{site.url}{INBOX}samples/")
    wrong["samples"] = wrong_with(desk, violations)
    desk.goto(f"{site.url}/staff/who-read-what/")
    press(desk, desk.locator("table a").first)
    wrong["read by one on a day"] = wrong_with(desk, violations)
    assert wrong == {name: [] for name in wrong}


def test_keeping_has_no_violation(site, desk, violations, reference):
    """As it stands, held without a reason, and erased with another reference typed."""
    wrong = {}
    open_request(desk, site, reference)
    desk.goto(desk.url.split("?")[0] + "keeping/")
    wrong["keeping"] = wrong_with(desk, violations)
    for button in ("Hold this request", "Erase everything"):
        press(desk, desk.get_by_role("button", name=button))
        assert desk.title().startswith("Error: ")
        wrong[button] = wrong_with(desk, violations)
    assert wrong == {name: [] for name in wrong}


def test_inbox_has_no_violation(site, desk, violations, reference):
    wrong = {}
    for name, path in {"today": "/staff/", "queue": INBOX, "empty": f"{INBOX}?view=list"}.items():
        desk.goto(site.url + path)
        wrong[name] = wrong_with(desk, violations)
    open_request(desk, site, reference)
    wrong["request"] = wrong_with(desk, violations)
    close = desk.get_by_role("button", name="Close it again")
    if close.count():  # still open from another look
        with desk.expect_navigation():
            close.click()
    with desk.expect_navigation():
        desk.get_by_role("button", name="Open this request").click()
    wrong["opened"] = wrong_with(desk, violations)
    desk.get_by_text("First talk booked").click()
    desk.get_by_role("button", name="Save the first talk").click()
    desk.get_by_role("alert").first.wait_for()
    wrong["step without a day"] = [
        line for line in wrong_with(desk, violations) if "status of 4" not in line
    ]
    assert wrong == {name: [] for name in wrong}
    assert [url for url in desk.asked if not url.startswith(site.url + "/")] == []


def test_writing_to_a_person_has_no_violation(site, desk, violations, reference):
    """Before, with a message that another button would lose, and after sending it."""
    wrong = {}
    open_request(desk, site, reference)
    opens = desk.get_by_role("button", name="Open this request")
    if opens.count():
        press(desk, opens)
    box = desk.get_by_role("textbox", name="Message", exact=True)
    box.fill("Tuesday at noon?")
    wrong["composing"] = wrong_with(desk, violations)
    press(desk, desk.get_by_role("button", name="Talked"))
    assert desk.title().startswith("Error: ")
    wrong["unsent"] = wrong_with(desk, violations)
    press(desk, desk.get_by_role("button", name="Send this message"))
    assert "Tuesday at noon?" in desk.get_by_role("region", name="What went to them").inner_text()
    wrong["sent"] = wrong_with(desk, violations)
    assert wrong == {name: [] for name in wrong}


def test_wrong_phrase_has_no_violation(site, desk, violations):
    desk.goto(site.url + "/staff/intake/phrase/add/")
    press(desk, desk.get_by_role("button", name="Save", exact=True))
    assert desk.get_by_text("Write at least one word").is_visible()
    assert wrong_with(desk, violations) == []


def press(page, button):
    with page.expect_navigation():
        button.click()


def test_sign_in_has_no_violation(site, browser, violations):
    for width, scheme in LOOKS:
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page.goto(f"{site.url}/staff/")
        assert violations(page, RULES) == []
        page.close()


def test_banner_stays_in_view(site, desk, reference):
    open_request(desk, site, reference)
    desk.wait_for_load_state()
    desk.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    box = desk.get_by_role("region", name="How to reach this person").bounding_box()
    assert 0 <= box["y"] < 100


def test_whole_row_is_the_target(site, browser, staff_state, reference):
    context = browser.new_context(
        storage_state=staff_state, viewport={"width": 1280, "height": 800}
    )
    page = context.new_page()
    page.goto(site.url + INBOX)
    box = page.locator(".row-status").first.bounding_box()
    page.mouse.click(box["x"] + 5, box["y"] + 5)
    page.wait_for_url(re.compile(INBOX + r"[0-9a-f-]{36}/"))
    context.close()


@pytest.fixture
def phone(browser, staff_state):
    context = browser.new_context(storage_state=staff_state, viewport={"width": 375, "height": 700})
    yield context.new_page()
    context.close()


def test_list_of_users_does_not_scroll_sideways_on_a_phone(site, phone):
    site.manage("shell", "-c", COLLEAGUE)
    phone.goto(f"{site.url}/staff/auth/user/")
    assert phone.get_by_role("cell", name="Cleo Abernathy-Okonkwo").is_visible()
    table = phone.locator("#result_list").bounding_box()
    assert (table["x"] >= 0, table["x"] + table["width"] <= 375) == (True, True)


def test_each_label_stands_as_near_to_its_control(site, phone):
    phone.goto(f"{site.url}/staff/who-read-what/")
    labels = [phone.locator(f"label[for={name}]").bounding_box() for name in ("who", "day")]
    controls = [phone.locator(f"#{name}").bounding_box() for name in ("who", "day")]
    who, day = (control["y"] - label["y"] for label, control in zip(labels, controls, strict=True))
    assert who == day
