from datetime import date

import pytest
from django.test import RequestFactory
from django.utils.safestring import SafeString

from pages.models import Page, Term
from pages.models.edition import NotReadyError
from pages.showing import problems_in, shown, template_of
from pages.site import Site


@pytest.fixture
def site(practice) -> Site:
    return Site.of(RequestFactory().get("/shelter/"))


def test_shown_page_has_words_filled_in(draft, source, site):
    draft.reviewed_on = date(2026, 11, 20)
    seen = shown(draft, draft.draft(), site)
    assert (seen.heading, seen.url, seen.reviewed_on) == (
        "A roof, and Lantern Street Therapy",
        "/shelter/",
        date(2026, 11, 20),
    )
    assert seen.summary_html == "<p>In short.</p>\n"
    assert seen.calm_line_html == ""
    assert [(each.slug, each.html) for each in seen.sections] == [
        (
            "why",
            '<p>Because<a class="citation" href="/sources/#bowlby" aria-label="Source 1">1</a>.'
            "</p>\n",
        )
    ]


def test_only_html_fields_are_safe(draft, source, site):
    draft.heading = "<i>Roof</i>"
    seen = shown(draft, draft.draft(), site)
    safe = {name for name, value in vars(seen).items() if isinstance(value, SafeString)}
    assert safe == {"summary_html", "calm_line_html"}
    section = vars(seen.sections[0])
    assert {name for name, value in section.items() if isinstance(value, SafeString)} == {"html"}


def test_next_is_named_only_while_it_is_public(draft, site):
    draft.next_page = Page.objects.create(slug="roof", label="Roofs", title="T", heading="H")
    assert shown(draft, draft.draft(), site).next is None
    draft.next_page.publish(by=None)
    fresh = Site.of(RequestFactory().get("/shelter/"))
    following = shown(draft, draft.draft(), fresh).next
    assert following == fresh.entries["roof"]
    assert [following.label, following.url] == ["Roofs", "/roof/"]


def test_next_is_found_after_it_moved(draft, site, editor):
    draft.next_page = Page.objects.create(slug="roof", label="Roofs", title="T", heading="H")
    draft.next_page.publish(by=None)
    content = draft.draft()
    draft.next_page.move("house", by=editor)
    following = shown(draft, content, Site.of(RequestFactory().get("/shelter/"))).next
    assert following.url == "/house/"


def test_section_without_a_heading_starts_one_level_up(draft, site):
    draft.sections.update(heading="", body="### Part")
    assert shown(draft, draft.draft(), site).sections[0].html == '<h2 id="part">Part</h2>\n'


def test_anchors_are_unique_across_sections(draft, site):
    draft.sections.update(body="### Why")
    assert shown(draft, draft.draft(), site).sections[0].html == '<h3 id="why-2">Why</h3>\n'


@pytest.mark.parametrize(
    ("slug", "kind", "template"),
    [
        ("", "home", "pages/home.html"),
        ("trauma", "topic", "pages/topic.html"),
        ("fees", "practice", "pages/page.html"),
        ("privacy", "legal", "pages/page.html"),
        ("team", "therapists", "pages/therapists.html"),
    ],
)
def test_template_follows_the_kind(slug, kind, template):
    assert template_of(Page(slug=slug), {"kind": kind}) == template


def test_problems_are_those_that_publishing_tells(draft, site):
    draft.summary = "Ask {nobody}. Read [x](/nowhere/) or [y](/shelter/#why)."
    draft.save()
    with pytest.raises(NotReadyError) as refused:
        draft.publish(by=None)
    assert problems_in(draft.draft(), site, draft) == refused.value.problems
    assert [problem.partition(":")[0] for problem in refused.value.problems] == [
        "In the first lines",
        "In the first lines",
        "Under “Why”",
    ]


def test_whole_draft_has_no_problems(draft, source, site):
    assert problems_in(draft.draft(), site) == []


TRAUMA = {"word": "trauma", "meaning": "What stays."}
GUARD = {"word": "staying on guard (hypervigilance)", "meaning": "Watching."}


def words_of(page):
    return [(each.word, each.meaning, each.anchor, each.use) for each in page.words]


@pytest.mark.parametrize("public", [True, False])
def test_page_lists_the_unusual_words_it_uses(draft, source, site, public):
    Term.objects.bulk_create([Term(**TRAUMA), Term(**GUARD), Term(word="ring", meaning="Round.")])
    draft.sections.update(body="We stay on guard (hypervigilance). Trauma, hypervigilance.")
    draft.heading, draft.calm_line = "The role of trauma", "About trauma."
    draft.save()
    seen = shown(draft, draft.publish(by=None).content if public else draft.draft(), site)
    assert words_of(seen) == [
        ("trauma", "What stays.", "word-trauma", "use-trauma"),
        (GUARD["word"], "Watching.", "word-hypervigilance", "use-hypervigilance"),
    ]
    assert seen.sections[0].html.count('class="term"') == 2
    assert seen.calm_line_html == "<p>About trauma.</p>\n"
    assert seen.words_anchor == "words-used-here"


@pytest.mark.parametrize("kind", ["home", "crisis", "safety"])
def test_quiet_pages_explain_no_words(draft, source, site, kind):
    Term.objects.create(**TRAUMA)
    draft.sections.update(body="Trauma.")
    content = {**draft.draft(), "kind": kind}
    assert shown(draft, content, site).words == []
    assert 'class="term"' not in shown(draft, content, site).sections[0].html


def test_list_of_words_has_an_anchor_of_its_own(draft, source, site):
    draft.sections.update(heading="Words used here", slug="")
    assert shown(draft, draft.draft(), site).words_anchor == "words-used-here-2"


@pytest.mark.parametrize("count", [1, 3])
def test_words_take_one_query(draft, source, site, count, django_assert_num_queries):
    Term.objects.bulk_create([Term(word=f"word{n}", meaning="x") for n in range(count)])
    draft.sections.update(body="word0 word1 word2")
    content = draft.draft()
    assert site.practice.crisis_lines
    with django_assert_num_queries(1):
        assert len(shown(draft, content, site).words) == count
