"""Nothing typed is lost: whatever happens, the words are given back, or stored exactly once.

Each case happens for real, to a whole site, in Chromium. With scripts and without.
"""

import json
import sqlite3
from contextlib import closing, contextmanager
from secrets import token_hex

import pytest
from playwright.sync_api import Error

from tests import postgres
from tests.browser.walking import check, fill_in, press, seen, send, typed_in
from tests.line import Line
from tests.site import RunningSite

MESSAGES = (
    "import json; from intake.models import ContactRequest as R;"
    "print(json.dumps([(r.message, r.held_reason) for r in R.objects.all()]))"
)
TWO_DAYS_AGO = """
from dataclasses import replace
from datetime import timedelta
from intake import form_token
token = form_token.new()
print(form_token.write(replace(token, made_at=token.made_at - timedelta(days=2, hours=1))))
"""
FULL_REVIEW = """
from contextlib import suppress
from django.utils import timezone
from intake.models import limits
with suppress(limits.TooMany):
    for _ in range(limits.HELD_A_DAY):
        limits.held_reason("trap", None, timezone.now())
"""
SENT_ALREADY = "This request was sent already. You do not need to send it again."
WORDS = "What would you like help with?"
TRIGGER = """CREATE TRIGGER broken BEFORE INSERT ON intake_notice
BEGIN SELECT RAISE(ABORT, 'broken'); END"""
NO_COOKIES = {"profile": {"default_content_setting_values": {"cookies": 2}}}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Of this module alone: it is stopped, broken and cut off."""
    with RunningSite(tmp_path_factory.mktemp("site"), INTAKE_MIN_FILL_SECONDS="0") as running:
        yield running


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def scripts(request):
    return request.param


@pytest.fixture
def page(everyday_browser, scripts):
    context = everyday_browser.new_context(
        viewport={"width": 360, "height": 640}, java_script_enabled=scripts
    )
    page = context.new_page()
    page.set_default_timeout(40_000)  # as long as a locked SQLite is waited for
    yield page
    context.close()


@pytest.fixture
def message():
    """Words of this test alone, so that each can be counted."""
    return f"Sleep,\nand a hard talk with Umberhollow. {token_hex(4)}"


@pytest.fixture
def line(site):
    line = Line(site.port)
    yield line
    line.close()


def stored(site, message):
    """How often these words were stored, read as staff would."""
    said = site.manage("shell", "-v", "0", "-c", MESSAGES).stdout
    return [words for words, _ in json.loads(said)].count(message)


def write(page, url, message):
    page.goto(url + "/")
    page.goto(url + "/contact/")
    fill_in(page)
    page.get_by_label(WORDS).fill(message)


def has_words(page, message):
    """All four that were typed, the message to the last letter."""
    fields = page.locator("textarea, input[name=message]")
    values = fields.evaluate_all("all => all.map(one => one.value)")
    return len(typed_in(seen(page))) == 4 and message in values


def click(page, name):
    """Presses a button that may lead nowhere."""
    page.get_by_role("button", name=name, exact=True).click(no_wait_after=True)


def fails(page):
    """Waits for the browser's own page that says so."""
    for _ in range(150):
        page.wait_for_timeout(100)
        if protocol(page) == "chrome-error:":
            return
    raise AssertionError(page.url)


def protocol(page):
    try:
        return page.evaluate("location.protocol")
    except Error:  # another page came in between
        return ""


def heading(page, words):
    page.get_by_role("heading", level=1, name=words, exact=True).wait_for()


def reload(page):
    """And yes, send again, where the browser asks."""
    page.reload()


def back(page):
    """One entry of the history, also where scripts are off, or the entry was a POST."""
    session = page.context.new_cdp_session(page)
    history = session.send("Page.getNavigationHistory")
    entry = history["entries"][history["currentIndex"] - 1]
    session.send("Page.navigateToHistoryEntry", {"entryId": entry["id"]})
    session.detach()
    for _ in range(50):
        page.wait_for_timeout(300)
        if headings(page):
            return
        if protocol(page) == "chrome-error:":  # "Confirm form resubmission"
            reload(page)
            return


def headings(page):
    try:
        return page.locator("h1").all_inner_texts()
    except Error:  # another page came in between
        return []


@contextmanager
def database(site):
    with closing(sqlite3.connect(site.data_dir / "site.sqlite3", timeout=30)) as database:
        yield database
        database.commit()


# The form


def test_tab_open_for_two_days(site, page, message):
    write(page, site.url, message)
    token = site.manage("shell", "-v", "0", "-c", TWO_DAYS_AGO).stdout.strip()
    page.locator("[name=token]").evaluate("(input, token) => (input.value = token)", token)
    check(page)
    send(page)
    said = json.loads(site.manage("shell", "-v", "0", "-c", MESSAGES).stdout)
    assert [one for one in said if one[0] == message] == [[message, "expired"]]


def test_cookies_blocked(site, browser_type, browser_type_launch_args, tmp_path, scripts, message):
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(NO_COOKIES))
    context = browser_type.launch_persistent_context(
        tmp_path, java_script_enabled=scripts, **browser_type_launch_args
    )
    page = context.new_page()
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    write(page, site.url, message)
    if scripts:
        storage = (
            "() => { try { return sessionStorage.length } catch (error) { return error.name } }"
        )
        assert page.evaluate(storage) == "SecurityError"
    page.get_by_label("Phone number").fill("12")
    press(page, "Check before sending", "Contact us")
    page.get_by_label("Phone number").fill("(503) 555-0177")
    check(page)
    assert page.get_by_text("Your browser's Back may not keep what you wrote").is_visible()
    press(page, "Go back and change something", "Contact us")
    assert has_words(page, message)
    check(page)
    send(page)
    context.close()
    assert (stored(site, message), wrong) == (1, [])


# The way to the check page and back


def test_reload_of_the_check_page(site, page, scripts, message):
    write(page, site.url, message)
    check(page)
    reload(page)
    heading(page, "Contact us" if scripts else "One last look")
    assert has_words(page, message)
    if scripts:
        check(page)
    send(page)
    assert stored(site, message) == 1


def test_back_and_on_again(site, page, scripts, message):
    write(page, site.url, message)
    check(page)
    if scripts:
        back(page)
    else:  # Back may keep nothing, and the page says so
        page.get_by_role("button", name="Go back and change something").click()
    heading(page, "Contact us")
    assert has_words(page, message)
    check(page)
    send(page)
    assert stored(site, message) == 1


# Sending


def test_double_click_on_send(site, page, message):
    write(page, site.url, message)
    check(page)
    page.get_by_role("button", name="Send my request").dblclick(no_wait_after=True)
    heading(page, "Your request reached us")
    assert page.locator(".code-block").count() == 6
    assert stored(site, message) == 1


def test_corrected_and_sent_again(site, page, message):
    """From a second window that still holds the form: the other version is told apart."""
    write(page, site.url, message)
    check(page)
    token = page.locator("[name=token]").input_value()
    send(page)
    other = message.replace("hard", "soft")
    write(page, site.url, other)
    page.locator("[name=token]").evaluate("(input, token) => (input.value = token)", token)
    press(page, "Check before sending", "We have your request")
    assert other in page.locator(".given-back").inner_text()
    press(page, "Check this version and send it as well", "One last look")
    send(page)
    assert (stored(site, message), stored(site, other)) == (1, 1)


def test_back_after_sending_and_sent_again(site, page, message):
    write(page, site.url, message)
    check(page)
    send(page)
    back(page)
    heading(page, "Your request reached us")
    assert page.get_by_text(SENT_ALREADY).is_visible()
    assert typed_in(seen(page)) == []
    assert stored(site, message) == 1


# The site falls away


def test_site_restarted_between_check_and_send(site, page, message):
    write(page, site.url, message)
    check(page)
    site.stop()
    try:
        click(page, "Send my request")
        fails(page)
    finally:
        site.start()
    reload(page)
    heading(page, "Your request reached us")
    assert stored(site, message) == 1


def test_site_restarted_before_send_and_nobody_noticed(site, page, message):
    write(page, site.url, message)
    check(page)
    site.stop()
    site.start()
    send(page)
    assert stored(site, message) == 1


def test_fault_of_ours_while_sending(site, page, message):
    """500: the request cannot be announced, so it is not stored either."""
    write(page, site.url, message)
    check(page)
    with database(site) as db:
        db.execute(TRIGGER)
    try:
        press(page, "Send my request", "Something broke on our side")
        assert has_words(page, message)
        assert stored(site, message) == 0
    finally:
        with database(site) as db:
            db.execute("DROP TRIGGER broken")
    send(page)
    assert stored(site, message) == 1


def test_database_away_between_check_and_send(tmp_path, page, message):
    """503, on PostgreSQL, which is stopped and comes back."""
    try:
        postgres.binaries()
    except LookupError as error:
        pytest.skip(str(error))
    with (
        postgres.cluster() as server,
        RunningSite(tmp_path, DATABASE_URL=server.url, INTAKE_MIN_FILL_SECONDS="0") as site,
    ):
        write(page, site.url, message)
        check(page)
        server.halt()
        press(page, "Send my request", "Not sent yet")
        assert has_words(page, message)
        press(page, "Send my request", "Not sent yet")
        server.boot()
        send(page)
        assert stored(site, message) == 1


def test_database_locked_between_check_and_send(site, page, message):
    """503, on SQLite, which another program holds."""
    write(page, site.url, message)
    check(page)
    with database(site) as other:
        other.execute("BEGIN IMMEDIATE")
        press(page, "Send my request", "Not sent yet")
    assert has_words(page, message)
    send(page)
    assert stored(site, message) == 1


# The line falls away


def test_lost_answer_and_reload(site, line, page, message):
    write(page, line.url, message)
    check(page)
    with line.dropping("answers"):
        click(page, "Send my request")
        fails(page)
        assert line.dropped >= 1
    assert stored(site, message) == 1
    reload(page)
    heading(page, "Your request reached us")
    assert page.locator(".code-block").count() == 6
    assert stored(site, message) == 1


def test_lost_answer_and_back(site, line, page, scripts, message):
    """Whoever goes back and sends once more sends nothing twice."""
    write(page, line.url, message)
    check(page)
    with line.dropping("answers"):
        click(page, "Send my request")
        fails(page)
    back(page)
    if scripts:
        heading(page, "Contact us")
        assert has_words(page, message)
        press(page, "Check before sending", "Your request reached us")
    heading(page, "Your request reached us")
    assert page.get_by_text(SENT_ALREADY).is_visible()
    assert stored(site, message) == 1


WITH_SCRIPTS = pytest.mark.parametrize("scripts", [True], indirect=True, ids=["with scripts"])


@WITH_SCRIPTS  # without, Back leads to the page that says it was sent
def test_lost_answer_then_corrected(site, line, page, message):
    """What they change after a lost answer is told apart from what is stored."""
    write(page, line.url, message)
    check(page)
    with line.dropping("answers"):
        click(page, "Send my request")
        fails(page)
    back(page)
    heading(page, "Contact us")
    other = message.replace("hard", "soft")
    page.get_by_label(WORDS).fill(other)
    press(page, "Check before sending", "We have your request")
    assert other in page.locator(".given-back").inner_text()
    assert (stored(site, message), stored(site, other)) == (1, 0)


@pytest.mark.parametrize("step", ["Check before sending", "Send my request"])
def test_connection_dropped_while_sending(site, line, page, step, message):
    write(page, line.url, message)
    if step == "Send my request":
        check(page)
    with line.dropping("forms"):
        click(page, step)
        fails(page)
        assert line.dropped >= 1
    assert stored(site, message) == 0
    reload(page)
    if step == "Check before sending":
        heading(page, "One last look")
        assert has_words(page, message)
        send(page)
    heading(page, "Your request reached us")
    assert stored(site, message) == 1


@pytest.mark.parametrize("step", ["Check before sending", "Send my request"])
def test_connection_dropped_and_back(site, line, page, step, scripts, message):
    """Without scripts Back from the check page finds all; from the form, what the browser kept."""
    write(page, line.url, message)
    if step == "Send my request":
        check(page)
    with line.dropping("forms"):
        click(page, step)
        fails(page)
    back(page)
    if scripts or step == "Check before sending":
        heading(page, "Contact us")
        if not scripts:
            assert page.get_by_label("Phone number").input_value() == "(503) 555-0177"
            page.get_by_label(WORDS).fill(message)
            page.get_by_label("What else would help us reach you safely?").fill("Tanglewick")
        assert has_words(page, message)
        check(page)
    heading(page, "One last look")
    assert has_words(page, message)
    send(page)
    assert stored(site, message) == 1


def test_phone_without_a_network_while_sending(site, page, message):
    write(page, site.url, message)
    check(page)
    page.context.set_offline(True)
    click(page, "Send my request")
    fails(page)
    page.context.set_offline(False)
    reload(page)
    heading(page, "Your request reached us")
    assert stored(site, message) == 1


# Too much


@WITH_SCRIPTS  # without, the browser keeps what it likes: of a megabyte, name and phone
def test_too_much_at_once(site, page, message):
    """413: the body was never read, so the form in the browser keeps it."""
    write(page, site.url, message)
    page.get_by_label("What else would help us reach you safely?").fill("Tanglewick " * 100_000)
    press(page, "Check before sending", "Too much at once")
    back(page)
    heading(page, "Contact us")
    assert has_words(page, message)
    page.get_by_label("What else would help us reach you safely?").fill("Tanglewick")
    check(page)
    send(page)
    assert stored(site, message) == 1


def test_too_many_requests(site, page, message):
    """429: the review is full, and this one looks like one of a flood. An hour later it is sent."""
    pytest.importorskip("intake.throttle")
    write(page, site.url, message)
    check(page)
    site.manage("shell", "-c", FULL_REVIEW)
    site.stop()
    site.variables["INTAKE_MIN_FILL_SECONDS"] = "3600"  # whoever sends now looks like a program
    site.start()
    try:
        press(page, "Send my request", "Not sent yet")
        assert has_words(page, message)
        assert stored(site, message) == 0
    finally:
        site.stop()
        site.variables["INTAKE_MIN_FILL_SECONDS"] = "0"
        site.start()
    send(page)
    assert stored(site, message) == 1
