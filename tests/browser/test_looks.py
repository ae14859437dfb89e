"""On paper, in forced colors, with wide text, by keyboard; and how much a page weighs."""

import re
from urllib.parse import urlsplit

import pytest

from tests.browser.walking import check, fill_in, press, send

KB = 1024
CRISIS = "Need help right now? Call or text 988, any hour, free. In danger: call 911. More numbers"
NOT_PRINTED = ".skip, .leave, .header-nav, .header-contact, .directory, .footer-legal, .actions"
# WCAG 1.4.12: the widest text a reader may ask for.
WIDE_TEXT = """* {
  line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important;
}
p { margin-block-end: 2em !important; }"""
CLIPPED = """() => [...document.querySelectorAll("body *")]
  .filter(one => one.checkVisibility() && !one.closest(".visually-hidden, .skip, svg, .form-trap"))
  .filter(one => one.getBoundingClientRect().right > innerWidth + 1
    || (getComputedStyle(one).overflow !== "visible" && one.tagName !== "TEXTAREA"
      && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)))
  .map(one => one.outerHTML.slice(0, 90))"""
OUTLINES = """() => {
  const all = [...document.querySelectorAll("a, button, input, select, textarea, summary")];
  const open = all.filter(one => one.checkVisibility() && one.tabIndex >= 0);
  const style = (one) => (one.focus({ focusVisible: true }), getComputedStyle(one));
  const thin = open.filter(one => style(one).outlineStyle !== "solid"
    || parseFloat(style(one).outlineWidth) < 3);
  return [open.length, thin.map(one => one.outerHTML.slice(0, 90))];
}"""


EDGE = """one => {
  const { borderTopStyle, borderTopWidth, borderTopColor, backgroundColor } = getComputedStyle(one);
  return [borderTopStyle, parseFloat(borderTopWidth) > 0, borderTopColor !== backgroundColor];
}"""
DRAWN = [
    "/", "/attachment/", "/trauma/", "/attachment-in-therapy/", "/healing-with-others/",
    "/healing-with-yourself/", "/couples-counseling/", "/family-counseling/",
    "/parent-coaching/", "/how-therapy-works/",
]  # fmt: skip


@pytest.fixture
def wrong_form(visit, site):
    visit.goto(site.url + "/contact/about/couples-counseling/")
    press(visit, "Check before sending", "Contact us")
    return visit


def text(locator):
    return " ".join(locator.inner_text().split())


@pytest.mark.parametrize("path", ["/", "/trauma/", "/help-now/", "/contact/"])
def test_paper_has_words_and_numbers_only(site, visit, path):
    visit.goto(site.url + path)
    visit.emulate_media(media="print", color_scheme="dark")
    assert visit.locator(NOT_PRINTED).count() > 4
    assert [one for one in visit.locator(NOT_PRINTED).all() if one.is_visible()] == []
    lines = visit.locator(".crisis-line")
    assert [text(line) for line in lines.all() if line.is_visible()] == [CRISIS, CRISIS]
    ink = visit.locator("body").evaluate("body => getComputedStyle(body).color")
    paper = visit.locator("html").evaluate("html => getComputedStyle(html).backgroundColor")
    assert (ink, paper) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)")


@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_what_a_first_talk_is_like_is_one_sheet(site, visit, paper):
    visit.goto(site.url + "/not-sure/")
    sheets = visit.pdf(format=paper, prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheets)) == 1


def test_paper_keeps_the_code(site, visit):
    visit.goto(site.url + "/contact/")
    fill_in(visit)
    check(visit)
    send(visit)
    visit.emulate_media(media="print")
    assert visit.locator(".code").is_visible()
    assert not visit.get_by_role("button", name="Copy").is_visible()
    assert visit.get_by_role("heading", name="Call or text 988 now if:").is_visible()


def test_forced_colors_leave_edges_and_words(site, wrong_form):
    page = wrong_form
    page.emulate_media(forced_colors="active")
    system = page.locator("body").evaluate("body => getComputedStyle(body).color")
    assert system != "rgb(42, 37, 34)"  # our own ink
    for selector in (
        "h1",
        ".field-label >> nth=0",
        ".field-error >> nth=0",
        ".crisis-line >> nth=0",
    ):
        assert page.locator(selector).evaluate("one => getComputedStyle(one).color") == system
    for selector in (".button", ".leave", ".input >> nth=0", ".error-summary", ".panel >> nth=0"):
        edge = page.locator(selector).evaluate(EDGE)
        assert edge == ["solid", True, True], selector
    page.goto(site.url + "/trauma/")
    strokes = page.locator(".drawing .art-a").first.evaluate("one => getComputedStyle(one).stroke")
    assert strokes == system


@pytest.mark.parametrize("path", ["/", "/trauma/", "/fees/", "/help-now/", "/contact/"])
def test_wide_text_is_not_clipped(site, visit, path):
    visit.goto(site.url + path)
    before = visit.evaluate("document.body.scrollHeight")
    visit.evaluate(
        """css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css);
             document.adoptedStyleSheets = [sheet]; }""",
        WIDE_TEXT,
    )
    assert visit.evaluate("document.body.scrollHeight") > before
    assert visit.evaluate(CLIPPED) == []


def test_nothing_moves_that_should_not(site, visit):
    """No motion at all where less is asked for, and 200 ms at most elsewhere."""
    longest = """() => Math.max(...[...document.querySelectorAll("*")].map(one => {
      const style = getComputedStyle(one);
      const moving = [style.transitionDuration, style.animationDuration].join(",").split(",");
      return Math.max(...moving.map(parseFloat));
    }))"""
    for path in ("/", "/trauma/", "/contact/"):
        visit.goto(site.url + path)
        visit.emulate_media(reduced_motion="no-preference")
        assert visit.evaluate(longest) <= 0.2
        visit.emulate_media(reduced_motion="reduce")
        assert visit.evaluate(longest) == 0
        assert visit.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["/", "/contact/about/couples-counseling/"])
def test_focus_is_seen_on_every_control(site, visit, path, width):
    visit.set_viewport_size({"width": width, "height": 800})
    visit.goto(site.url + path)
    visit.keyboard.press("Tab")
    count, thin = visit.evaluate(OUTLINES)
    assert count > 20
    assert thin == []


@pytest.mark.parametrize("path", ["/", "/trauma/", "/contact/"])
def test_page_is_light_over_the_wire(site, visit, path):
    sizes = {}

    def weigh(response):
        sizes[urlsplit(response.url).path] = response.request.sizes()["responseBodySize"]

    visit.on("response", weigh)
    visit.goto(site.url + path, wait_until="networkidle")

    def of(*ends):
        return [size for path, size in sizes.items() if path.endswith(ends)]

    fonts = of(".woff2")
    assert len(fonts) == 2
    assert sum(fonts) <= 40 * KB
    assert 0 < sum(of(".css")) <= 15 * KB
    assert 0 < sum(of(".js")) <= 8 * KB
    assert sizes[path] <= 20 * KB
    assert sum(sizes.values()) <= 100 * KB
    assert len(sizes) <= 10


def test_drawings_are_small(site, visit):
    heaviest = {}
    for path in DRAWN:
        visit.goto(site.url + path)
        for size in visit.locator("svg").evaluate_all(
            "all => all.map(one => one.outerHTML.length)"
        ):
            heaviest[path] = max(size, heaviest.get(path, 0))
    assert sorted(heaviest) == sorted(DRAWN)
    assert {path: size for path, size in heaviest.items() if size > 2 * KB} == {}
