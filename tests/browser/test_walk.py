"""The whole way, as a person takes it: read, write, be found by staff. With scripts and without."""

import re

import pytest

from tests.site import RunningSite
from tests.walking_in import walk_in

TOPICS = [
    ("/attachment/", "We need each other: attachment and relationships"),
    ("/trauma/", "When it is hard to feel safe: the role of trauma"),
    ("/healing-with-others/", "Healing with others starts closer to home"),
    ("/healing-with-yourself/", "Healing with yourself, helped by others"),
    ("/attachment-in-therapy/", "Attachment in therapy, and why fit matters"),
]
SERVICES = [
    "/individual-therapy/",
    "/couples-counseling/",
    "/family-counseling/",
    "/parent-coaching/",
]


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def javascript(request):
    return request.param


@pytest.fixture
def fresh_site(tmp_path):
    with RunningSite(tmp_path, INTAKE_MIN_FILL_SECONDS="0") as running:
        yield running


@pytest.fixture
def visit(browser, javascript):
    """A browser page of its own, and every address it asked for."""
    context = browser.new_context(java_script_enabled=javascript)
    page = context.new_page()
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    yield page
    context.close()


def press(page, name):
    """A button, and the page it leads to with its scripts."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def fill_in(page):
    page.get_by_label("What name can we use?").fill("Kim, she/her")
    group = page.get_by_role("group", name="Who is this for?")
    group.get_by_label("Me", exact=True).check()
    page.get_by_role("group", name="Are you 18 or older?").get_by_label("Yes").check()
    page.get_by_label("What would you like help with?").fill("Sleep,\nand a hard talk.")
    where = page.get_by_role("group", name="Will you be in Oregon during sessions?")
    where.get_by_label("Yes").check()
    page.get_by_role("group", name="How can we reach you?").get_by_label("Call me").check()
    page.get_by_label("Phone number").fill("(503) 555-0177")
    private = page.get_by_role("group", name="Could someone else answer this phone")
    private.get_by_label("No", exact=True).check()
    times = page.get_by_role("group", name="When is a good time?")
    times.get_by_label("Mornings").check()
    press(page, "Check before sending")


def test_read_write_and_be_found(fresh_site, visit):
    page, site = visit, fresh_site
    page.goto(site.url)
    assert page.locator("h1").inner_text() == "Somewhere steady to start from."
    for path, heading in TOPICS:
        page.goto(site.url + path)
        assert page.locator("h1").inner_text() == heading
    for path in SERVICES:
        assert page.goto(site.url + path).status == 200

    page.get_by_role("link", name="Contact us").first.click()
    fill_in(page)
    assert page.locator("h1").inner_text() == "One last look"
    assert "ending in 77" in page.locator(".plan").inner_text()
    press(page, "Send my request")
    assert page.locator("h1").inner_text() == "Your request reached us"
    code = "".join(page.locator(".code-block").all_inner_texts())
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{24}", code)
    assert page.context.cookies() == []

    page.set_default_timeout(10_000)
    walk_in(page, site.first_link)
    reference = f"{code[:4]}-{code[4:8]}"
    page.goto(site.url + "/staff/intake/contactrequest/")
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile(reference)).first.click()
    assert "a hard talk" not in page.content()
    press(page, "Open this request")
    assert "Sleep,\nand a hard talk." in page.locator("main").inner_text()
    assert {cookie["path"] for cookie in page.context.cookies()} == {"/staff/"}

    mails = [path.read_text() for path in (site.data_dir / "mail").iterdir()]
    assert len(mails) == 1
    assert f"Subject: Request {reference}: answer by " in mails[0]
    assert [url for url in page.asked if not url.startswith(site.url + "/")] == []
