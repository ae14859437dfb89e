"""Steps that several walks take, as a person would take them."""

import re

from playwright.sync_api import Error

WORDS = {
    "What name can we use?": "Wistful Quill, they",
    "What would you like help with?": "Sleep,\nand a hard talk with Umberhollow.",
    "Phone number": "(503) 555-0177",
    "What else would help us reach you safely?": "Not on Mondays, says Tanglewick",
}
# What of them is looked for: none of it is on any page of ours by itself.
TYPED = ("Wistful", "Umberhollow", "555-0177", "5035550177", "Tanglewick")


def fill_in(page):
    """Answers what needs an answer, and a little more: 'Call me'."""
    choose(page, "Who is this for?", "Me")
    choose(page, "Are you 18 or older?", "Yes")
    choose(page, "Will you be in Oregon during sessions?", "Yes")
    choose(page, "How can we reach you?", "Call me")
    choose(page, re.compile("Could someone else answer this phone"), "No")
    choose(page, re.compile("When is a good time"), "Mornings")
    for label, words in WORDS.items():
        page.get_by_label(label).fill(words)


def choose(page, question, answer):
    page.get_by_role("group", name=question).get_by_label(answer, exact=True).check()


def check(page):
    press(page, "Check before sending", "One last look")


def send(page):
    press(page, "Send my request", "Your request reached us")


def press(page, name, heading):
    """Presses a button and waits for the page it leads to, and for that page's scripts."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()
    page.get_by_role("heading", level=1, name=heading, exact=True).wait_for()


def go_back(page, *headings):
    """Back, once for each heading, also where the page comes back whole.

    The driver's own ways wait in vain for such a page, so this one looks again and again.
    """
    for heading in headings:
        page.evaluate("setTimeout(() => history.back())")
        for _ in range(100):
            page.wait_for_timeout(200)
            if heading in headings_now(page):
                break
        else:
            raise AssertionError((page.url, heading))


def headings_now(page):
    try:
        return page.locator("h1").all_inner_texts()
    except Error:  # another page came in between
        return []


def seen(page):
    """All that the page holds: its source as it is now, what its controls hold, its title."""
    values = page.locator("input, textarea, select").evaluate_all(
        "fields => fields.map(field => field.value).join(' ')"
    )
    return "\n".join([page.title(), page.content(), values])


def typed_in(text):
    return [words for words in TYPED if words in text]


def kept(page):
    """How many things this tab keeps for itself."""
    return page.evaluate("sessionStorage.length + localStorage.length")
