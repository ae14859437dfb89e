import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
import reversion
from django.utils import timezone

from pages.models import Opening, Page, Therapist
from pages.sitemaps import Therapists
from pages.views import PUBLIC

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = "https://lantern.example"


@pytest.fixture
def published(draft, source):
    draft.publish(by=None)
    return draft


def listed(client):
    """Each address with its lastmod, or None."""
    response = client.get("/sitemap.xml")
    assert response.headers["Content-Type"] == "application/xml"
    root = ElementTree.fromstring(response.content)  # noqa: S314  # our own words
    return {
        entry.findtext(f"{NAMESPACE}loc"): entry.findtext(f"{NAMESPACE}lastmod") for entry in root
    }


def test_lists_public_indexable_pages_and_the_contact_page(client, published):
    Page.objects.create(slug="draft", title="T", heading="H")
    Page.objects.create(slug="quiet", title="T", heading="H", indexable=False).publish(by=None)
    Page.objects.create(slug="gone", title="T", heading="H").publish(by=None)
    Page.objects.get(slug="gone").unpublish(by=None)
    assert list(listed(client)) == [
        "https://lantern.example/shelter/",
        "https://lantern.example/contact/",
    ]


def test_page_changed_when_its_public_edition_went_live(client, published):
    newest = published.publish(by=None)
    published.publish(by=None, at=timezone.now() + timedelta(days=2))
    assert listed(client) == {
        "https://lantern.example/shelter/": newest.live_at.replace(microsecond=0).isoformat(),
        "https://lantern.example/contact/": None,
    }


def dated():
    return {each.slug: day for each, day in Therapists().items()}


def test_therapist_changed_when_an_opening_was_confirmed(starter):
    gone = Therapist.objects.filter(slug="jonah-pellwick")
    gone.update(retired_on=timezone.now(), accepting=False)
    wanted = {
        each.slug: each.openings.latest("confirmed_on").confirmed_on
        for each in Therapist.objects.here()
    }
    assert dated() == wanted
    assert sorted(wanted) == ["marisol-averidge", "wren-tashiro-bell"]


def test_therapist_changed_when_staff_saved_it(starter):
    today = timezone.now().date()
    Opening.objects.update(confirmed_on=today - timedelta(days=9))
    with reversion.create_revision():
        reversion.add_to_revision(Therapist.objects.get(slug="jonah-pellwick"))
    assert dated() == {
        "marisol-averidge": today - timedelta(days=9),
        "jonah-pellwick": today,
        "wren-tashiro-bell": today - timedelta(days=9),
    }


def test_therapist_without_openings_has_no_date(starter):
    Therapist.objects.get(slug="jonah-pellwick").openings.all().delete()
    assert dated()["jonah-pellwick"] is None


def test_each_address_stands_once_and_answers(client, starter):
    addresses = list(listed(client))
    assert len(addresses) == len(set(addresses)) > 20
    paths = [re.sub("^https://lantern.example", "", address) for address in addresses]
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_sitemap_is_public_to_caches_and_sets_no_cookie(client, published):
    response = client.get("/sitemap.xml", headers={"Host": "localhost"})
    assert response.headers["Cache-Control"] == PUBLIC
    assert response.cookies == {}
    assert "Vary" not in response.headers


@pytest.mark.parametrize("count", [1, 3])
def test_sitemap_takes_the_same_queries_for_one_and_three(
    client, practice, count, django_assert_num_queries
):
    for number in range(count):
        Page.objects.create(slug=f"page-{number}", title="T", heading="H").publish(by=None)
    with django_assert_num_queries(3):
        assert client.get("/sitemap.xml").content.decode().count("<loc>") == count + 1
