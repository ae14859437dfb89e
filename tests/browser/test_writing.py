"""Writing to a person at the desk, and reading it at My request: with scripts and without."""

import re

import pytest

from tests.browser.walking import press
from tests.visitor import Visitor

INBOX = "/staff/intake/contactrequest/"
WORDS = "Hello Umberhollow.\n\nTuesday at noon?\n<b>Dana</b>"
DESCRIBED = """box => box.getAttribute("aria-describedby").split(" ")
  .map((id) => document.getElementById(id).textContent.trim()).join(" ")"""
UNSENT = "You have written to them: send the message, or empty its box"


@pytest.fixture
def code(site):
    return Visitor(site.url).send().code


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def scripts(request):
    return request.param


@pytest.fixture
def desk(browser, site, staff_state, scripts, code):
    """The request's page, opened, on a phone as on a desk."""
    context = browser.new_context(
        viewport={"width": 375, "height": 700},
        storage_state=staff_state,
        java_script_enabled=scripts,
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(site.url + INBOX)
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile(f"{code[:4]}-{code[4:8]}")).first.click()
    go(page, "Open this request")
    yield page
    context.close()


def go(page, button):
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def box(page):
    return page.get_by_role("textbox", name="Message", exact=True)


def exchange(page):
    return page.get_by_role("region", name="What went to them").inner_text()


def test_what_is_written_is_read_with_the_code(site, desk, browser, scripts, code):
    box(desk).fill(WORDS)
    go(desk, "Send this message")
    assert "Written. They can read it at My request, with their code." in desk.content()
    assert box(desk).input_value() == ""
    assert all(line in exchange(desk) for line in WORDS.split("\n"))

    page = browser.new_context(java_script_enabled=scripts).new_page()
    page.goto(site.url + "/request/")
    page.get_by_label("Your private code").fill(code)
    press(page, "Open my request", "My request")
    messages = page.get_by_role("region", name="Messages from us")
    assert messages.locator(".words").inner_text() == WORDS
    assert page.get_by_text("We wrote you a message.").is_visible()
    page.context.close()


def test_another_button_does_not_lose_what_was_written(desk):
    box(desk).fill(WORDS)
    go(desk, "Talked")
    assert desk.title().startswith("Error: Request ")
    assert box(desk).input_value() == WORDS
    assert "In conversation" not in desk.get_by_role("complementary").inner_text()
    desk.get_by_role("link", name=UNSENT).click()
    assert box(desk).evaluate("box => box.getBoundingClientRect().top >= 0")
    described = box(desk).evaluate(DESCRIBED)
    assert described.startswith("Read by staff who may open this request")
    assert described.endswith(f"Error: {UNSENT}")
    go(desk, "Send this message")
    assert all(line in exchange(desk) for line in WORDS.split("\n"))


def test_by_keyboard_alone(desk):
    """From the top of the page to the message and its button, whatever else stands between."""
    desk.keyboard.press("Tab")
    for _ in range(60):
        if desk.evaluate("document.activeElement.name") == "message":
            break
        desk.keyboard.press("Tab")
    desk.keyboard.type("Tuesday at noon?")
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.textContent.trim()") == "Send this message"
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    assert "Tuesday at noon?" in exchange(desk)
