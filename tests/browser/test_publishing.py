"""From a word typed in a section to the reader, and back again; and the page's address."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.site import eventually
from tests.visitor import Visitor

ZONE = ZoneInfo("America/Los_Angeles")  # of the example practice
WORDS = "A lantern stands on the stairs."
PUT_BACK = (
    "from django.contrib.auth.models import User; from pages.models import Page;"
    "page = Page.objects.known_as('fees'); by = User.objects.get(username='owner');"
    "first = page.editions.get(number=1).content['sections'][0];"
    "page.sections.filter(heading=first['heading']).update(body=first['body']);"
    "page.slug == 'fees' or page.move('fees', by=by); page.publish(by=by)"
)


@pytest.fixture
def staff(site, browser, staff_state):
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, storage_state=staff_state
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()
    site.manage("shell", "-c", PUT_BACK)


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def follow(page, name):
    with page.expect_navigation():
        page.get_by_role("link", name=name, exact=True).first.click()


def next_minute() -> datetime:
    """The next full minute that leaves time to press the button."""
    soon = datetime.now(ZONE) + timedelta(seconds=70)
    return soon.replace(second=0, microsecond=0)


def seen_from(reader, words: str, within: float) -> datetime:
    """When a reader who asks again and again first sees the words."""
    assert eventually(lambda: words in reader.get("/fees/").text, within)
    return datetime.now(ZONE)


def test_words_come_at_their_time_and_go_and_the_page_moves(site, staff, visit):
    reader = Visitor(site.url)
    staff.goto(f"{site.url}/staff/pages/page/?q=fees")
    follow(staff, "Fees and insurance")

    body = staff.locator('[name="sections-0-body"]')
    body.fill(f"{WORDS}\n\n{body.input_value()}")
    staff.frame_locator("iframe").get_by_text(WORDS).wait_for()

    at = next_minute()
    staff.get_by_text("Show it later", exact=True).click()
    staff.locator('[name="show_at"]').fill(f"{at:%Y-%m-%dT%H:%M}")
    press(staff, "Save and show at")
    staff.get_by_text("The draft is saved. The public sees it from").wait_for()
    assert WORDS not in reader.get("/fees/").text
    first_seen = seen_from(reader, WORDS, within=80)
    assert at <= first_seen <= at + timedelta(seconds=3)

    staff.goto(staff.url.replace("change/", "editions/"))
    staff.get_by_text("The public sees edition 2").wait_for()
    staff.get_by_role("link", name="Compare edition 2").click()
    staff.goto(staff.url.partition("?")[0] + "?before=1&after=2")
    assert WORDS in staff.locator(".difference ins").inner_text()
    follow(staff, "Editions")
    press(staff, "Show edition 1 again")
    staff.get_by_text("The public now sees edition 1 again, as edition 3.").wait_for()
    assert eventually(lambda: WORDS not in reader.get("/fees/").text, 3)

    follow(staff, "Change the address")
    staff.get_by_label("New address").fill("contact")
    press(staff, "Move the page now")
    staff.get_by_text("Another part of the site has this address.").wait_for()
    staff.get_by_label("New address").fill("what-it-costs")
    press(staff, "Move the page now")
    staff.get_by_text("The page is at /what-it-costs/ now.").wait_for()

    site.let_pages_catch_up()
    answer = visit.goto(f"{site.url}/fees/")
    assert (visit.url, answer.status) == (f"{site.url}/what-it-costs/", 200)
    assert answer.request.redirected_from.response().status == 301
    visit.goto(site.url)
    directory = visit.get_by_role("navigation", name="All pages")
    directory.locator('[href="/what-it-costs/"]').click()
    visit.wait_for_url(f"{site.url}/what-it-costs/")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_screens_have_no_violation(site, browser, staff_state, violations, width, scheme):
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, storage_state=staff_state
    )
    page = context.new_page()
    page.goto(f"{site.url}/staff/pages/page/?q=fees")
    follow(page, "Fees and insurance")
    home = page.url.replace("change/", "")
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    wrong = {}
    for name in ("editions/", "editions/compare/", "editions/compare/?before=x", "move/"):
        page.goto(home + name)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        wrong[name] = [*violations(page, rules), *([f"wider by {wider}"] if wider > 0 else [])]
    context.close()
    assert wrong == {name: [] for name in wrong}
