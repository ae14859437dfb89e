import pytest

from pages.models import Page, Practice
from pages.models.problem import problems_of
from pages.models.reading import Reading


def problems(page: Page) -> list[str]:
    return [str(each) for each in problems_of(Reading.of(page.draft()), page)]


def test_draft_that_holds_together_has_none(draft, source):
    assert problems(draft) == []


@pytest.mark.parametrize(
    ("field", "where"), [("summary", "In the first lines"), ("calm_line", "In the calm line")]
)
def test_each_text_says_where_it_is(draft, source, field, where):
    setattr(draft, field, "[@nobody]")
    assert problems(draft) == [
        f"{where}: no source is on file for [@nobody]. Add it under Sources, or take [@nobody] out."
    ]


def test_section_without_a_heading_is_counted(draft, source):
    draft.sections.create(position=20, body="[@nobody]")
    assert problems(draft)[0].startswith("In section 2: no source")


def test_fact_that_is_no_fact_names_those_that_are(draft, source):
    draft.sections.update(body="Ask {nobody} or {nobody}.")
    assert problems(draft) == [
        "Under “Why”: nothing is on file for {nobody}. Take it out, or use one of these: {address},"
        " {backups_kept}, {crisis_call}, {crisis_name}, {danger_call}, {danger_name}, {exit},"
        " {fee},"
        " {first_call_minutes}, {first_reader}, {home_call}, {home_name}, {hours},"
        " {identity_kept}, {insurers}, {phone}, {practice}, {state}, {states}, {town},"
        " {words_kept}."
    ]


def test_fact_that_is_empty_says_where_to_fill_it_in(draft, source):
    Practice.objects.update(insurers="")
    draft.sections.update(body="We bill {insurers}.")
    assert problems(draft) == [
        "Under “Why”: nothing is on file for {insurers}. "
        "Fill it in under Practice, or take {insurers} out."
    ]


@pytest.mark.parametrize("name", ["title", "heading", "description"])
def test_facts_in_lines_count_too(draft, source, name):
    setattr(draft, name, "Ask {nobody}")
    assert problems(draft)[0].startswith(f"In the {name}: nothing is on file for {{nobody}}.")


def test_facts_in_headings_of_sections_count_too(draft, source):
    draft.sections.update(heading="Ask {nobody}", body="Words.")
    assert problems(draft)[0].startswith("In the heading “Ask {nobody}”: nothing is on file")


@pytest.mark.parametrize(
    "typed", ["[x](javascript:alert)", "[x](/a b/)", "[x](data:text/html,1)", "[{town}](/a b/)"]
)
def test_what_makes_no_link_is_told(draft, source, typed):
    draft.sections.update(body=f"Read:\n{typed}, `[y](z)` and [z](/contact/).")
    shown = typed.replace("[{town}", "")
    assert problems(draft) == [
        f"Under “Why”: {shown} makes no link. "
        "Start its address with / or https://, and leave no space in it."
    ]


def test_all_come_at_once(draft):
    draft.summary = "{nobody}"
    draft.sections.update(body="[@bowlby] [x](/nowhere/)")
    assert [problem[:30] for problem in problems(draft)] == [
        "In the first lines: nothing is",
        "Under “Why”: no source is on f",
        "Under “Why”: the link /nowhere",
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_queries_are_the_same_for_one_and_three(draft, source, count, django_assert_num_queries):
    links = []
    for number in range(count):
        page = Page.objects.create(slug=f"p{number}", title="T", heading="H")
        page.publish(by=None)
        links.append(f"[x](/p{number}/) [@bowlby]")
    draft.sections.update(body=" ".join(links))
    content = draft.draft()
    # practice, its hours, its region and lines, sources, pages
    with django_assert_num_queries(6):
        assert problems_of(Reading.of(content), draft) == []
