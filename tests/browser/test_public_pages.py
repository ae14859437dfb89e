"""Every public page: accessible, alone with us, without a cookie, within its budget."""

import pytest

from tests.addresses import public_addresses
from tests.visitor import Visitor

LOOKS = [(width, scheme) for width in (360, 1280) for scheme in ("light", "dark")]
MOST_REQUESTS = 10


@pytest.fixture(scope="session")
def addresses(site):
    found = public_addresses(Visitor(site.url))
    print(f"{len(found)} public addresses")  # noqa: T201  # shown with -s
    return found


@pytest.fixture(params=LOOKS, ids=[f"{width} {scheme}" for width, scheme in LOOKS])
def page(request, browser):
    width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def test_there_are_as_many_addresses_as_the_site_has(addresses):
    # 27 pages, 3 therapists, my request, the form, and the form for 3 therapists and 4 services
    assert len(addresses) == 39
    assert {"/", "/trauma/", "/contact/", "/help-now/", "/privacy/"} <= set(addresses)


def test_no_page_has_a_violation(site, addresses, page, violations):
    found = {}
    for path in addresses:
        page.goto(site.url + path)
        found[path] = violations(page)
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_error_state_has_no_violation(site, page, violations):
    page.goto(f"{site.url}/contact/")
    with page.expect_navigation():
        page.get_by_role("button", name="Check before sending").click()
    assert page.title().startswith("Error: Contact us")
    assert violations(page) == []


def test_pages_ask_nobody_else_and_set_no_cookie(site, addresses, browser):
    context = browser.new_context()
    page, asked, said = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    for path in addresses:
        page.goto(site.url + path, wait_until="networkidle")
    assert len(asked) > len(addresses)
    assert [url for url in asked if not url.startswith(site.url + "/")] == []
    assert said == []
    assert context.cookies() == []
    context.close()


def test_first_page_asks_for_few_things(site, browser):
    for path in ("/", "/trauma/", "/contact/"):
        context = browser.new_context()
        page, asked = context.new_page(), []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(site.url + path, wait_until="networkidle")
        assert len(asked) <= MOST_REQUESTS, asked
        context.close()


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_scrolls_sideways(site, addresses, browser, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    wide = []
    for path in addresses:
        page.goto(site.url + path)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wider > 0:
            wide.append((path, wider))
    page.close()
    assert wide == []
