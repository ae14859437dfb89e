"""Signing in as people do it: a passkey of a device, an app, a recovery code; and being idle."""

import re

import pytest

from practice_site.sign_in.tries import AN_ACCOUNT
from tests.walking_in import PASSWORD, code_of, secret_on, walk_in

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OWN = "/staff/your-sign-in/"
PHRASES = "/staff/intake/phrase/add/"
NOTE = "a phrase typed while nobody looked"
INVITE = """
from django.contrib.auth.models import User
user, _ = User.objects.get_or_create(username={0!r})
user.is_staff = user.is_superuser = True
user.save()
"""
MOVE = """
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.contrib.sessions.backends.db import SessionStore
theirs = str(User.objects.get(username={1!r}).pk)
for row in Session.objects.all():
    kept = SessionStore(row.session_key)
    if kept.get("_auth_user_id") == theirs and "seen_at" in kept:
        kept["seen_at"] -= {0}
        kept.save()
"""
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Person:
    """A member of staff at a browser of their own, with a device that can keep passkeys."""

    def __init__(self, site, browser, name, **facts):
        self.site, self.name = site, name
        self.context = browser.new_context(viewport={"width": 375, "height": 800}, **facts)
        self.page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.page.asked, self.page.said = [], []
        self.page.on("request", lambda request: self.page.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.page.said.append(str(error)))

    def with_a_device(self):
        driver = self.context.new_cdp_session(self.page)
        driver.send("WebAuthn.enable")
        driver.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        return self

    def asks_for_nothing_by_itself(self):
        """Signed out, in a browser that waits for the button."""
        self.context.clear_cookies()
        self.page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = null")

    def link(self, *options):
        return self.site.manage("staff_link", self.name, *options).stdout.split()[-1]

    def goes(self, path):
        self.page.goto(self.site.url + path)

    def presses(self, words):
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words).click()

    def sets_a_password(self, link):
        self.page.goto(link)
        self.page.get_by_label("New password", exact=True).fill(PASSWORD)
        self.page.get_by_label("New password confirmation").fill(PASSWORD)
        self.presses("Save and go on")

    def gives_a_password(self, password=PASSWORD):
        self.goes("/staff/login/")
        self.page.get_by_label("User name").fill(self.name)
        self.page.get_by_label("Password").fill(password)
        self.presses("Continue")

    def gives_a_code(self, code):
        self.page.get_by_label("Code").fill(code)
        self.presses("Sign in")

    @property
    def is_in(self):
        self.goes("/staff/")
        return self.page.locator("h1").inner_text() == "Today"


@pytest.fixture
def person(site, browser, request):
    """A new member of staff, invited."""
    name = re.sub(r"\W", "", request.node.name)[-40:].lower()
    site.manage("shell", "-c", INVITE.format(name))
    people = []

    def make(**facts):
        people.append(Person(site, browser, name, **facts))
        return people[-1]

    yield make
    for each in people:
        assert each.page.said == []
        own = site.url + "/"
        assert [url for url in each.page.asked if not url.startswith(own)] == []
        assert {cookie["path"] for cookie in each.context.cookies()} <= {"/staff/"}
        each.context.close()


def make_passkey(someone):
    someone.sets_a_password(someone.link())
    someone.presses("Make a passkey")
    assert someone.page.locator(".recovery li").count() == 10
    someone.presses("I have kept them")


def idle(someone, seconds):
    someone.site.manage("shell", "-c", MOVE.format(seconds, someone.name))


def look_again(someone):
    """As when someone comes back to the window."""
    someone.page.evaluate("dispatchEvent(new Event('focus'))")


def test_passkey_is_made_by_the_link_and_signs_in_alone(person):
    someone = person().with_a_device()
    make_passkey(someone)
    assert someone.is_in
    someone.context.clear_cookies()
    # This device answers by itself what the browser offers.
    someone.page.goto(f"{someone.site.url}/staff/login/?next={OWN}", wait_until="commit")
    someone.page.wait_for_url(someone.site.url + OWN)
    assert someone.page.locator(".factors strong").all_inner_texts() == ["Passkey"]


def test_passkey_signs_in_by_its_button(person):
    someone = person().with_a_device()
    make_passkey(someone)
    someone.asks_for_nothing_by_itself()
    someone.goes("/staff/login/?next=" + OWN)
    someone.presses("Sign in with a passkey")
    someone.page.wait_for_url(someone.site.url + OWN)


def test_passkey_is_a_second_step_too(person):
    someone = person().with_a_device()
    make_passkey(someone)
    someone.asks_for_nothing_by_itself()
    someone.gives_a_password()
    someone.presses("Use your passkey")
    assert someone.is_in


def test_app_and_recovery_code_sign_in_without_scripts(person, site):
    someone = person(java_script_enabled=False)
    codes = walk_in(someone.page, someone.link())
    assert someone.is_in
    for signed_in in (True, False):
        someone.context.clear_cookies()
        someone.gives_a_password()
        someone.gives_a_code(codes[0])
        assert someone.is_in == signed_in  # each is good once


def test_lost_factor_is_replaced(person):
    someone = person()
    codes = walk_in(someone.page, someone.link())
    link = someone.link("--lost")
    assert not someone.is_in
    new = walk_in(someone.page, link)
    assert someone.is_in
    someone.context.clear_cookies()
    someone.gives_a_password()
    someone.gives_a_code(codes[1])
    assert not someone.is_in
    someone.gives_a_password()
    someone.gives_a_code(new[1])
    assert someone.is_in


def test_lock_out_leaves_the_passkey_open(person):
    someone = person().with_a_device()
    make_passkey(someone)
    someone.asks_for_nothing_by_itself()
    for _ in range(AN_ACCOUNT + 1):
        someone.gives_a_password("not it at all")
    someone.gives_a_password()
    assert "passwords and codes are off until" in someone.page.locator("main").inner_text()
    someone.page.get_by_role("button", name="Sign in with a passkey").click()
    someone.page.wait_for_url(someone.site.url + "/staff/")
    assert someone.is_in


def test_idle_sign_in_is_warned_of_and_kept_by_a_button(person):
    someone = person()
    walk_in(someone.page, someone.link())
    someone.goes(PHRASES)
    warning = someone.page.locator(".idle-warning")
    assert warning.is_hidden()
    idle(someone, 13 * 60 + 1)
    look_again(someone)
    warning.wait_for()
    assert warning.inner_text().split("\n")[0] == (
        "You will be signed out in 2 minutes. Your note is kept."
    )
    warning.get_by_role("button", name="Stay signed in").click()
    warning.wait_for(state="hidden")
    idle(someone, 13 * 60)
    assert someone.is_in


def test_page_is_woken_in_place_by_a_touch(person):
    someone = person().with_a_device()
    make_passkey(someone)
    someone.goes(PHRASES)
    someone.page.locator("[name=text]").fill(NOTE)
    idle(someone, 15 * 60)
    look_again(someone)
    over = someone.page.locator(".idle-over")
    over.wait_for()
    for _ in range(3):
        someone.page.keyboard.press("Escape")
    over.wait_for()
    over.get_by_role("button", name="Go on with your passkey").click()
    over.wait_for(state="hidden")
    assert someone.page.locator("[name=text]").input_value() == NOTE
    with someone.page.expect_navigation():
        someone.page.locator("[name=_save]").click()
    assert "was added successfully" in someone.page.locator("main").inner_text()


@pytest.mark.parametrize("scripts", [True, False])
def test_note_typed_across_the_log_off_comes_back(person, scripts):
    someone = person(java_script_enabled=scripts)
    codes = walk_in(someone.page, someone.link())
    someone.goes(PHRASES)
    note = f"{NOTE} {scripts}"
    someone.page.locator("[name=text]").fill(note)
    idle(someone, 15 * 60)
    with someone.page.expect_navigation():
        someone.page.locator("[name=_save]").click()
    assert someone.page.locator("h1").inner_text() == "Sign in"
    someone.page.get_by_label("User name").fill(someone.name)
    someone.page.get_by_label("Password").fill(PASSWORD)
    someone.presses("Continue")
    someone.gives_a_code(codes[0])
    assert note in someone.page.locator(".kept-words").inner_text()
    someone.presses("Save it now")
    assert "was added successfully" in someone.page.locator("main").inner_text()


def test_another_app_is_added_and_the_first_removed(person):
    someone = person()
    walk_in(someone.page, someone.link())
    someone.goes(OWN)
    someone.page.get_by_role("link", name="Add another").click()
    someone.page.get_by_text("Type the key").click()
    someone.page.get_by_label("What to call it").fill("Work phone")
    someone.page.get_by_label("Code from the app").fill(code_of(secret_on(someone.page)))
    someone.presses("Use this app")
    someone.presses("Remove Authenticator app")
    assert someone.page.locator(".factors strong").all_inner_texts() == ["Work phone"]
    assert someone.is_in


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_pages_of_the_sign_in_have_no_violation(person, violations, scheme, width):
    someone = person(color_scheme=scheme)
    page = someone.page
    page.set_viewport_size({"width": width, "height": 800})

    def look(name):
        page.wait_for_load_state()
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert (name, violations(page, RULES), max(wider, 0)) == (name, [], 0)

    page.goto(someone.link())
    look("welcome")
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password confirmation").fill(PASSWORD)
    someone.presses("Save and go on")
    page.get_by_text("Type the key").click()
    look("add")
    page.get_by_label("Code from the app").fill(code_of(secret_on(page)))
    someone.presses("Use this app")
    look("codes")
    someone.presses("I have kept them")
    for path in (OWN, "/staff/auth/user/1/link/"):
        someone.goes(path)
        look(path)
    page.evaluate("document.querySelector('.idle-warning').hidden = false")
    look("warning")
    page.evaluate("document.querySelector('.idle-over').showModal()")
    look("over")
    someone.context.clear_cookies()
    someone.gives_a_password("wrong")
    look("wrong password")
    someone.gives_a_password()
    look("second step")
