"""A morning at the front desk, counted in clicks: with scripts and without, on a desk.

On paper a new request with its first try took 20 clicks and the whole morning 450. It is to take
4 of them, and about 110 the morning.
"""

import json
import re

import pytest

from tests.browser.test_keyboard import Keys

INBOX = "/staff/intake/contactrequest/"
# What others left in the inbox is put aside first, so that the walk is the same at any hour.
MORNING = """
import json
from datetime import timedelta
from django.utils import timezone
from django.contrib.auth.models import User
from intake.models import ContactRequest
from tests.intake.conftest import make_answers, make_token
u, now = User.objects.order_by("pk").first(), timezone.now()
ContactRequest.objects.open().update(held_reason="trap")
def sent(**answers):
    r = ContactRequest.objects.send(make_answers(**answers), make_token()).reference
    return ContactRequest.objects.get(reference=r)
def due(r, hours):
    ContactRequest.objects.filter(pk=r.pk).update(due_at=now + timedelta(hours=hours))
    return r
made = {"new": [], "tried": [], "asked": [], "booked": [], "called": [], "held": []}
for n in range(NEW):
    made["new"].append(due(sent(), 1 + n / 100).reference)
for n in range(TRIES):
    r = sent()
    r.tried(u, "no_answer")
    made["tried"].append(due(r, -20 + n / 10).reference)
for n in range(ASKED):
    r = sent()
    r.set_status(u, "waiting", now)
    r.ask_check_in(now)
    made["asked"].append(due(r, -40 + n / 10).reference)
for n in range(BOOKED):
    r = sent()
    r.set_status(u, "booked", now)
    made["booked"].append(due(r, -30 + n / 10).reference)
for n in range(CALLED):
    r = sent(phone=f"(503) 555-2{n:03}")
    r.tried(u, "left_message")
    made["called"].append(due(r, 50).reference)
for n in range(HELD):
    r = due(sent(), -1000 + n)
    ContactRequest.objects.filter(pk=r.pk).update(held_reason="fast")
    made["held"].append(r.reference)
print("MADE" + json.dumps(made))
"""


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def desk(request, browser, site, staff_state):
    context = browser.new_context(
        viewport={"width": 1280, "height": 800},
        storage_state=staff_state,
        java_script_enabled=request.param,
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield Desk(page, site)
    context.close()


class Desk:
    """A page and how often it was clicked, each time for one page load."""

    def __init__(self, page, site):
        self.page, self.site, self.clicks = page, site, 0

    def morning(self, **wanted):
        script = MORNING
        for name in ("new", "tries", "asked", "booked", "called", "held"):
            script = script.replace(name.upper(), str(wanted.get(name, 0)))
        said = self.site.manage("shell", "-c", script).stdout
        self.page.goto(self.site.url + INBOX)
        return json.loads(said.split("MADE")[1])

    def press(self, name, role="button"):
        self.clicks += 1
        with self.page.expect_navigation():
            self.page.get_by_role(role, name=name, exact=role == "button").first.click()

    def in_hand(self):
        return re.sub(r"\W", "", self.page.locator("h1").inner_text())[:8]

    def row(self, reference):
        self.press(re.compile(f"{reference[:4]}-{reference[4:]}"), role="link")

    def status(self):
        return self.page.locator(".next-state strong").inner_text()


def test_a_new_request_with_its_first_try_takes_four_clicks(desk):
    first, second = desk.morning(new=2)["new"]
    desk.row(first)
    desk.press("Open this request")
    assert desk.page.get_by_role("link", name="(503) 555-0187").is_visible()
    desk.press("No answer")
    assert desk.status() == "Contacted, awaiting reply"
    assert desk.page.get_by_role("status").inner_text().startswith("Saved. Try again: ")
    assert "You have it" in desk.page.get_by_role("complementary").inner_text()
    desk.press("Open next request")
    assert (desk.clicks, desk.in_hand()) == (4, second)
    assert desk.page.get_by_role("link", name="(503) 555-0187").is_visible()


def test_every_further_one_takes_two(desk):
    first, _, third = desk.morning(new=3)["new"]
    desk.row(first)
    desk.press("Open this request")
    desk.press("No answer")
    desk.press("Open next request")
    desk.clicks = 0
    desk.press("No answer")
    desk.press("Open next request")
    assert (desk.clicks, desk.in_hand()) == (2, third)


def test_a_check_in_is_answered_with_one_click(desk):
    (reference,) = desk.morning(asked=1)["asked"]
    desk.row(reference)
    desk.clicks = 0
    desk.press("Yes, keep their place")
    assert (desk.clicks, desk.status()) == (1, "Waiting list")
    assert desk.page.get_by_text("Their place is kept.").is_visible()


def test_undo_is_one_click_and_another_day_is_three(desk):
    (reference,) = desk.morning(new=1)["new"]
    desk.row(reference)
    desk.press("Talked")
    desk.clicks = 0
    desk.press("Undo")
    assert (desk.clicks, desk.status()) == (1, "New")
    desk.press("No answer")
    desk.page.get_by_text("Another day").click()
    desk.page.get_by_label("In the").select_option("Afternoons")
    desk.press("Save the next step")
    assert desk.status() == "Contacted, awaiting reply"


def test_a_voicemail_that_they_did_not_want_is_asked_about(desk):
    (reference,) = desk.morning(new=1)["new"]
    desk.row(reference)
    desk.press("Left message")
    question = desk.page.get_by_role("alert")
    assert "They asked for no voicemail. Did you leave one?" in question.inner_text()
    desk.page.set_viewport_size({"width": 375, "height": 700})
    desk.press("Left message")
    box = question.bounding_box()
    assert (box["y"] >= 0, box["y"] + box["height"] <= 700) == (True, True)
    desk.press("No, I hung up")
    assert desk.status() == "Contacted, awaiting reply"


def test_the_morning_of_the_walk(desk):
    """Of a Monday: all that came since Friday, one person after the other."""
    made = desk.morning(new=14, tries=12, asked=4, booked=3, called=5, held=2)
    check_ins(desk, made["asked"])
    consultations(desk, made["booked"])
    call_backs(desk, made["called"])
    held_for_review(desk, made["held"])
    desk.press("Now", role="link")
    desk.row(made["tried"][0])
    desk.press("Open this request")
    done = []
    for _ in range(26):
        done.append(desk.in_hand())
        desk.press("No answer")
        if len(done) < 26:
            desk.press("Open next request")
    assert done == made["tried"] + made["new"]
    assert desk.clicks == 10 + 12 + 20 + 7 + 1 + 2 + 26 + 25


def check_ins(desk, references):
    """Four, and one of them says that it is harder."""
    for reference in references[:-1]:
        desk.row(reference)
        desk.press("Yes, keep their place")
    desk.row(references[-1])
    desk.press("It is harder")
    desk.press("Open this request")
    desk.press("Talked")


def consultations(desk, references):
    for reference in references:
        desk.row(reference)
        desk.press("Close with an outcome", role="link")
        desk.press("They have a place here", role="link")
        desk.press("Close and leave this message")


def call_backs(desk, references):
    """Whoever calls back says a name or a number."""
    for number, reference in enumerate(references):
        desk.page.get_by_role("searchbox", name="Find a person").fill(f"2{number:03}")
        desk.press("Find")
        desk.row(reference)
        desk.press("Open this request")
        desk.press("Talked")


def held_for_review(desk, references):
    """One is spam; the other was written by a person, who is called."""
    desk.press("Held for review", role="link")
    desk.row(references[0])
    desk.press("Spam: close it")
    desk.row(references[1])
    desk.press("A person wrote it: release")
    desk.press("Open this request")
    desk.press("No answer")


def test_six_results_are_in_view_beside_the_opened_request(desk):
    (reference,) = desk.morning(new=1)["new"]
    desk.row(reference)
    desk.press("Open this request")
    group = desk.page.get_by_role("group", name="What happened")
    box = group.bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 800
    banner = desk.page.get_by_role("region", name="How to reach this person")
    assert banner.is_visible()
    assert desk.page.get_by_role("region", name="What to say").is_visible()


def test_by_keyboard_from_the_number_to_the_next_request(desk):
    """Tab goes on from the number to the six results, in the order in which they stand."""
    first, second = desk.morning(new=2)["new"]
    desk.row(first)
    desk.press("Open this request")
    desk.page.get_by_role("link", name="(503) 555-0187").focus()
    seen = []
    for _ in range(60):
        desk.page.keyboard.press("Tab")
        seen.append(desk.page.evaluate("document.activeElement.value"))
        if seen[-1] == "not_safe":
            break
    assert [value for value in seen if value][-6:] == [
        "talked", "no_answer", "left_message", "someone_else", "wrote", "not_safe",
    ]  # fmt: skip
    with desk.page.expect_navigation():
        desk.page.keyboard.press("Enter")
    button = desk.page.get_by_role("button", name="Open next request")
    button.focus()
    with desk.page.expect_navigation():
        desk.page.keyboard.press("Enter")
    assert desk.in_hand() == second


@pytest.mark.parametrize("width", [375, 1280])
def test_no_mouse_from_the_queue_to_the_next_request(desk, width):
    """Each stop of the focus is seen, and nothing that stays in view lies over it."""
    first, second = desk.morning(new=2)["new"]
    desk.page.set_viewport_size({"width": width, "height": 800})
    keys = Keys(desk.page)
    keys.enter(f"{first[:4]}-{first[4:]} .*")
    keys.enter("Open this request")
    keys.to(r"\(503\) 555-0187")
    keys.to("Note")
    keys.write("The line was busy.")
    keys.enter("No answer", "Shift+Tab")
    assert desk.page.get_by_role("status").inner_text().startswith("Saved. Try again: ")
    keys.enter("Open next request")
    assert desk.in_hand() == second
