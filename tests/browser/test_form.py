"""The contact form: by keyboard alone, with errors, without scripts."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.walking import WORDS, check, choose, fill_in, press, send

LIMIT = 1500
BY_PHONE = ["phone", "phone_private", "times_ok"]
SHOWN = {
    "Call me": [*BY_PHONE, "voicemail"],
    "Text me": BY_PHONE,
    "Email me": ["email", "email_private", "mail_wanted"],
    "I will call you": [],
}
CONDITIONAL = {name for names in SHOWN.values() for name in names}
# Free text goes to no vendor's spell checker; a browser fills in only what it is asked for.
TEXT_CONTROLS = {
    "preferred_name": ("nickname", "false"),
    "message": ("off", "false"),
    "insurer": ("off", "false"),
    "needs": ("off", "false"),
    "phone": ("tel", "false"),
    "email": ("email", "false"),
    "contact_note": ("off", "false"),
}
FOCUS = """() => {
  const { left, top, right, bottom } = document.activeElement.getBoundingClientRect();
  const leave = document.querySelector(".leave").getBoundingClientRect();
  const isLeave = document.activeElement.className === "leave";
  const clear = isLeave || right <= leave.left || left >= leave.right || top >= leave.bottom - 1;
  return {
    name: document.activeElement.name || document.activeElement.innerText.trim(),
    inForm: document.activeElement.closest("main form") !== null,
    place: [Math.round(top + scrollY), Math.round(left)],
    inView: top >= 0 && bottom <= innerHeight && clear,
  };
}"""
# Where the question of a control stands: under the leave control, in the window.
LABEL = """control => {
  const group = control.closest("fieldset")?.querySelector("legend");
  return (group ?? control.labels[0]).getBoundingClientRect().toJSON();
}"""
ANSWERS = """form => [...form.elements]
  .filter(one => one.name && !["hidden", "submit"].includes(one.type))
  .map(one => [one.name, one.value, one.checked ?? null])"""


@pytest.fixture
def form(visit, site):
    visit.goto(site.url + "/contact/")
    return visit


def answers(page):
    return page.locator("main form").evaluate(ANSWERS)


def change(page, question):
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile(f"Change.*{question}")).click()
    page.get_by_role("heading", level=1, name="Contact us").wait_for()


def is_under_the_leave_control(page, control):
    page.wait_for_timeout(100)  # the window scrolls
    label, leave = control.evaluate(LABEL), page.locator(".leave").bounding_box()
    return leave["y"] + leave["height"] <= label["y"] <= 640 - label["height"]


def tab_to(page, name):
    """Presses Tab until the named control has the focus. Every stop on the way."""
    stops = []
    while not stops or stops[-1]["name"] != name:
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUS))
        assert len(stops) < 60, stops
    return stops


def test_keyboard_alone_from_first_to_last(form):
    stops = tab_to(form, "preferred_name")
    assert stops[0]["name"] == "Skip to the main part"
    form.keyboard.type("Kim")
    for name, keys in {
        "seeking_for": "Space", "adult": "Space", "message": "Shift+S", "location": "Space",
        "contact_method": "Space", "phone_private": "Space", "voicemail": "ArrowDown",
        "times_ok": "Space",
    }.items():  # fmt: skip
        stops += tab_to(form, name)
        form.keyboard.press(keys)
        if name == "contact_method":
            stops += tab_to(form, "phone")
            form.keyboard.type("503 555 0177")
    stops += tab_to(form, "step")
    form.keyboard.press("Enter")
    form.get_by_role("heading", name="One last look").wait_for()
    plan = "We will call the number ending in 77 in the morning."
    assert form.locator(".plan").inner_text().startswith(plan)
    places = [stop["place"] for stop in stops if stop["inForm"]]
    assert len(places) > 12
    assert places == sorted(places)
    assert [stop["name"] for stop in stops if not stop["inView"]] == []

    tab_to(form, "step")  # the first Change
    while "Send my request" not in form.evaluate("document.activeElement.innerText"):
        form.keyboard.press("Tab")
    form.keyboard.press("Enter")
    form.get_by_role("heading", name="Your request reached us").wait_for()


def test_summary_takes_the_focus_and_leads_to_each_question(form):
    press(form, "Check before sending", "Contact us")
    assert form.title() == "Error: Contact us"
    assert form.evaluate("document.activeElement.className") == "error-summary"
    first = form.locator("main").evaluate("main => main.querySelector('h1, h2').innerText")
    assert first == "There is a problem"
    links = form.locator(".error-summary a")
    assert links.count() == 5
    for link in links.all():
        link.click()
        control = form.locator(link.get_attribute("href"))
        assert control.evaluate("control => control === document.activeElement")
        assert is_under_the_leave_control(form, control)


def test_links_lead_to_the_questions_without_scripts(site, plain_visit):
    plain_visit.goto(site.url + "/contact/")
    press(plain_visit, "Check before sending", "Contact us")
    for link in plain_visit.locator(".error-summary a").all():
        link.click()
        assert is_under_the_leave_control(
            plain_visit, plain_visit.locator(link.get_attribute("href"))
        )


def test_change_leads_to_its_question(form):
    fill_in(form)
    check(form)
    change(form, "How can we reach you")
    assert is_under_the_leave_control(form, form.locator("#id_contact_method_0"))


def test_error_keeps_every_value(form):
    fill_in(form)
    choose(form, "Who is this for?", "Another adult")
    form.get_by_label("Phone number").fill("12")
    form.locator(".fold-summary").click()
    form.get_by_label("What would make this easier").fill("A quiet room")
    choose(form, re.compile("How would you pay"), "Insurance")
    form.get_by_label("Name of the insurance").fill("Example Mutual")
    form.get_by_label("In person or online?").select_option("online")
    form.locator("[name=email]").evaluate("input => (input.value = 'kim@example.com')")
    before = answers(form)
    press(form, "Check before sending", "Contact us")
    assert form.locator(".error-summary li").all_inner_texts() == [
        "Enter the whole phone number, with area code"
    ]
    assert answers(form) == before


def shown(page):
    """The names of the conditional questions one can see."""
    names = page.locator("[data-when=contact_method]").evaluate_all(
        """parts => parts.filter(part => part.checkVisibility())
             .map(part => part.querySelector("input").name)"""
    )
    assert set(names) <= CONDITIONAL
    return names


def test_shows_what_belongs_to_the_choice(form):
    assert shown(form) == []
    for way, names in SHOWN.items():
        choose(form, "How can we reach you?", way)
        assert sorted(shown(form)) == sorted(names)
    assert form.get_by_text("Give the short code on the next page").is_visible()
    assert not form.get_by_text("If you chose").first.is_visible()


def test_shows_it_without_scripts_too(site, plain_visit):
    plain_visit.goto(site.url + "/contact/")
    assert shown(plain_visit) == []
    for way, names in SHOWN.items():
        choose(plain_visit, "How can we reach you?", way)
        assert sorted(shown(plain_visit)) == sorted(names)
    assert plain_visit.get_by_text("Your browser runs no scripts").is_visible()


def test_all_stand_where_the_browser_cannot_tell(site, form):
    def forget_has(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(":has(*)", ":unknown(*)"))

    form.route("**/site.*.css", forget_has)
    form.goto(site.url + "/contact/")
    assert set(shown(form)) == CONDITIONAL
    conditions = form.get_by_text("If you chose").all_inner_texts()
    assert len(conditions) == len(CONDITIONAL)
    assert conditions.count("If you chose “Call me” or “Text me”.") == len(BY_PHONE)
    assert not form.get_by_text("Your browser runs no scripts").is_visible()


def test_fold_opens_for_an_answer_or_an_error(form, site):
    fold = form.locator("details.fold")
    assert fold.get_attribute("open") is None
    fill_in(form)
    form.locator(".fold-summary").click()
    form.get_by_label("What would make this easier").fill("x" * 301)
    press(form, "Check before sending", "Contact us")
    assert fold.get_attribute("open") is not None
    assert form.locator("details .field-error").count() == 1
    form.goto(site.url + "/contact/about/couples-counseling/")
    assert fold.get_attribute("open") is not None
    assert form.get_by_text("You asked about Couples counseling.").is_visible()


def test_count_speaks_from_three_quarters_on(form):
    message = form.get_by_label("What would you like help with?")
    count = form.locator(".count")
    message.fill("Hello")
    assert count.get_attribute("role") == "status"
    for words, said in [
        ("\n" + "😀" * (LIMIT * 3 // 4 - 2), ""),
        ("\n" + "😀" * (LIMIT * 3 // 4 - 1), "You have 375 characters left"),
        ("\n" + "😀" * (LIMIT - 2), "You have 1 character left"),
        ("\n" + "😀" * LIMIT, "You have 1 character too many"),
    ]:
        message.fill(words)
        form.wait_for_timeout(600)
        assert count.inner_text() == said
    press(form, "Check before sending", "Contact us")
    assert "It is 1,501 now" in form.locator(".error-summary").inner_text()
    expect(count).to_have_text("You have 1 character too many")


def test_controls_ask_the_browser_for_little(form):
    controls = form.locator("main form").evaluate("form => [...form.elements]")
    assert len(controls) > 20
    limits = (
        "form => form.querySelectorAll('[required], [maxlength], [pattern], [placeholder]').length"
    )
    assert form.locator("main form").evaluate(limits) == 0
    assert form.locator("main form").get_attribute("novalidate") is not None
    found = form.locator("main form .input:not(select)").evaluate_all(
        "all => all.map(one => [one.name, [one.autocomplete, one.getAttribute('spellcheck')]])"
    )
    assert {name: tuple(asked) for name, asked in found} == TEXT_CONTROLS


def test_paste_works(form):
    form.context.grant_permissions(["clipboard-read", "clipboard-write"])
    choose(form, "How can we reach you?", "Call me")
    for label in ("Phone number", "What would you like help with?"):
        form.evaluate("words => navigator.clipboard.writeText(words)", WORDS[label])
        form.get_by_label(label).press("Control+v")
        assert form.get_by_label(label).input_value() == WORDS[label]


def test_whole_way_without_scripts(site, plain_visit):
    page = plain_visit
    page.goto(site.url + "/contact/")
    fill_in(page)
    before = answers(page)
    check(page)
    assert page.get_by_text("Your browser's Back may not keep what you wrote").is_visible()
    change(page, "Phone number")
    assert answers(page) == before
    page.get_by_label("Phone number").fill("(503) 555-0188")
    check(page)
    assert "ending in 88" in page.locator(".plan").inner_text()
    send(page)
    assert page.locator(".code-block").count() == 6
    assert not page.get_by_role("button", name="Copy").is_visible()
