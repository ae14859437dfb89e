"""From one request to the next without a page load: what a mark on the window outlives."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_day import INBOX, Desk

NOTE = "Quiet voice,\nafter six."
TO_DO = re.compile("/do/")


@pytest.fixture
def desk(browser, site, staff_state):
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, storage_state=staff_state
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.said = []
    page.on("console", lambda line: page.said.append(line.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    yield Desk(page, site)
    context.close()


def begin(desk, **wanted):
    """At the first of them, in a window that remembers."""
    made = desk.morning(**wanted)
    desk.row(made["new"][0])
    desk.page.evaluate("window.mark = 'here'")
    return made["new"]


def is_same_window(desk):
    return desk.page.evaluate("window.mark") == "here"


def focused(desk):
    return desk.page.evaluate("document.activeElement.innerText")


def test_three_requests_are_worked_in_one_window(desk):
    references = begin(desk, new=3)
    desk.press("Open this request")
    done = []
    for _ in range(3):
        done.append(desk.in_hand())
        assert focused(desk) == desk.page.locator("h1").inner_text()
        desk.press("No answer")
        assert desk.page.get_by_role("status").inner_text() == focused(desk)
        if len(done) < 3:
            desk.press("Open next request")
    assert (done, is_same_window(desk)) == (references, True)
    assert desk.page.said == []


def test_address_and_title_are_those_of_a_page_load(desk):
    begin(desk, new=2)
    desk.press("No answer")
    desk.press("Open next request")
    address, title = desk.page.url, desk.page.title()
    shown = desk.page.locator(".desk").inner_text()
    desk.page.reload()
    assert (desk.page.url, desk.page.title()) == (address, title)
    assert (desk.page.locator(".desk").inner_text(), is_same_window(desk)) == (shown, False)


def test_back_shows_the_earlier_one_and_forward_the_later(desk):
    first, second = begin(desk, new=2)
    desk.row(second)
    desk.page.go_back()
    expect(desk.page.locator("h1")).to_contain_text(first[:4])
    assert (desk.in_hand(), is_same_window(desk)) == (first, True)
    desk.page.go_forward()
    expect(desk.page.locator("h1")).to_contain_text(second[:4])
    desk.page.go_back()
    desk.page.go_back()
    desk.page.wait_for_url(f"**{INBOX}")
    assert not is_same_window(desk)


def test_another_part_of_the_same_page_is_no_other_request(desk):
    begin(desk, new=1)
    desk.page.get_by_label("Note", exact=True).fill(NOTE)
    desk.page.evaluate("location.hash = '#next'")
    desk.page.go_back()
    assert desk.page.get_by_label("Note", exact=True).input_value() == NOTE


def test_what_was_typed_outlives_a_dropped_connection(desk):
    begin(desk, new=1)
    desk.page.get_by_label("Note", exact=True).fill(NOTE)
    desk.page.route(TO_DO, lambda route: route.abort("connectionreset"))
    desk.page.get_by_role("button", name="No answer", exact=True).click()
    expect(desk.page.get_by_role("alert")).to_contain_text("What you typed is still here.")
    assert desk.page.get_by_label("Note", exact=True).input_value() == NOTE
    assert is_same_window(desk)
    desk.page.unroute_all()
    desk.press("No answer")
    desk.press("Open this request")
    assert desk.page.get_by_role("region", name="Notes").get_by_text("after six.").is_visible()
    assert is_same_window(desk)


@pytest.mark.parametrize(("status", "stays"), [(503, True), (404, False)])
def test_an_answer_that_is_no_request_is_met_as_by_a_browser(desk, status, stays):
    """A site that is away keeps the page; what else it says is shown as it says it."""
    begin(desk, new=1)
    desk.page.get_by_label("Note", exact=True).fill(NOTE)
    desk.page.route(TO_DO, lambda route: route.fulfill(status=status, body="<h1>Else</h1>"))
    desk.page.get_by_role("button", name="Save the note only").click()
    if stays:
        expect(desk.page.get_by_role("alert")).to_contain_text("No answer came.")
        assert desk.page.get_by_label("Note", exact=True).input_value() == NOTE
    else:
        expect(desk.page.get_by_role("heading", level=1)).to_have_text("Else")
    assert is_same_window(desk) == stays


@pytest.mark.parametrize("press", ["No answer", "Next request"])
def test_whoever_is_signed_out_comes_to_the_sign_in(desk, press):
    """What was typed is kept there by the server, as after a page load."""
    begin(desk, new=2)
    desk.page.context.clear_cookies(name="sessionid")
    desk.press(press, role="link" if press == "Next request" else "button")
    assert desk.page.locator("h1").inner_text() == "Sign in"
    assert "next=" in desk.page.url


def test_what_is_wrong_is_said_where_it_was_and_nothing_is_lost(desk):
    begin(desk, new=1)
    desk.page.get_by_label("Note", exact=True).fill(NOTE)
    desk.page.get_by_text("First talk booked").click()
    address = desk.page.url
    desk.press("Save the first talk")
    assert "Enter the day of the first talk" in focused(desk)
    assert desk.page.title().startswith("Error: ")
    assert desk.page.get_by_label("Note", exact=True).input_value() == NOTE
    assert (desk.page.url, is_same_window(desk)) == (address, True)


def test_messages_are_said_in_a_region_that_was_there_before(desk):
    begin(desk, new=1)
    desk.page.evaluate("window.said = document.querySelector('[aria-live=polite]')")
    desk.page.get_by_label("Note", exact=True).fill(NOTE)
    desk.press("Save the note only")
    assert desk.page.evaluate("[window.said.isConnected, window.said.innerText]") == [
        True,
        "Note added.",
    ]


def test_keys_and_the_clock_of_the_sign_in_go_on_after_a_swap(desk):
    begin(desk, new=2)
    desk.press("No answer")
    desk.press("Open next request")
    desk.page.keyboard.press("/")
    assert desk.page.evaluate("document.activeElement.id") == "sought"
    desk.page.evaluate("document.activeElement.blur()")
    with desk.page.expect_response("**/staff/awake/"):
        desk.page.evaluate("dispatchEvent(new Event('focus'))")


def test_a_link_pressed_for_a_tab_of_its_own_opens_one(desk):
    _, second = begin(desk, new=2)
    row = desk.page.get_by_role("link", name=f"{second[:4]}-{second[4:]}").first
    with desk.page.context.expect_page() as opened:
        row.click(modifiers=["ControlOrMeta"])
    opened.value.wait_for_load_state()
    assert is_same_window(desk)
