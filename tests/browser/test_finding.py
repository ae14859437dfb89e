"""Search, print, copy and export in a browser: by keyboard, with scripts and without."""

import re

import pytest

from tests.browser.test_staff_pages import INBOX, desk, open_request, press, wrong_with
from tests.visitor import Visitor

__all__ = ["desk"]

GRANT = (
    "from django.contrib.auth.models import Permission, User;"
    "User.objects.get(username='owner').user_permissions.add("
    "Permission.objects.get(codename='export_clients'))"
)
ACCEPT = (
    "from django.contrib.auth.models import User; from intake.models import ContactRequest;"
    "ContactRequest.objects.get(reference='{}').close("
    "User.objects.get(username='owner'), 'became_client')"
)
WORDS = "Absquatulate before the wedding"


@pytest.fixture(scope="module")
def reference(site):
    return Visitor(site.url).send(preferred_name="Quill", message=WORDS).code[:8]


@pytest.fixture(scope="module")
def accepted(site):
    """One that became a client, and an owner who may export."""
    reference = Visitor(site.url).send(preferred_name="Tamsin").code[:8]
    site.manage("shell", "-c", GRANT)
    site.manage("shell", "-c", ACCEPT.format(reference))
    return reference


def in_blocks(reference):
    return f"{reference[:4]}-{reference[4:]}"


def find(page, words):
    page.get_by_role("searchbox", name="Find a person").fill(words)
    press(page, page.get_by_role("button", name="Find", exact=True))


def opened(page, site, reference):
    open_request(page, site, reference)
    opens = page.get_by_role("button", name="Open this request")
    if opens.count():
        press(page, opens)


def test_search_has_no_violation(site, desk, violations, reference):
    wrong = {}
    desk.goto(site.url + INBOX)
    for name, words in {"found": "wedding", "nobody": "Xylophone", "empty": ""}.items():
        find(desk, words)
        wrong[name] = wrong_with(desk, violations)
    assert wrong == {name: [] for name in wrong}
    assert [url for url in desk.asked if not url.startswith(site.url + "/")] == []


def test_paper_copy_and_export_have_no_violation(site, desk, violations, reference, accepted):
    wrong = {}
    opened(desk, site, reference)
    desk.get_by_text("On paper, and copies").click()
    wrong["fold"] = wrong_with(desk, violations)
    desk.get_by_label("With their name, number and words").check()
    press(desk, desk.get_by_role("button", name="Show it for printing"))
    assert desk.get_by_text(WORDS).is_visible()
    wrong["paper"] = wrong_with(desk, violations)
    press(desk, desk.get_by_role("link", name="Back to the request"))
    desk.get_by_text("On paper, and copies").click()
    press(desk, desk.get_by_role("link", name="A copy of everything held"))
    wrong["copy"] = wrong_with(desk, violations)
    press(desk, desk.get_by_role("button", name="Make the copy"))
    assert desk.title().startswith("Error: ")
    wrong["copy wrong"] = wrong_with(desk, violations)
    desk.goto(f"{site.url}{INBOX}?view=closed")
    press(desk, desk.get_by_role("link", name="Export accepted clients"))
    wrong["export"] = wrong_with(desk, violations)
    press(desk, desk.get_by_role("button", name="Export as a CSV file"))
    wrong["export wrong"] = wrong_with(desk, violations)
    assert wrong == {name: [] for name in wrong}


def test_slash_leads_to_the_box_and_back_from_a_hit(site, desk, reference):
    desk.goto(site.url + INBOX)
    desk.wait_for_load_state()
    desk.keyboard.press("/")
    box = desk.get_by_role("searchbox", name="Find a person")
    assert box.evaluate("one => one === document.activeElement")
    desk.keyboard.type("qui/ll")
    assert box.input_value() == "qui/ll"
    box.fill("quill wedd")
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    assert box.input_value() == "quill wedd"
    find(desk, "Quill")
    row = desk.get_by_role("link", name=re.compile(in_blocks(reference)))
    row.focus()
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    desk.wait_for_load_state()
    desk.keyboard.press("/")
    assert box.evaluate("one => one === document.activeElement")


def test_slash_stays_a_letter_where_one_types(site, desk, reference):
    opened(desk, site, reference)
    note = desk.get_by_label("Note", exact=True)
    note.click()
    desk.keyboard.type("and/or")
    assert note.input_value() == "and/or"


def test_words_typed_stand_in_no_address_or_title(site, desk, reference):
    desk.goto(site.url + INBOX)
    find(desk, "Absquatulate")
    assert desk.get_by_role("link", name=re.compile(in_blocks(reference))).is_visible()
    assert ("Absquatulate" in desk.title(), "bsquat" in " ".join(desk.asked)) == (False, False)
    assert [text for text in desk.said if "bsquat" in text] == []


def test_paper_has_no_staff_site_on_it(site, desk, reference):
    opened(desk, site, reference)
    desk.get_by_text("On paper, and copies").click()
    press(desk, desk.get_by_role("button", name="Show it for printing"))
    tools = desk.get_by_role("button", name="Print this page")
    assert tools.is_visible()
    desk.emulate_media(media="print", color_scheme="dark")
    assert [tools.is_visible(), desk.locator(".top").is_visible()] == [False, False]
    ink = desk.locator("body").evaluate("body => getComputedStyle(body).color")
    paper = desk.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert (ink, paper) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)")


def test_all_of_it_works_without_scripts(site, browser, staff_state, reference, accepted):
    context = browser.new_context(storage_state=staff_state, java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url + INBOX)
    assert not page.get_by_text("to come here").is_visible()
    find(page, "Quill")
    press(page, page.get_by_role("link", name=re.compile(in_blocks(reference))))
    page.get_by_text("On paper, and copies").click()
    press(page, page.get_by_role("link", name="A copy of everything held"))
    page.get_by_label("Who asks?").select_option("person")
    page.get_by_label("How did you check").select_option("code")
    with page.expect_download() as copy:
        page.get_by_role("button", name="Make the copy").click()
    assert copy.value.suggested_filename == f"copy-{reference}.zip"
    page.goto(f"{site.url}{INBOX}export/")
    page.get_by_label("Why do they leave").select_option("records")
    with page.expect_download() as clients:
        page.get_by_role("button", name="Export as a CSV file").click()
    assert re.fullmatch(r"accepted-clients-[\d-]{10}\.csv", clients.value.suggested_filename)
    context.close()
