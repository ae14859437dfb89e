"""A morning at the front desk, counted in clicks: with scripts and without, on a desk.

VOICE, "Front desk": a new request with its first try took 20 clicks on paper and is to take 4.
"""

import json
import re

import pytest

INBOX = "/staff/intake/contactrequest/"
# A practice that is always open: what is measured is the same at any hour.
MORNING = """
import json
from datetime import time, timedelta
from django.utils import timezone
from django.contrib.auth.models import User
from intake.models import ContactRequest, Attempt
from pages.models import OpeningHours, Practice
from tests.intake.conftest import make_answers, make_token
u, now = User.objects.order_by("pk").first(), timezone.now()
ContactRequest.objects.open().update(held_reason="trap")
def sent(**answers):
    r = ContactRequest.objects.send(make_answers(**answers), make_token()).reference
    return ContactRequest.objects.get(reference=r)
def due(r, hours):
    ContactRequest.objects.filter(pk=r.pk).update(due_at=now + timedelta(hours=hours))
    return r
made = {"new": [], "tried": [], "asked": []}
for n in range(NEW):
    made["new"].append(due(sent(), 100 + n).reference)
for n in range(TRIES):
    r = sent()
    r.tried(u, "no_answer")
    made["tried"].append(due(r, -20 + n / 10).reference)
for n in range(ASKED):
    r = sent()
    r.set_status(u, "waiting", now)
    r.ask_check_in(now)
    made["asked"].append(due(r, -40 + n / 10).reference)
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

    def morning(self, new=0, tries=0, asked=0):
        script = MORNING.replace("NEW", str(new)).replace("TRIES", str(tries))
        said = self.site.manage("shell", "-c", script.replace("ASKED", str(asked))).stdout
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
    desk.press("No, I hung up")
    assert desk.status() == "Contacted, awaiting reply"


def test_the_morning_of_the_walk(desk):
    """14 new and 12 next tries, 3 check-ins: on paper 376 clicks for the tries alone."""
    made = desk.morning(new=14, tries=12, asked=3)
    for reference in made["asked"]:
        desk.page.goto(desk.site.url + INBOX)
        desk.row(reference)
        desk.press("Yes, keep their place")
    desk.page.goto(desk.site.url + INBOX)
    desk.row(made["tried"][0])
    desk.press("Open this request")
    done = []
    for _ in range(26):
        done.append(desk.in_hand())
        desk.press("No answer")
        if len(done) < 26:
            desk.press("Open next request")
    assert done == made["tried"] + made["new"]
    assert desk.clicks == 3 * 2 + 2 + 26 + 25


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
