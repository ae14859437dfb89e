import pytest
from django.test import RequestFactory

from pages.models import Page
from pages.site import Entry, Link, Site


@pytest.fixture
def site(draft, source) -> Site:
    draft.publish(by=None)
    return Site.of(RequestFactory().get("/shelter/"))


def public(**fields) -> Page:
    page = Page.objects.create(**{"title": "T", "heading": "H", **fields})
    page.publish(by=None)
    return page


def test_directory_lists_public_pages_in_their_columns(site):
    public(slug="fees", group="practice", label="Fees", position=2)
    public(slug="way", group="practice", label="Getting here", position=1)
    public(slug="hidden", group="")
    Page.objects.create(slug="draft", group="legal", label="Draft", title="T", heading="H")
    assert site.directory == [
        {"key": "read", "label": "Read", "pages": [Link("Shelter", "/shelter/", True)]},
        {
            "key": "practice",
            "label": "The practice",
            "pages": [Link("Getting here", "/way/", False), Link("Fees", "/fees/", False)],
        },
    ]


def test_main_links_name_public_pages_only(site):
    public(slug="attachment")
    public(slug="fees")
    Page.objects.create(slug="therapists", title="T", heading="H")
    assert site.main_links == [Link("Read", "/attachment/", False), Link("Fees", "/fees/", False)]


def test_entries_follow_the_edition_and_not_the_draft(site, draft):
    draft.label, draft.position = "Other", 99
    draft.save()
    assert site.entries == {"shelter": Entry("shelter", "Shelter", "read", 10, True)}


def test_crisis_has_the_first_line_of_each_group(site):
    assert {group: line.call for group, line in site.crisis.items()} == {
        "danger": "911",
        "talk": "988",
        "home": "18007997233",
        "text": "988",
    }


@pytest.mark.parametrize("count", [1, 3])
def test_directory_takes_one_query(site, count, django_assert_num_queries):
    for number in range(1, count):
        public(slug=f"p{number}", group="read")
    with django_assert_num_queries(1):
        assert len(site.directory[0]["pages"]) == count


def test_site_is_one_for_a_request():
    request = RequestFactory().get("/")
    assert Site.of(request) is Site.of(request)


def test_moved_page_is_found_by_its_old_address(site, draft, editor):
    draft.move("roof", by=editor)
    draft.move("house", by=editor)
    house = Entry("house", "Shelter", "read", 10, True)
    assert site.entries == {"house": house}
    known = [site.entry(slug) for slug in ("house", "roof", "shelter", "nowhere")]
    assert known == [house, house, house, None]


def test_main_links_and_directory_follow_a_page_that_moved(site, editor):
    fees = public(slug="fees", group="practice", label="Fees")
    fees.move("what-it-costs", by=editor)
    assert site.main_links == [Link("Fees", "/what-it-costs/", False)]
    assert site.directory[1]["pages"] == [Link("Fees", "/what-it-costs/", False)]


@pytest.mark.parametrize("count", [1, 3])
def test_moved_pages_take_no_query_more(site, draft, editor, count, django_assert_num_queries):
    for number in range(count):
        draft.move(f"p{number}", by=editor)
    with django_assert_num_queries(1):
        assert (site.main_links, site.entry("shelter").url) == ([], f"/p{count - 1}/")
