"""My request in Chromium: from the sent page to the code, and all that the code does."""

import pytest

from tests.browser.walking import check, fill_in, go_back, press, seen, send
from tests.visitor import Visitor

LOOKS = [(width, scheme) for width in (360, 1280) for scheme in ("light", "dark")]
NOTHING = "That code did not open anything."


def code_of(page) -> str:
    return " ".join(page.locator(".code .code-block").all_inner_texts())


def send_one(page, site) -> str:
    page.goto(site.url + "/contact/")
    fill_in(page)
    check(page)
    send(page)
    return code_of(page)


def open_mine(page, code):
    page.get_by_label("Your private code").fill(code)
    press(page, "Open my request", "My request")


def main(page) -> str:
    return " ".join(page.locator("main").inner_text().split())


def axe_looks(browser, site, violations, way):
    """What axe finds on the page that `way(page)` leads to, in each width and scheme."""
    found = {}
    for width, scheme in LOOKS:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
        )
        page = context.new_page()
        page.goto(site.url + "/request/")
        way(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found[width, scheme] = [*violations(page), *(["sideways"] if wider > 0 else [])]
        context.close()
    return {look: lines for look, lines in found.items() if lines}


@pytest.mark.parametrize("scripts", ["with scripts", "without scripts"])
def test_walk_there_and_back(site, visit, plain_visit, scripts):
    page = visit if scripts == "with scripts" else plain_visit
    code = send_one(page, site)
    with page.expect_navigation():
        page.get_by_role("link", name="come back here to change or take back").click()
    open_mine(page, code.lower().replace(" ", ""))
    assert "We have your request. You will hear from us by" in main(page)
    press(page, "Change how we reach you", "Change how we reach you")
    page.get_by_label("Mornings").uncheck()
    page.get_by_label("Early evenings").check()
    press(page, "Save this change", "My request")
    assert "in the early evening" in page.get_by_role("alert").inner_text()
    press(page, "Change how we reach you", "Change how we reach you")
    page.get_by_label("Stop all messages. I will call you").check()
    press(page, "Save this change", "My request")
    assert "We will not contact you first." in main(page)
    press(page, "Take back my request", "Take back my request?")
    press(page, "Keep my request", "My request")
    press(page, "Take back my request", "Take back my request?")
    press(page, "Take back my request", "My request")
    assert "You have taken back your request. We will not contact you." in main(page)
    press(page, "Erase everything now", "Erase everything now?")
    press(page, "Erase everything now", "My request")
    assert "Everything is erased. We kept one count with no name." in main(page)
    page.goto(site.url + "/request/")
    page.get_by_label("Your private code").fill(code)
    press(page, "Open my request", "My request")
    assert NOTHING in main(page)
    assert page.context.cookies() == []


def test_by_keyboard_alone(site, visit):
    code = send_one(visit, site)
    visit.goto(site.url + "/request/")
    visit.get_by_label("Your private code").focus()
    visit.keyboard.type(code)
    with visit.expect_navigation():
        visit.keyboard.press("Enter")
    for name, heading in [
        ("Take back my request", "Take back my request?"),
        ("Take it back and erase everything now", "My request"),
    ]:
        for _ in range(60):
            visit.keyboard.press("Tab")
            if visit.evaluate("document.activeElement.textContent.trim()") == name:
                break
        with visit.expect_navigation():
            visit.keyboard.press("Enter")
        visit.get_by_role("heading", level=1, name=heading, exact=True).wait_for()
    assert "Everything is erased." in main(visit)


def test_wrong_code_is_told_first_and_has_the_focus(site, visit):
    visit.goto(site.url + "/request/")
    open_mine(visit, "7QK4 M2XD")
    assert visit.title() == "Error: My request"
    focused = visit.evaluate("document.activeElement.hasAttribute('data-error-summary')")
    assert focused is True


def test_two_tabs_and_nothing_half_done(site, visit):
    code = send_one(visit, site)
    other = visit.context.new_page()
    for page in (visit, other):
        page.goto(site.url + "/request/")
        open_mine(page, code)
    press(visit, "Take back my request", "Take back my request?")
    press(visit, "Take back my request", "My request")
    press(other, "Change how we reach you", "My request")
    assert "closed meanwhile, so nothing was changed" in other.get_by_role("alert").inner_text()
    press(other, "Erase everything now", "Erase everything now?")
    press(other, "Erase everything now", "My request")
    press(visit, "Erase everything now", "My request")
    assert NOTHING in main(visit)


def test_leaving_takes_the_code_along(site, visit, weather):
    code = send_one(visit, site)
    visit.goto(site.url + "/")
    visit.goto(site.url + "/request/")
    open_mine(visit, code)
    assert code.replace(" ", "") in seen(visit).replace(" ", "")
    with visit.expect_navigation(url=weather):
        visit.get_by_role("link", name="Leave this site").click()
    go_back(visit, "My request")
    text = seen(visit).replace(" ", "")
    assert (code.replace(" ", "") in text, code[:9] in seen(visit)) == (False, False)


def test_code_stands_in_no_address_title_or_console(site, visit):
    code = send_one(visit, site).replace(" ", "")
    visit.goto(site.url + "/request/")
    open_mine(visit, code)
    press(visit, "Erase everything now", "Erase everything now?")
    press(visit, "Keep my request", "My request")
    assert code not in "\n".join([*visit.asked, *visit.said, visit.title()])
    assert visit.said == []


def test_no_page_of_it_has_a_violation(site, browser, visit, violations):
    code = send_one(visit, site)
    ways = {
        "door": lambda page: None,
        "wrong": lambda page: open_mine(page, "nothing"),
        "mine": lambda page: open_mine(page, code),
    }
    steps = [
        ("Change how we reach you", "Change how we reach you"),
        ("Take back my request", "Take back my request?"),
        ("Erase everything now", "Erase everything now?"),
    ]
    for name, heading in steps:
        ways[name] = lambda page, name=name, heading=heading: (
            open_mine(page, code),
            press(page, name, heading),
        )
    found = {name: axe_looks(browser, site, violations, way) for name, way in ways.items()}
    assert {name: looks for name, looks in found.items() if looks} == {}


def test_pages_are_light(site, visit):
    code = send_one(visit, site)
    for step in ("", "reach", "take_back", "erase"):
        answer = Visitor(site.url).post("/request/", {"code": code, "step": step})
        assert answer.status == 200
        assert len(answer.text.encode()) <= 20 * 1024
