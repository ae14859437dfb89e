"""Find a fit, as people meet it: with scripts and without, on a phone and at a desk."""

import re

import pytest

from tests.browser.test_leave import LEFT_JUST_NOW, by_click, by_shift, titles_on_the_way_back
from tests.browser.walking import check, fill_in, kept, press, seen, send

CHOICES = {
    "What kind of help?": "Couples counseling",
    "In person or online?": "Online",
    "When would be good?": "In the evening",
    "In which language?": "Spanish",
    "How would you pay?": "Larkwater Mutual",
}
RETIRE = (
    "from pages.models import SiteRevision, Therapist;"
    "Therapist.objects.filter(slug='marisol-averidge').update(accepting={0}, retired_on={1!r});"
    "SiteRevision.raise_()"
)
LEFT = "Marisol Averidge no longer works here, so we left that name out."
LOOKS = [(width, scheme) for width in (360, 1280) for scheme in ("light", "dark")]


def choose_all(page, **other):
    for question, answer in CHOICES.items():
        group = page.get_by_role("group", name=re.compile(re.escape(question)))
        group.get_by_label(other.get(question, answer), exact=True).check()


def show(page):
    with page.expect_navigation():
        page.get_by_role("button", name="Show who fits").click()
    page.get_by_role("heading", level=2, name=re.compile("^Who ")).wait_for()


def answered(page, site):
    page.goto(site.url + "/fit/")
    choose_all(page)
    show(page)


def nobody_matches(page, site):
    page.goto(site.url + "/fit/")
    choose_all(page)
    page.get_by_label("Japanese", exact=True).check()
    show(page)


def chosen(page):
    return page.locator(":checked").evaluate_all("all => all.map(one => one.value)")


def walks_to_the_form(page, site):
    """From the questions to the form, with one name and nothing else."""
    answered(page, site)
    assert page.url == f"{site.url}/fit/#who-fits"
    assert page.locator(".fits h3").all_inner_texts() == [
        "Marisol Averidge",
        "Jonah Pellwick",
        "Wren Tashiro-Bell",
        "Not sure? We will suggest someone.",
    ]
    first = page.locator(".fits > li").first
    assert first.locator("h4").all_inner_texts() == ["Fits:"]
    assert first.locator("li").all_inner_texts()[::3] == [
        "Offers couples counseling",
        "Speaks Spanish",
    ]
    assert len(chosen(page)) == 5  # shown again, so that one can change them
    first.get_by_role("link", name="Ask about Marisol").click()
    page.wait_for_url(f"{site.url}/contact/with/marisol-averidge/")
    assert page.get_by_text("You asked about Marisol Averidge.").count() == 1
    assert page.locator("[name=therapist]").input_value() == "marisol-averidge"
    assert page.locator("[name=format], [name=service]").evaluate_all(
        "all => all.map(one => one.value)"
    ) == ["", ""]
    assert page.locator("[name=payment]:checked").count() == 0
    assert page.context.cookies() == []


def test_walk_with_scripts(site, visit):
    walks_to_the_form(visit, site)
    assert [url for url in visit.asked if re.search("spanish|larkwater|couples", url, re.I)] == []
    assert visit.said == []
    assert kept(visit) <= 1  # the contact form's own memory; nothing of these questions
    assert "Spanish" not in visit.evaluate("JSON.stringify({ ...sessionStorage })")


def test_walk_without_scripts(site, plain_visit):
    walks_to_the_form(plain_visit, site)


def test_choices_can_be_changed_in_the_answer(site, plain_visit):
    nobody_matches(plain_visit, site)
    said = plain_visit.locator("main").inner_text()
    assert "No one here fits everything you chose. Marisol Averidge comes closest." in said
    plain_visit.get_by_role("link", name="Change your choices").click()
    plain_visit.get_by_label("Spanish", exact=True).check()
    show(plain_visit)
    assert "Closest first. Nothing here is saved." in plain_visit.locator("main").inner_text()


def test_leaving_blanks_the_choices_at_once(site, visit, weather):
    answered(visit, site)
    _, topmost, title, text, left = visit.evaluate(LEFT_JUST_NOW)
    assert (topmost, title, text, left) == ("leave-cover", "Loading", "Loading", [])
    assert visit.locator(".fits").count() == 0
    visit.wait_for_url(weather)


@pytest.mark.parametrize("go_away", [by_click, by_shift])
def test_nothing_chosen_comes_back_after_leaving(site, visit, weather, go_away):
    visit.goto(site.url)
    answered(visit, site)
    assert len(chosen(visit)) == 5
    assert "Speaks Spanish" in seen(visit)
    go_away(visit)
    visit.wait_for_url(weather)
    for _ in titles_on_the_way_back(visit, site):
        assert chosen(visit) == []
        assert "Speaks Spanish" not in seen(visit)
        assert "You chose" not in seen(visit)


def test_browser_refills_nothing(site, visit):
    answered(visit, site)
    visit.reload()  # asks for the questions anew
    assert chosen(visit) == []
    assert visit.locator(".fits").count() == 0
    choose_all(visit)
    visit.get_by_role("link", name="Fees").first.click()
    visit.wait_for_url(f"{site.url}/fees/")
    visit.evaluate("setTimeout(() => history.back())")
    visit.wait_for_url(re.compile("/fit/"))
    visit.wait_for_timeout(500)
    assert chosen(visit) == []


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_no_state_has_a_violation(site, browser, violations, width, scheme):
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(f"{site.url}/fit/")
    found = {"empty": violations(page)}
    for state in (answered, nobody_matches):
        state(page, site)
        found[state.__name__] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(f"{site.url}/fit/")
    show(page)
    found["nothing chosen"] = violations(page)
    context.close()
    assert found == {name: [] for name in found}


def test_narrow_and_zoomed_nothing_scrolls_sideways(site, browser):
    page = browser.new_page(viewport={"width": 320, "height": 568})
    nobody_matches(page, site)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


def test_someone_who_leaves_while_a_person_writes_is_explained(site, visit):
    visit.goto(f"{site.url}/contact/with/marisol-averidge/")
    fill_in(visit)
    check(visit)
    site.manage("shell", "-v", "0", "-c", RETIRE.format(False, "2026-11-01"))
    try:
        press(visit, "Send my request", "One last look")
        notice = visit.locator(".notice").inner_text()
        assert notice.startswith(LEFT)
        assert "Nothing was sent yet. Your words are all below" in notice
        send(visit)
        gone = visit.goto(f"{site.url}/contact/with/marisol-averidge/")
        assert gone.status == 200
        assert visit.locator(".notice").inner_text().startswith(LEFT)
    finally:
        site.manage("shell", "-v", "0", "-c", RETIRE.format(True, None))
