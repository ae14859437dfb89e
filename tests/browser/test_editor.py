"""The page editor in a browser: what is typed shows beside it, and all of it works by keyboard."""

import re

import pytest

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = [(width, scheme) for width in (375, 1280) for scheme in ("light", "dark")]
# The name of what has the focus, and whether it is what stands at its own place.
FOCUS = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  const at = document.elementFromPoint(box.left + 6, box.top + Math.min(box.height, 24) / 2);
  const seen = one.contains(at) || Boolean(at?.contains(one));
  return [one.name || one.textContent.trim().slice(0, 20), seen];
}"""
SAYS_NOTHING = "The preview could not follow just now."


@pytest.fixture(scope="module")
def change_path(site, browser, staff_state):
    """Where the page "Attachment in therapy", of five sections, is edited."""
    context = browser.new_context(storage_state=staff_state)
    page = context.new_page()
    page.goto(site.url + "/staff/pages/page/")
    path = page.get_by_role("link", name="Attachment in therapy", exact=True).get_attribute("href")
    context.close()
    return path


@pytest.fixture
def open_editor(site, browser, staff_state, change_path):
    """open_editor(...) -> a signed-in tab with the editor of a page of five sections."""
    contexts = []

    def opened(width=1280, scheme="light", scripts=True, path=change_path):
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme,
            storage_state=staff_state, java_script_enabled=scripts,
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda line: page.said.append(line.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        assert page.goto(site.url + path).status == 200
        page.wait_for_load_state()
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def editor(open_editor):
    return open_editor()


def part(page, number):
    """The section that stands at this place, from one."""
    return page.locator(".part").nth(number - 1)


def words(page, number):
    return part(page, number).get_by_label("Words", exact=True)


def headings(page):
    return values(page, "heading")


def places(page):
    return values(page, "position")


def values(page, name):
    fields = page.locator(f".part [name$=-{name}]")
    return fields.evaluate_all("all => all.map(one => one.value)")


def shown(page):
    return page.frame_locator("iframe[name=preview]")


def shown_headings(page):
    return [text.strip() for text in shown(page).locator("article h2").all_inner_texts()]


def test_typing_shows_in_the_preview(site, editor):
    words(editor, 1).fill("A quiet *sentence* of today.")
    shown(editor).get_by_text("A quiet sentence of today.").wait_for()
    assert shown(editor).locator("em", has_text="sentence").count() == 1
    assert editor.request.get(f"{site.url}/attachment-in-therapy/").text().count("of today") == 0
    assert [url for url in editor.asked if not url.startswith(site.url + "/")] == []
    assert editor.said == []


def test_preview_keeps_its_place(editor):
    words(editor, 5).focus()
    frame = editor.frame(name="preview")
    frame.evaluate("scrollTo({ top: 700, behavior: 'instant' })")
    words(editor, 5).press_sequentially("Still here. ")
    shown(editor).get_by_text("Still here.").wait_for()
    assert frame.evaluate("scrollY") == 700


def test_preview_turns_to_the_section_at_hand(editor):
    frame = editor.frame(name="preview")
    assert frame.evaluate("scrollY") == 0
    words(editor, 5).focus()
    assert frame.evaluate("scrollY") > 700


def test_advice_follows_and_leads_to_the_words(editor):
    words(editor, 2).fill("It is just so [@nobody].")
    advice = editor.get_by_role("region", name="To look at")
    advice.get_by_role("heading", name="Before the public can see it").wait_for()
    said = editor.locator(".preview-said")
    assert said.inner_text() == "1 thing keeps the page from being shown. 1 piece of advice."
    assert said.get_attribute("role") == "status"
    advice.get_by_role("link", name="“How to tell whether someone fits”", exact=True).click()
    assert words(editor, 2).evaluate("area => area === document.activeElement")


def test_failed_preview_says_so_quietly(editor):
    editor.route("**/preview/", lambda route: route.abort())
    words(editor, 1).fill("Typed while away.")
    editor.get_by_text(SAYS_NOTHING).wait_for()
    assert words(editor, 1).input_value() == "Typed while away."
    editor.unroute("**/preview/")
    words(editor, 1).fill("Typed when back.")
    shown(editor).get_by_text("Typed when back.").wait_for()
    assert editor.get_by_text(SAYS_NOTHING).count() == 0


def test_slow_preview_never_holds_up_typing(editor):
    waiting, free = [], []
    editor.route("**/preview/", lambda route: route.continue_() if free else waiting.append(route))
    words(editor, 1).fill("One.")
    editor.wait_for_timeout(600)
    words(editor, 1).fill("Two.")
    editor.wait_for_timeout(600)
    assert (words(editor, 1).input_value(), len(waiting)) == ("Two.", 1)
    free.append(True)
    waiting[0].continue_()
    shown(editor).get_by_text("Two.", exact=True).wait_for()


def test_up_and_down_change_the_order(editor):
    before = headings(editor)
    part(editor, 1).get_by_role("button", name="Down").press("Enter")
    expected = [before[1], before[0], *before[2:]]
    assert (headings(editor), places(editor)) == (expected, list("12345"))
    assert (
        part(editor, 2)
        .get_by_role("button", name="Down")
        .evaluate("button => button === document.activeElement")
    )
    shown(editor).locator("article h2").first.get_by_text(before[1]).wait_for()
    assert shown_headings(editor)[:2] == expected[:2]
    part(editor, 2).get_by_role("button", name="Up").click()
    assert headings(editor) == before
    assert editor.locator(".sections-said").inner_text() == f"{before[0]} is now 1 of 5."


def test_drag_changes_the_order(editor):
    before = headings(editor)
    part(editor, 1).evaluate("one => one.scrollIntoView()")
    box = part(editor, 1).locator(".part-handle").bounding_box()
    editor.mouse.move(box["x"] + 10, box["y"] + 10)
    editor.mouse.down()
    third = part(editor, 3).bounding_box()  # all are one line high now
    editor.mouse.move(box["x"] + 10, third["y"] + third["height"] - 2, steps=8)
    editor.mouse.up()
    assert headings(editor) == [before[1], before[2], before[0], *before[3:]]
    assert places(editor) == list("12345")
    shown(editor).locator("article h2").nth(2).get_by_text(before[0]).wait_for()


def test_number_changes_the_order_at_once(editor):
    before = headings(editor)
    part(editor, 4).get_by_label("Place").fill("1")
    part(editor, 4).get_by_label("Place").press("Tab")
    assert headings(editor) == [before[3], *before[:3], *before[4:]]


def test_section_is_added_and_removed(editor):
    editor.get_by_role("button", name="Add a section").click()
    editor.keyboard.type("Something new")
    words(editor, 6).fill("Hello there.")
    shown(editor).get_by_role("heading", name="Something new").wait_for()
    assert editor.locator(".part").nth(5).locator("markdown-toolbar").count() == 1
    part(editor, 6).get_by_label("Remove").check()
    shown(editor).get_by_role("heading", name="Something new").wait_for(state="detached")
    assert part(editor, 6).get_by_text("This section goes when you save.").is_visible()
    part(editor, 6).get_by_label("Remove").uncheck()
    assert words(editor, 6).input_value() == "Hello there."


MARKS = {
    "Heading": "### quiet", "Bold": "**quiet**", "Italic": "_quiet_", "Link": "[quiet](url)",
    "List": "- quiet", "Numbered list": "1. quiet", "Quote": "> quiet",
}  # fmt: skip


@pytest.mark.parametrize("name", MARKS)
def test_toolbar_marks_what_is_chosen(editor, name):
    words(editor, 1).fill("quiet")
    words(editor, 1).select_text()
    part(editor, 1).get_by_role("button", name=name, exact=True).click()
    assert words(editor, 1).input_value().strip() == MARKS[name]


def test_toolbar_works_by_keyboard(editor):
    words(editor, 1).fill("quiet")
    words(editor, 1).select_text()
    part(editor, 1).get_by_role("toolbar").focus()
    editor.keyboard.press("ArrowRight")
    editor.keyboard.press("Enter")
    assert words(editor, 1).input_value() == "**quiet**"
    shown(editor).locator("strong", has_text="quiet").wait_for()


def test_source_is_cited_from_a_list(editor):
    words(editor, 1).fill("A base.")
    words(editor, 1).press("ArrowLeft")
    part(editor, 1).get_by_role("button", name="Cite a source").click()
    dialog = editor.get_by_role("dialog", name="Cite a source")
    dialog.get_by_label("Find").fill("no such words")
    assert dialog.get_by_text("No source on file has these words.").is_visible()
    dialog.get_by_label("Find").fill("secure base")
    dialog.get_by_role("button", name=re.compile("Bowlby")).click()
    assert words(editor, 1).input_value() == "A base [@bowlby-1988]."
    shown(editor).locator("a.citation").first.wait_for()
    editor.keyboard.press("Control+z")
    assert words(editor, 1).input_value() == "A base."


def test_fact_is_picked_from_a_list(editor):
    words(editor, 1).fill("Call ")
    part(editor, 1).get_by_role("button", name="Fact", exact=True).click()
    editor.get_by_role("dialog").get_by_role("button", name=re.compile(r"\{phone\}")).click()
    assert words(editor, 1).input_value() == "Call {phone}"


def test_drawing_is_picked_by_its_picture(editor):
    part(editor, 1).get_by_text("Drawing: none").click()
    box = part(editor, 1).get_by_label("boats").locator("..").locator("svg").bounding_box()
    assert box["width"] > 60
    part(editor, 1).get_by_label("boats").check()
    assert part(editor, 1).get_by_text("Drawing: boats").count() == 1
    shown(editor).locator("section .drawing .fill-c").wait_for()


def test_widths_are_those_of_a_phone_and_a_desk(editor):
    frame = editor.frame(name="preview")
    widths = {}
    for name in ("Phone", "Desk"):
        editor.get_by_role("button", name=name, exact=True).click()
        pressed = editor.locator(".preview-width[aria-pressed=true]").all_inner_texts()
        widths[name] = (frame.evaluate("innerWidth"), pressed)
    assert widths == {"Phone": (375, ["Phone"]), "Desk": (1280, ["Desk"])}
    stage = editor.locator(".preview-stage").bounding_box()
    box = editor.locator(".preview-frame").bounding_box()
    assert abs(box["width"] - stage["width"]) <= 4


def test_phone_shows_words_and_page_in_turn(open_editor):
    page = open_editor(375)
    stage = page.locator(".preview-stage")
    assert not stage.is_visible()
    page.get_by_role("button", name="See the page").click()
    assert (stage.is_visible(), words(page, 1).is_visible()) == (True, False)
    assert page.frame(name="preview").evaluate("innerWidth") == 375
    back = page.get_by_role("button", name="Back to the words")
    assert back.evaluate("button => button === document.activeElement")
    back.click()
    assert (stage.is_visible(), words(page, 1).is_visible()) == (False, True)


def test_links_in_the_preview_stay_off_the_editor(editor):
    shown(editor).get_by_role("link", name="In our work").first.click()
    assert editor.frame(name="preview").evaluate("location.hash + scrollY") not in {"0", ""}
    with editor.context.expect_page() as opened:
        shown(editor).get_by_role("link", name="Fees").first.click()
    opened.value.wait_for_load_state()
    assert opened.value.url.endswith("/fees/")
    assert editor.url.endswith("/change/")


def test_closing_with_words_that_are_not_saved_asks(editor):
    asked = []
    editor.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    words(editor, 1).press_sequentially("Not saved. ")
    editor.reload()
    assert asked == ["beforeunload"]
    editor.reload()
    assert asked == ["beforeunload"]


def test_without_scripts_the_button_fills_the_frame(open_editor):
    page = open_editor(scripts=False)
    words(page, 1).fill("Without a script.")
    part(page, 5).get_by_label("Place").fill("1")
    page.get_by_role("button", name="Preview").click()
    shown(page).get_by_text("It is not saved yet.").wait_for()
    assert shown(page).get_by_text("Without a script.").count() == 1
    assert shown_headings(page)[0] == "Are you ready?"
    assert page.url.endswith("/change/")
    assert words(page, 1).input_value() == "Without a script."
    for name in ("Up", "Add a section", "Cite a source", "Phone", "See the page"):
        assert not page.get_by_text(name, exact=True).first.is_visible(), name


def test_without_scripts_numbers_order_and_drawings_are_picked(open_editor, site):
    page = open_editor(scripts=False, path="/staff/pages/page/add/")
    page.get_by_label("Title").fill("Order")
    page.get_by_label("Address").fill("order")
    page.locator("#id_heading").fill("In order")
    words(page, 1).fill("First.")
    save(page, "Save draft")
    part(page, 2).get_by_label("Place").fill("1")
    words(page, 2).fill("Second.")
    part(page, 2).get_by_text("Drawing:").click()
    part(page, 2).get_by_label("rings").check()
    save(page, "Save draft")
    bodies = page.locator(".part").get_by_label("Words", exact=True)
    assert [bodies.nth(n).input_value() for n in range(3)] == ["Second.", "First.", ""]
    assert part(page, 1).locator("[value=rings]").is_checked()
    with page.expect_navigation():
        page.get_by_role("link", name="Delete").click()
    with page.expect_navigation():
        page.locator("input[type=submit]").click()


def save(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()
    page.get_by_text("The draft is saved.").wait_for()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_editor_has_no_violation(open_editor, violations, width, scheme):
    page = open_editor(width, scheme)
    wrong = {"as opened": wrong_with(page, violations)}
    part(page, 1).get_by_text("Drawing:").click()
    part(page, 2).get_by_label("Remove").check()
    page.get_by_text("Show it later").click()
    words(page, 1).fill("It is just so [@nobody]. " + "so " * 30)
    page.get_by_text("Found and listed").click()
    page.wait_for_timeout(1500)
    wrong["all open"] = wrong_with(page, violations)
    if width == 375:
        page.get_by_role("button", name="See the page").click()
        wrong["the page"] = wrong_with(page, violations)
        page.get_by_role("button", name="Back to the words").click()
    part(page, 1).get_by_role("button", name="Cite a source").click()
    wrong["list of sources"] = wrong_with(page, violations)
    page.keyboard.press("Escape")
    page.get_by_label("Show the page from").fill("2020-01-01T09:00")
    with page.expect_navigation():
        page.get_by_role("button", name="Save and show at").click()
    wrong["refused"] = wrong_with(page, violations)
    assert wrong == {name: [] for name in wrong}


def wrong_with(page, violations):
    """What the console said, what is too wide, and axe's findings, in that order."""
    page.wait_for_load_state()
    said, page.said = list(page.said), []
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    found = said + ([f"wider by {wider}"] if wider > 0 else []) + violations(page, RULES)
    page.said.clear()  # axe tries inline styles of its own, which the policy refuses
    return found


def test_every_control_is_reached_by_keyboard_and_seen(editor):
    """Tab goes through the form, and what has the focus is never under the save buttons."""
    editor.locator("#id_title").focus()
    names, hidden = [], []
    for _ in range(40):
        editor.keyboard.press("Tab")
        name, seen = editor.evaluate(FOCUS)
        names.append(name)
        hidden += [] if seen else [name]
    assert {"heading", "sections-0-position", "Up", "Down", "sections-0-body"} <= set(names)
    assert hidden == []
