"""From arrival to each ending, as intake and as a therapist walk it, read by the person."""

import re

import pytest

from tests.site import RunningSite
from tests.visitor import Visitor
from tests.walking_in import walk_in

INBOX = "/staff/intake/contactrequest/"
# Links fade from one scheme's colour to the other's.
# Not waited for: in a window that is not drawn they never end.
COLOURS_STAND = "document.getAnimations().forEach(each => each.finish())"
STAFF_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = [(width, scheme) for width in (375, 1280) for scheme in ("light", "dark")]
# What staff press, and how what the person reads begins.
WRITTEN = {
    "They have a place here": "You have a place here. We are glad.",
    "They were with us already": "You are already with us, so this went to your therapist.",
    "We have no place": "We have no open spot. You did nothing wrong by asking.",
    "It is outside what we do": "We are not the right people for this one.",
    "We do not see people of that age": "We are not the right people for this one.",
    "The times do not fit": "We are not the right people for this one.",
    "Insurance or cost": "We cannot bill your insurance.",
    "We are not licensed where they will be": "We are not licensed where you will be",
    "Couple sessions are not the next step": "We do not think couple sessions are the best next",
    "Someone else fits them better": "We think someone else may fit you better.",
    "They needed help sooner, and have a crisis number": "You needed someone sooner than we could",
    "Their place on the list has ended": "We have not heard from you, so we have given your place",
    "They chose another, or changed their mind": "Thank you for telling us.",
    "They did not answer us": "We tried and did not want to crowd you.",
}
AT_ONCE = {
    "They wrote twice: this one is the second": "We have two requests from you",
    "It is not about therapy here": "This one is closed. If you wrote to us for help",
    "Spam": "This one is closed. If you wrote to us for help",
}

OWN_WORDS = "Be well, says Umberhollow at the desk."
# Who walks. A therapist comes to a request only when the desk asks them to take it.
TEAM = {"intake": "Dana", "therapist": "Jonah"}
JOIN = f"""
from django.contrib.auth.models import Group, User
for role, name in {TEAM!r}.items():
    User.objects.create_user(
        role, f"{{role}}@practice.example", is_staff=True, first_name=name
    ).groups.add(Group.objects.get(name=role.title()))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with RunningSite(tmp_path_factory.mktemp("endings"), INTAKE_MIN_FILL_SECONDS="0") as running:
        yield running


@pytest.fixture(scope="module")
def signed_in(site, browser):
    context = browser.new_context()
    walk_in(context.new_page(), site.first_link)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="module")
def team(site, browser):
    """A page for each role, entered through a one-time link, with a second factor."""
    site.manage("shell", "-c", JOIN)
    pages = {role: browser.new_page() for role in TEAM}
    for role, page in pages.items():
        page.set_default_timeout(10_000)
        walk_in(page, site.manage("staff_link", role).stdout.split()[-1])
    yield pages
    for page in pages.values():
        page.context.close()


@pytest.fixture
def desk(request, browser, signed_in):
    """With scripts, unless the test says otherwise."""
    scripts = getattr(request, "param", True)
    context = browser.new_context(storage_state=signed_in, java_script_enabled=scripts)
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


@pytest.fixture
def visit(browser):
    context = browser.new_context()
    yield context.new_page()
    context.close()


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def follow(page, name):
    with page.expect_navigation():
        page.get_by_role("link", name=name, exact=True).click()


def row(page, code):
    return page.get_by_role("link", name=re.compile(f"{code[:4]}-{code[4:8]}")).first


def open_row(page, site, code):
    page.goto(site.url + INBOX)
    with page.expect_navigation():
        row(page, code).click()


def ask_the_therapist(team, site, code):
    """By the desk: a mail without content, and no word of the request until they say yes."""
    open_row(team["intake"], site, code)
    follow(team["intake"], "Ask or give it to a colleague")
    team["intake"].get_by_role("radio", name=TEAM["therapist"]).check()
    press(team["intake"], "Ask: can you take this one?")


def in_hand(team, role, site, code):
    """The page of whoever works it, with the request opened."""
    page = team[role]
    if role == "therapist":
        ask_the_therapist(team, site, code)
    open_row(page, site, code)
    if role == "therapist":
        press(page, "Yes, I take it")
    press(page, "Open this request")
    return page


def open_close_page(page, site, code):
    open_row(page, site, code)
    follow(page, "Close with an outcome")


def my_request(page, site, code):
    page.goto(site.url + "/request/")
    page.get_by_label("Your private code").fill(code)
    press(page, "Open my request")
    return page.locator("main").inner_text()


@pytest.mark.parametrize("role", TEAM)
@pytest.mark.parametrize("ending", WRITTEN)
def test_written_ending_is_read_by_the_person(site, team, visit, role, ending):
    code = Visitor(site.url).send().code
    desk = in_hand(team, role, site, code)
    press(desk, "Talked")
    follow(desk, "Close with an outcome")
    follow(desk, ending)
    box = desk.get_by_label("What they will read")
    assert box.input_value().startswith(WRITTEN[ending])
    box.fill(f"{box.input_value()}\n\n{OWN_WORDS}")
    press(desk, "Close and leave this message")
    assert "Closed." in desk.locator(".messagelist").inner_text()
    told = my_request(visit, site, code)
    assert visit.locator(".lead").first.inner_text().startswith(WRITTEN[ending])
    assert ("This page closes on" in told, OWN_WORDS in told) == (True, True)


@pytest.mark.parametrize("role", TEAM)
@pytest.mark.parametrize("ending", AT_ONCE)
def test_ending_at_once_is_read_by_the_person(site, team, visit, role, ending):
    code = Visitor(site.url).send().code
    desk = in_hand(team, role, site, code)
    follow(desk, "Close with an outcome")
    press(desk, ending)
    told = my_request(visit, site, code)
    assert visit.locator(".lead").first.inner_text().startswith(AT_ONCE[ending])
    assert "spam" not in told.lower()


def test_every_ending_is_offered_to_each_role(site, team):
    for role in TEAM:
        page = in_hand(team, role, site, Visitor(site.url).send().code)
        follow(page, "Close with an outcome")
        assert sorted(page.locator(".way").all_inner_texts()) == sorted([*WRITTEN, *AT_ONCE])


def test_therapist_comes_to_a_request_only_when_asked(site, team):
    """They see that it is there, and after a no it is out of their reach again."""
    words = "A hard talk with Umberhollow"
    code, page = Visitor(site.url).send(message=words).code, team["therapist"]
    open_row(team["intake"], site, code)
    its_page = team["intake"].url.split("?")[0]
    page.goto(site.url + INBOX)
    assert (row(page, code).count(), page.goto(its_page).status) == (0, 404)
    ask_the_therapist(team, site, code)
    open_row(page, site, code)
    assert page.get_by_role("button", name="Yes, I take it").is_visible()
    assert page.get_by_role("button", name=re.compile("Open|Read")).count() == 0
    assert words not in page.content()
    press(page, "No")
    assert (row(page, code).count(), page.goto(its_page).status) == (0, 404)


@pytest.mark.parametrize("desk", [True, False], indirect=True, ids=["scripts", "no scripts"])
def test_referrals_are_put_in_read_and_taken_back(site, desk, visit):
    code = Visitor(site.url).send().code
    open_close_page(desk, site, code)
    follow(desk, "We have no place")
    desk.get_by_role("checkbox", name=re.compile("SAMHSA")).check()
    press(desk, "Put those ticked into the message")
    assert "1-800-662-4357" in desk.get_by_label("What they will read").input_value()
    press(desk, "Close and leave this message")
    press(desk, "Undo")
    assert "Your message was taken back, unread." in desk.locator(".messagelist").inner_text()
    assert "SAMHSA" not in my_request(visit, site, code)
    follow(desk, "Close with an outcome")
    follow(desk, "We have no place")
    desk.get_by_role("checkbox", name=re.compile("SAMHSA")).check()
    press(desk, "Close and leave this message")
    assert "We have not checked this ourselves yet." in my_request(visit, site, code)
    link = visit.get_by_role("link", name="Call 1-800-662-4357")
    assert link.get_attribute("href") == "tel:+18006624357"
    press(desk, "Undo")
    assert "they had read your message" in desk.locator(".messagelist").inner_text()


@pytest.mark.parametrize("step", ["Take back my request", "Erase everything now"])
def test_what_the_person_ends_themselves(site, visit, step):
    code = Visitor(site.url).send().code
    my_request(visit, site, code)
    press(visit, step)
    press(visit, step)
    ended = {"Take back my request": "You have taken back your request."}
    lead = visit.locator(".lead").first.inner_text()
    assert lead.startswith(ended.get(step, "Everything is erased."))


def wrong_with(page, name, violations):
    """What axe finds, and what is too wide, by width and scheme."""
    found = {}
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        page.evaluate(COLOURS_STAND)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found[name, width, scheme] = violations(page, STAFF_RULES) + ["wide"] * (wider > 0)
    return found


def test_pages_have_no_violation_and_are_no_wider_than_the_window(
    site, browser, signed_in, violations
):
    code = Visitor(site.url).send().code
    page = browser.new_context(storage_state=signed_in).new_page()
    found = {}

    def look(name):
        found.update(wrong_with(page, name, violations))

    open_close_page(page, site, code)
    look("how it ended")
    follow(page, "We have no place")
    look("words")
    page.get_by_label("What they will read").fill("Not before {month}.")
    press(page, "Close and leave this message")
    look("error")
    page.get_by_label("What they will read").fill("We have no place.")
    page.get_by_role("checkbox").first.check()
    press(page, "Close and leave this message")
    look("closed")
    for name in ("referral/", "referral/add/", "referral/1/change/", "outcometext/"):
        page.goto(f"{site.url}/staff/intake/{name}")
        look(name)
    page.goto(f"{site.url}/staff/intake/outcometext/1/change/")
    page.get_by_label("Words").fill("Call {fone}")
    press(page, "Save")
    look("unknown blank")
    page.context.close()
    assert found == {key: [] for key in found}


def test_asking_has_no_violation(site, team, violations):
    """Whom, with nobody chosen; and for the therapist without the words, with them, with no day."""
    code, desk, therapist = Visitor(site.url).send().code, team["intake"], team["therapist"]
    found = {}

    def look(page, name):
        found.update(wrong_with(page, name, violations))

    open_row(desk, site, code)
    follow(desk, "Ask or give it to a colleague")
    look(desk, "whom")
    press(desk, "Ask: can you take this one?")
    look(desk, "nobody")
    desk.get_by_role("radio", name=TEAM["therapist"]).check()
    desk.get_by_label("They may read the words").check()
    press(desk, "Ask: can you take this one?")
    look(desk, "asked")
    open_row(therapist, site, code)
    look(therapist, "before the words")
    press(therapist, "Read what they wrote")
    look(therapist, "with the words")
    press(therapist, "Yes, from that day")
    look(therapist, "no day")
    press(therapist, "Yes, I take it")
    look(therapist, "theirs")
    therapist.goto(site.url + "/staff/")
    look(therapist, "today of a therapist")
    assert found == {key: [] for key in found}


def test_my_request_has_no_violation_with_referrals(site, browser, signed_in, visit, violations):
    code = Visitor(site.url).send().code
    page = browser.new_context(storage_state=signed_in).new_page()
    open_close_page(page, site, code)
    follow(page, "Someone else fits them better")
    for box in page.get_by_role("checkbox").all():
        box.check()
    press(page, "Close and leave this message")
    page.context.close()
    my_request(visit, site, code)
    found = {}
    for width, scheme in LOOKS:
        visit.set_viewport_size({"width": width, "height": 800})
        visit.emulate_media(color_scheme=scheme)
        wider = visit.evaluate("document.documentElement.scrollWidth - innerWidth")
        found[width, scheme] = violations(visit) + ["wide"] * (wider > 0)
    assert found == {look: [] for look in found}


def test_closing_takes_no_mouse(site, browser, signed_in):
    code = Visitor(site.url).send().code
    page = browser.new_context(storage_state=signed_in).new_page()
    open_close_page(page, site, code)
    walk_to(page, "We have no place")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    walk_to(page, "Close and leave this message")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    walk_to(page, "Undo")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Undone." in page.locator(".messagelist").inner_text()
    page.context.close()


def walk_to(page, name):
    """By the tab key alone."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(f"The tab key never came to {name}.")
