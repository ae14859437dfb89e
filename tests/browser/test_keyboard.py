"""From the front page to a request sent and taken back, with a keyboard and nothing else."""

import re

import pytest

from tests.browser.conftest import EXIT_ADDRESS
from tests.browser.walking import TYPED

MOST_STOPS = 200
EXIT = "from pages.models import Practice; print(Practice.objects.get().exit_url)"
WIDE_ENOUGH = 3  # pixels of the ring round what has the focus
# What has the focus: its words, where it stands, whether one sees it and the ring round it.
FOCUS = """() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const { left, top, right, bottom } = one.getBoundingClientRect();
  const leave = document.querySelector(".leave")?.getBoundingClientRect();
  const apart = !leave || right <= leave.left || left >= leave.right || top >= leave.bottom - 1;
  const style = getComputedStyle(one);
  // Of a row in the queue it goes round the whole row.
  const around = one.matches(".row-name") ? getComputedStyle(one, "::after") : style;
  // Of a tall box a browser brings the line into view that one writes on.
  const end = one.matches("textarea") ? top + parseFloat(style.lineHeight) : bottom;
  const words = one.ariaLabel || (one.labels?.[0] ?? one).textContent.trim() || one.value || "";
  return {
    name: words.trim().replace(/\\s+/g, " "),
    stop: one.type === "radio" ? one.name : [...document.querySelectorAll("*")].indexOf(one),
    ring: around.outlineStyle === "none" ? 0 : parseFloat(around.outlineWidth),
    seen: top >= 0 && end <= innerHeight && left >= 0 && right <= innerWidth
      && (one.className === "leave" || apart),
  };
}"""


class Keys:
    """A page of which only the keyboard is touched. Every stop of the focus is looked at."""

    def __init__(self, page):
        self.page = page

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, words):
        self.page.keyboard.type(words)

    def here(self):
        return self.page.evaluate(FOCUS)

    def step(self, key):
        """One stop on; None where the focus has left the page."""
        self.press(key)
        stop = self.here()
        for _ in range(10):
            if stop is None or stop["seen"]:
                break
            self.page.wait_for_timeout(100)  # the window scrolls
            stop = self.here()
        assert stop is None or (stop["seen"], stop["ring"] >= WIDE_ENOUGH) == (True, True), stop
        return stop

    def to(self, name, key="Tab"):
        """On to what is called so, without passing the end of the page twice."""
        for _ in range(MOST_STOPS):
            stop = self.step(key)
            if stop and re.fullmatch(name, stop["name"]):
                return
        raise AssertionError(name)

    def through(self, key):
        """All stops from where the page begins (or ends) until it is left, or begins anew."""
        stops = []
        while (stop := self.step(key)) and stop["stop"] not in stops[:1]:
            stops.append(stop["stop"])
            assert len(stops) < MOST_STOPS, stops[-10:]
        return stops

    def enter(self, name, way="Tab", key="Enter"):
        """Presses a link or a button, and waits for a page."""
        self.to(name, way)
        with self.page.expect_navigation():
            self.press(key)

    def go(self, name, heading, key="Enter"):
        """The same, where it is known which page it leads to."""
        self.enter(name, key=key)
        self.page.get_by_role("heading", level=1, name=heading, exact=True).wait_for()


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def keys(request, visit, plain_visit):
    return Keys(visit if request.param else plain_visit)


def answer(keys):
    """The form, each kind of control by its own keys."""
    keys.to("What name can we use.*")
    keys.write("Wistful Quill, they")
    keys.to("Me")
    keys.press("Space", "ArrowDown", "ArrowDown")
    assert keys.here()["name"] == "My child or teen"
    keys.to("Yes")
    keys.press("Space")
    keys.to("What would you like help with.*")
    keys.write("Sleep, and a hard talk with Umberhollow.")
    keys.to("Yes")
    keys.press("Space")
    keys.to("A few more things.*")
    keys.press("Enter")
    keys.to("In person or online.*")
    keys.press("ArrowDown")
    keys.to("Call me")
    keys.press("Space")
    keys.to("Phone number")
    keys.write("503 555 0177")
    keys.to("No")
    keys.press("Space")
    keys.to("Mornings")
    keys.press("Space")


def code_on(page):
    return "".join(page.locator(".code .code-block").all_inner_texts())


def test_whole_way(site, keys):
    page = keys.page
    page.goto(site.url + "/")
    assert keys.step("Tab")["name"] == "Skip to the main part"
    keys.press("Enter")
    keys.go("Contact us", "Contact us")
    keys.go("Check before sending", "Contact us")
    assert page.title() == "Error: Contact us"
    keys.to("Enter a name we can call you")
    keys.press("Enter")
    keys.page.wait_for_timeout(100)
    keys.step("Shift+Tab")
    answer(keys)
    keys.go("Check before sending", "One last look", "Space")
    assert page.locator(".plan").inner_text().startswith("We will call the number ending in 77")
    keys.to("Show what I wrote")
    keys.press("Space")
    assert "Umberhollow" in page.locator("main").inner_text()
    keys.go("Change: How can we reach you.*", "Contact us")
    keys.to("Early evenings")
    keys.press("Space")
    keys.go("Check before sending", "One last look")
    keys.go("Send my request", "Your request reached us")
    code = code_on(page)
    keys.go("come back here to change or take back your request", "My request")
    keys.to("Your private code")
    keys.write(code.lower())
    with page.expect_navigation():
        keys.press("Enter")
    keys.go("Change how we reach you", "Change how we reach you")
    keys.to("Mornings")
    keys.press("Space")
    keys.go("Save this change", "My request")
    assert "in the early evening" in page.get_by_role("alert").inner_text()
    keys.go("Take back my request", "Take back my request?")
    keys.to("Keep my request")
    keys.to("Take back my request", "Shift+Tab")
    with page.expect_navigation():
        keys.press("Enter")
    page.get_by_text("You have taken back your request.").first.wait_for()
    assert [words for words in TYPED if words in page.content()] == []


@pytest.fixture
def desk(browser, staff_state):
    """A signed-in page on a phone, without scripts."""
    context = browser.new_context(
        viewport={"width": 375, "height": 700},
        storage_state=staff_state,
        java_script_enabled=False,
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield Keys(page)
    context.close()


@pytest.fixture
def exit_that_may_be_saved(site):
    """Other tests of a run leave to a page of this machine, which the screen does not take."""
    was = site.manage("shell", "-c", EXIT).stdout.split()[-1]
    site.manage("shell", "-c", EXIT_ADDRESS.format("https://weather.example/"))
    yield
    site.manage("shell", "-c", EXIT_ADDRESS.format(was))


@pytest.mark.usefixtures("exit_that_may_be_saved")
def test_practice_is_changed_without_scripts(site, desk):
    """A pause begun and ended, and other weeks between check-ins."""
    page = desk.page
    page.goto(site.url + "/staff/pages/practice/1/change/")
    desk.to("Paused until:")
    desk.write("2027-05-03")
    desk.to("Weeks between check-ins:")
    desk.press("Control+a")
    desk.write("4")
    desk.to("Save and show now")
    with page.expect_navigation():
        desk.press("Enter")
    said = page.get_by_text("This ends by itself when Monday, May 3 begins.")
    said.wait_for()
    desk.to("Paused until:")
    desk.press("Control+a", "Delete")
    desk.to("Save and show now")
    with page.expect_navigation():
        desk.press("Space")
    said.wait_for(state="detached")
    assert page.get_by_label("Weeks between check-ins:").input_value() == "4"


def test_nothing_holds_the_focus(site, keys):
    """There and back again over every stop of each page of the way."""
    page = keys.page
    for path in ("/", "/contact/", "/request/"):
        page.goto(site.url + path)
        there = keys.through("Tab")
        back = keys.through("Shift+Tab")
        assert len(there) > 10
        assert there == back[::-1]
