"""Every state of My request, in each width and scheme: accessible, and no wider than the window."""

import pytest

from tests.browser.walking import press
from tests.request_states import STATES, sent
from tests.site import RunningSite

LOOKS = [(width, scheme) for width in (360, 1280) for scheme in ("light", "dark")]
ANSWERS = {
    "keep": "Yes, keep my place",
    "found": "I found help. You can take me off",
    "harder": "It has gotten harder",
}
SENTENCES = 27  # closed as spam reads like no inquiry, and so on: not every state has its own


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with RunningSite(tmp_path_factory.mktemp("states"), INTAKE_MIN_FILL_SECONDS="0") as running:
        yield running


@pytest.fixture
def page(browser):
    context = browser.new_context(reduced_motion="reduce")
    yield context.new_page()
    context.close()


def open_mine(page, site, code):
    page.goto(site.url + "/request/")
    page.get_by_label("Your private code").fill(code)
    press(page, "Open my request", "My request")


@pytest.fixture
def wrong_with(page, violations):
    """wrong_with() -> what is wrong with the page as it stands, in any look."""

    def found():
        wrong = []
        for width, scheme in LOOKS:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            wrong += [*violations(page), *(["sideways"] if wider > 0 else [])]
        return wrong

    return found


def test_no_state_has_a_violation(site, page, wrong_with):
    found, leads = {}, set()
    for name, code in sent(site, STATES).items():
        open_mine(page, site, code)
        leads.add(page.locator(".lead, .apology").first.inner_text())
        found[name] = wrong_with()
    assert found == {name: [] for name in STATES}
    assert len(leads) == SENTENCES


def test_no_answer_to_a_check_in_has_a_violation(site, page, wrong_with):
    found = {}
    for answer, code in sent(site, dict.fromkeys(ANSWERS, "ask(r)")).items():
        open_mine(page, site, code)
        press(page, ANSWERS[answer], "My request")
        assert page.title() == "My request: your answer"
        found[answer] = wrong_with()
    assert found == {answer: [] for answer in ANSWERS}
