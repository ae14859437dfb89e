"""Check, send, and all that Back, Reload and a second click can do: once, and never lost."""

import sqlite3

import pytest

from tests.browser.walking import check, fill_in, go_back, press, seen, send, typed_in
from tests.visitor import Visitor

AGAIN = "This request was sent already. You do not need to send it again."


@pytest.fixture
def form(visit, site):
    visit.goto(site.url)
    visit.goto(site.url + "/contact/")
    return visit


@pytest.fixture
def stored(site):
    """stored() -> how many requests came in since the test began."""

    def count():
        with sqlite3.connect(site.data_dir / "site.sqlite3") as database:
            return database.execute("SELECT count(*) FROM intake_contactrequest").fetchone()[0]

    before = count()
    return lambda: count() - before


# What a page shows in the moment it comes back whole, said before any script of ours.
CAME_BACK = """addEventListener("pageshow", (event) => {
  const { visibility } = getComputedStyle(document.documentElement);
  if (event.persisted) console.log(`${document.title} came back ${visibility}`);
});"""


def code(page):
    return page.locator(".code-block").all_inner_texts()


def test_back_from_the_check_page_keeps_every_word(form):
    fill_in(form)
    check(form)
    go_back(form, "Contact us")
    assert len(typed_in(seen(form))) == 4
    check(form)
    assert "ending in 77" in form.locator(".plan").inner_text()


def test_reload_keeps_what_was_just_typed(form):
    form.get_by_label("What would you like help with?").press_sequentially("Umberhollow")
    form.reload()
    assert form.get_by_label("What would you like help with?").input_value() == "Umberhollow"


def test_reload_of_the_check_page_asks_nothing_and_loses_nothing(form, stored):
    fill_in(form)
    check(form)
    form.reload()
    assert form.locator("h1").inner_text() == "Contact us"
    assert len(typed_in(seen(form))) == 4
    assert stored() == 0


def test_new_visit_finds_an_empty_form(form, site):
    fill_in(form)
    check(form)
    form.goto(site.url + "/contact/")
    assert typed_in(seen(form)) == []


def test_reload_of_the_sent_page_shows_the_same_code(form, stored):
    fill_in(form)
    check(form)
    send(form)
    before = code(form)
    form.reload()
    assert (len(before), code(form)) == (6, before)
    assert stored() == 1


def test_back_after_sending_says_so(form, stored):
    fill_in(form)
    check(form)
    send(form)
    before = code(form)
    assert typed_in(seen(form)) == []
    go_back(form, "Your request reached us")
    form.get_by_text(AGAIN).wait_for()
    assert code(form) == before
    assert typed_in(seen(form)) == []
    go_back(form, "Your request reached us", "Somewhere steady to start from.")
    assert stored() == 1


def test_page_that_comes_back_whole_after_sending_is_never_seen(form, stored):
    form.add_init_script(CAME_BACK)
    fill_in(form)
    check(form)
    send(form)
    go_back(form, "Your request reached us")
    form.get_by_text(AGAIN).wait_for()
    assert form.said == ["Contact us: one last look came back hidden"]


def test_back_from_another_page_keeps_every_word(form, site):
    fill_in(form)
    check(form)
    form.goto(site.url + "/fees/")
    go_back(form, "Contact us")
    assert len(typed_in(seen(form))) == 4
    assert form.get_by_label("What name can we use?").is_visible()


def test_back_after_sending_without_scripts_sends_nothing(site, plain_visit, stored):
    page = plain_visit
    page.goto(site.url + "/contact/")
    fill_in(page)
    check(page)
    token = page.locator("[name=token]").input_value()
    send(page)
    page.goto(site.url + "/contact/")
    fill_in(page)
    page.locator("[name=token]").evaluate("(input, token) => (input.value = token)", token)
    press(page, "Check before sending", "Your request reached us")  # as Back and Resend would
    assert page.get_by_text(AGAIN).is_visible()
    assert stored() == 1


def test_double_click_sends_once(form, stored):
    fill_in(form)
    check(form)
    form.get_by_role("button", name="Send my request").dblclick()
    form.get_by_role("heading", name="Your request reached us").wait_for()
    assert len(code(form)) == 6
    assert stored() == 1


def test_tab_with_an_old_token_is_asked_once_more(form, stored):
    fill_in(form)
    check(form)
    form.locator("[name=token]").evaluate("input => (input.value = 'of.another.day')")
    press(form, "Send my request", "One last look")
    assert "This page was open a long time" in form.get_by_role("alert").inner_text()
    assert len(typed_in(seen(form))) == 4
    assert stored() == 0
    send(form)
    assert stored() == 1


def test_other_words_under_a_used_token_are_given_back(form, site, stored):
    fill_in(form)
    check(form)
    token = form.locator("[name=token]").input_value()
    send(form)
    form.goto(site.url + "/contact/")
    fill_in(form)
    form.get_by_label("What would you like help with?").fill("Umberhollow again")
    form.locator("[name=token]").evaluate("(input, token) => (input.value = token)", token)
    press(form, "Check before sending", "We have your request")
    assert "Umberhollow again" in form.locator(".given-back").inner_text()
    press(form, "Check this version and send it as well", "One last look")
    send(form)
    assert stored() == 2


def test_words_stand_in_no_address_title_or_console(form, site):
    fill_in(form)
    form.get_by_label("Phone number").fill("(503) 555-01779")
    titles = [form.title()]
    for name, heading in [
        ("Check before sending", "Contact us"),
        ("Check before sending", "One last look"),
        ("Go back and change something", "Contact us"),
        ("Check before sending", "One last look"),
        ("Send my request", "Your request reached us"),
    ]:
        press(form, name, heading)
        titles.append(form.title())
        if titles == ["Contact us", "Error: Contact us"]:
            form.get_by_label("Phone number").fill("(503) 555-0177")
    assert titles == [
        "Contact us", "Error: Contact us", "Contact us: one last look", "Contact us",
        "Contact us: one last look", "Request sent",
    ]  # fmt: skip
    assert typed_in("\n".join([*form.asked, *form.said, *titles])) == []
    assert [said for said in form.said if "status of 422" not in said] == []
    assert {url for url in form.asked if not url.startswith(site.url + "/")} == set()
    assert form.context.cookies() == []


def test_sent_page_that_closed_says_so(form, site):
    assert Visitor(site.url).get("/contact/sent/none/").status == 410
    form.goto(site.url + "/contact/sent/none/")
    assert "If you sent a request, we have it." in form.locator("main").inner_text()
