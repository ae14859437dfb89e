"""The leave control: always in reach, quick, and nothing typed comes back after it."""

from urllib.parse import unquote

import pytest

from tests.browser.walking import (
    check,
    choose,
    fill_in,
    go_back,
    kept,
    press,
    seen,
    send,
    typed_in,
)

HOME = "Attachment-focused therapy – Footbridge Lane Therapy"
SMALLEST = 48  # CSS pixels
LARGEST_SHARE = 0.2  # of the height of the window
FROM_THE_TOP = 16
WINDOWS = {
    "phone": {"width": 360, "height": 640},
    "small phone": {"width": 320, "height": 568},
    "400 % zoom": {"width": 320, "height": 256},
    "desk": {"width": 1280, "height": 800},
}
# Whatever stands at the corners and the middle of the control, one pixel in, is the control.
ON_TOP = """control => {
  const { left, top, right, bottom } = control.getBoundingClientRect();
  const middle = [(left + right) / 2, (top + bottom) / 2];
  const spots = [[left + 3, top + 3], [right - 3, bottom - 3], middle];
  return spots.every(([x, y]) => document.elementFromPoint(x, y) === control);
}"""

# The page in the moment after the click: its cover, its title, what it and the tab still hold.
LEFT_JUST_NOW = """() => {
  document.querySelector(".leave").click();
  const cover = document.querySelector(".leave-cover");
  const { x, y, width, height } = cover.getBoundingClientRect();
  const controls = [...document.querySelectorAll("input, textarea, select")];
  const choice = (one) => /radio|checkbox/.test(one.type);
  const held = controls.filter((one) => (choice(one) ? one.checked : one.value));
  const topmost = document.elementFromPoint(width / 2, height / 2).className;
  const left = [...held.map((one) => one.name), ...Object.keys(sessionStorage)];
  return [[x, y, width, height], topmost, document.title, cover.innerText, left];
}"""

# The fields of which a browser may remember what was typed.
REMEMBERED = """form => [...form.elements]
  .filter(one => one.matches("input.input, textarea") && one.autocomplete !== "off")
  .map(one => one.name)"""


def home(page, site):
    page.goto(site.url)


def topic(page, site):
    page.goto(site.url + "/trauma/")


def crisis(page, site):
    page.goto(site.url + "/help-now/")


def contact(page, site):
    page.goto(site.url + "/contact/")


def half_filled(page, site):
    contact(page, site)
    fill_in(page)


def wrong(page, site):
    half_filled(page, site)
    page.get_by_label("Phone number").fill("555-0177")
    press(page, "Check before sending", "Contact us")


def checked(page, site):
    half_filled(page, site)
    check(page)


def changing(page, site):
    checked(page, site)
    press(page, "Go back and change something", "Contact us")


def sent(page, site):
    checked(page, site)
    send(page)


def young(page, site):
    half_filled(page, site)
    choose(page, "Are you 18 or older?", "No")
    press(page, "Check before sending", "You can still talk to someone")


def conflicting(page, site):
    """Sent once, then sent again with other words, as from a second window."""
    checked(page, site)
    token = page.locator("[name=token]").input_value()
    send(page)
    half_filled(page, site)
    page.get_by_label("What name can we use?").fill("Wistful Other")
    page.locator("[name=token]").evaluate("(input, token) => (input.value = token)", token)
    press(page, "Check before sending", "We have your request")


def missing(page, site):
    page.goto(site.url + "/no-such-page/")


def closed(page, site):
    page.goto(site.url + "/contact/sent/none/")


WITH_WORDS = [half_filled, wrong, checked, changing, young, conflicting]


def by_click(page):
    page.get_by_role("link", name="Leave this site").click()


def by_shift(page):
    for _ in range(3):
        page.keyboard.press("Shift")


def is_in_reach(page):
    """In every window and however far down: 48 px, top right, small beside the page, on top."""
    control = page.get_by_role("link", name="Leave this site")
    for name, window in WINDOWS.items():
        page.set_viewport_size(window)
        for share in (0, 0.5, 1):
            page.evaluate("share => scrollTo(0, share * document.body.scrollHeight)", share)
            where, box = (page.url, name, share), control.bounding_box()
            assert min(box["width"], box["height"]) >= SMALLEST, where
            assert box["height"] <= LARGEST_SHARE * window["height"], where
            assert 0 <= box["y"] <= FROM_THE_TOP, where
            assert window["width"] / 2 <= box["x"] + 1, where
            assert box["x"] + box["width"] <= window["width"], where
            assert control.evaluate(ON_TOP), where


def test_control_is_in_reach_on_every_kind_of_page(site, visit):
    for go in (home, topic, crisis, contact, missing, closed):
        go(visit, site)
        is_in_reach(visit)


@pytest.mark.parametrize("way", [wrong, checked, sent, young, conflicting])
def test_control_is_in_reach_on_the_way(site, visit, way):
    way(visit, site)
    is_in_reach(visit)


@pytest.mark.parametrize("way", WITH_WORDS)
def test_nothing_comes_back(site, visit, weather, way):
    home(visit, site)
    way(visit, site)
    assert typed_in(seen(visit)) != []
    assert kept(visit) == 1
    entries = visit.evaluate("history.length")
    by_click(visit)
    visit.wait_for_url(weather)
    assert visit.evaluate("history.length") == entries  # the page left has no entry of its own
    for title in titles_on_the_way_back(visit, site):
        assert title in ("Contact us", "Request sent", HOME)
        assert typed_in(seen(visit)) == []
        assert typed_in(visit.evaluate("JSON.stringify({ ...sessionStorage })")) == []
        assert visit.locator(".leave-cover").count() == 0
        visit.reload()  # what a POST had answered would be asked for again
        assert typed_in(seen(visit)) == []


def titles_on_the_way_back(page, site):
    """Goes Back, page by page, to where the visit began."""
    while page.url != site.url + "/":
        page.evaluate("setTimeout(() => history.back())")
        page.wait_for_event("framenavigated")
        page.wait_for_timeout(200)  # scripts settle what Back brings
        for _ in range(25):  # what the browser calls a page that is on its way
            if page.title().startswith("Loading http"):
                page.wait_for_timeout(200)
        yield page.title()


def test_tab_stores_noise_without_its_key(site, visit):
    """A browser writes down what a tab stores, and keeps the file after leaving (0026)."""
    for way in (half_filled, wrong, checked, changing):
        way(visit, site)
        stored = visit.evaluate("({ ...sessionStorage })")
        assert list(stored) == ["kept"]
        assert len(stored["kept"]) > 500
        assert typed_in(unquote(stored["kept"])) == []
        assert visit.evaluate("name.length") == len(stored["kept"])


def test_browser_is_asked_to_remember_no_answer(site, visit):
    """What it remembers of a field, for Back or for other forms, reaches the disk too."""
    half_filled(visit, site)
    assert visit.locator("main form").evaluate(REMEMBERED) == ["email"]
    check(visit)
    go_back(visit, "Contact us")
    assert visit.locator("main form").evaluate(REMEMBERED) == ["email"]


def test_another_site_and_back_keep_the_words(site, visit, weather):
    half_filled(visit, site)
    words = typed_in(seen(visit))
    visit.goto(weather)
    go_back(visit, "Contact us")
    visit.wait_for_timeout(300)  # scripts settle what Back brings
    assert typed_in(seen(visit)) == words
    assert visit.evaluate("Object.keys(sessionStorage)") == ["kept"]


def test_page_left_comes_back_whole(site, visit, weather):
    """A page without a form may come out of the browser's memory: without the cover."""
    home(visit, site)
    visit.evaluate("window.before = true")
    visit.get_by_role("link", name="Fees").first.click()
    visit.evaluate("document.title = 'Loading'")
    go_back(visit, "Somewhere steady to start from.")
    assert visit.evaluate("window.before") is True  # the browser does that
    by_click(visit)
    visit.wait_for_url(weather)


def test_cover_goes_when_the_page_comes_back(site, visit):
    """Chromium keeps even a page of no-store, now and then."""
    contact(visit, site)
    with visit.expect_navigation(url=site.url + "/contact/"):
        visit.evaluate("""() => {
          document.body.insertAdjacentHTML("beforeend", '<div class="leave-cover">Loading</div>');
          dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
        }""")
    assert visit.locator(".leave-cover").count() == 0


def test_cover_hides_and_blanks_the_page_at_once(site, visit, weather):
    wrong(visit, site)
    box, topmost, title, text, left = visit.evaluate(LEFT_JUST_NOW)
    assert box == [0, 0, 360, 640]
    assert topmost == "leave-cover"
    assert title == "Loading"
    assert text == "Loading"
    assert left == []
    visit.wait_for_url(weather)


def test_shift_three_times_leaves(site, visit, weather):
    half_filled(visit, site)
    by_shift(visit)
    visit.wait_for_url(weather)


def test_shift_is_announced_politely(site, visit):
    contact(visit, site)
    said = visit.locator(".leave-said")
    assert said.get_attribute("role") == "status"
    visit.keyboard.press("Shift")
    assert said.inner_text() == "Press Shift 2 more times to leave."
    visit.keyboard.press("Shift")
    assert said.inner_text() == "Press Shift 1 more time to leave."
    visit.wait_for_timeout(2100)
    assert said.inner_text() == ""


def test_slow_shift_stays(site, visit):
    half_filled(visit, site)
    for _ in range(3):
        visit.keyboard.press("Shift")
        visit.wait_for_timeout(1050)
    assert typed_in(seen(visit)) != []


def test_any_other_key_starts_anew(site, visit):
    half_filled(visit, site)
    for key in ("Shift", "Shift", "a", "Shift", "Shift", "Tab", "Shift"):
        visit.keyboard.press(key)
    assert typed_in(seen(visit)) != []
    assert visit.locator(".leave-said").inner_text() == "Press Shift 2 more times to leave."


def test_capitals_are_no_presses(site, visit):
    contact(visit, site)
    message = visit.get_by_label("What would you like help with?")
    message.focus()
    changes = visit.evaluate_handle("""() => {
      const seen = [];
      new MutationObserver((all) => seen.push(...all)).observe(
        document.querySelector(".leave-said"), { childList: true, characterData: true });
      return seen;
    }""")
    for key in ("I", "K", "U", "Tab", "Tab", "Tab"):
        visit.keyboard.down("Shift")
        visit.keyboard.press(key)
        visit.keyboard.up("Shift")
    assert message.input_value() == "IKU"
    assert changes.evaluate("seen => seen.length") == 0


def test_plain_link_without_scripts(site, plain_visit, weather):
    """It leads away; only scripts can blank a page that Chromium keeps whole for Back."""
    half_filled(plain_visit, site)
    by_click(plain_visit)
    plain_visit.wait_for_url(weather)
    assert plain_visit.locator("h1").inner_text() == "Rain later"


def test_nobody_is_told_where_from(site, visit, weather):
    half_filled(visit, site)
    with visit.expect_request(weather) as asked:
        by_click(visit)
    assert "referer" not in asked.value.all_headers()
