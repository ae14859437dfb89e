"""What the starter says must hold together: citations, links, facts."""

from urllib.parse import urlsplit

import pytest
from django.test import RequestFactory

from pages import rendering
from pages.models import Edition, EditionSource, Page, Source, Term
from pages.readability import report
from pages.showing import problems_in, shown
from pages.site import Site

# Addresses of other parts of the site that pages may lead to.
ELSEWHERE = {"/contact/"}


@pytest.fixture
def anchors(starter) -> dict[str, set[str]]:
    """The anchors of each public page by its address."""
    site = Site.of(RequestFactory().get("/"))
    found: dict[str, set[str]] = {address: set() for address in ELSEWHERE}
    for edition in Edition.objects.public().select_related("page"):
        page = shown(edition.page, edition.content or {}, site)
        html = "".join(section.html for section in page.sections)
        ids = {part.split('"')[0] for part in html.split(' id="')[1:]}
        found[page.url] = ids | {section.slug for section in page.sections}
    return found


def links_of(edition: Edition) -> list[str]:
    return [link for text in edition.texts() for link in rendering.links(text)]


def broken(anchors: dict[str, set[str]]) -> list[str]:
    """Each internal link that leads nowhere, with the page it stands on."""
    found = []
    for edition in Edition.objects.public().select_related("page"):
        here = edition.page.get_absolute_url()
        for link in links_of(edition):
            parts = urlsplit(link)
            address = parts.path or here
            if parts.scheme or (
                address in anchors and parts.fragment in anchors[address] | {""}
            ):  # fmt: skip
                continue
            found.append(f"{here}: {link}")
    return found


def test_every_citation_has_its_source_and_every_fact_its_value(starter):
    site = Site.of(RequestFactory().get("/"))
    for edition in Edition.objects.public().select_related("page"):
        assert (edition.page.slug, problems_in(edition.content or {}, site)) == (
            edition.page.slug,
            [],
        )


def test_a_missing_source_would_be_seen(starter):
    EditionSource.objects.all().delete()
    Source.objects.filter(key="who-ptsd").delete()
    site = Site.of(RequestFactory().get("/"))
    content = Page.objects.get(slug="trauma").draft()
    assert "no source is on file for [@who-ptsd]" in problems_in(content, site)[0]


def test_citations_of_editions_are_on_file(starter):
    for edition in Edition.objects.public():
        cited = {key for text in edition.texts() for key in rendering.citations(text)}
        assert set(edition.sources.values_list("key", flat=True)) == cited


def test_every_internal_link_and_anchor_leads_somewhere(anchors):
    assert broken(anchors) == []


@pytest.mark.parametrize(
    ("old", "new"), [("](#what-helps)", "](#nowhere)"), ("](/attachment/)", "](/nowhere/)")]
)
def test_a_broken_link_would_be_seen(anchors, old, new):
    page = Page.objects.get(slug="trauma")
    for text in (page, *page.sections.all()):
        for name in ("calm_line", "body"):
            if hasattr(text, name):
                setattr(text, name, getattr(text, name).replace(old, new))
        text.save()
    Edition.objects.make(page, None, page.draft(), checked=False)
    assert broken(anchors) == [f"/trauma/: {new[2:-1]}"]


def test_next_page_is_public_everywhere(starter):
    slugs = set(Edition.objects.public().values_list("page__slug", flat=True))
    following = Edition.objects.public().values_list("content__next", flat=True)
    assert set(following) - {""} <= slugs


def test_anchors_are_unique_on_each_page(starter, client):
    for page in Page.objects.all():
        text = client.get(page.get_absolute_url()).text
        ids = [part.split('"')[0] for part in text.split(' id="')[1:]]
        assert sorted(set(ids)) == sorted(ids), page.slug


WORDS = {
    "attachment": ["attachment", "trauma", "shelter", "co-regulation", "secure base", "pattern"],
    "trauma": ["trauma", "self-regulation", "hypervigilance", "PTSD"],
    "healing-with-others": ["secure attachment to self", "vulnerability"],
    "healing-with-yourself": ["shelter", "co-regulation"],
    "attachment-in-therapy": ["attachment", "shelter", "attachment-focused therapist"],
    "parent-coaching": ["co-regulation"],
}


@pytest.mark.parametrize("slug", WORDS)
def test_unusual_words_are_explained_on_the_pages_that_use_them(starter, client, slug):
    words = client.get(f"/{slug}/").context["page"].words
    assert [rendering.sought(each.word) for each in words] == WORDS[slug]


def test_every_word_we_explain_is_in_plain_words(starter):
    for term in Term.objects.all():
        found = report(term.meaning)
        assert found.longest_sentence <= 25, term.word
        assert found.avoided == [], term.word
