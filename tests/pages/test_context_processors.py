import pytest
from django.template import engines
from django.test import RequestFactory
from django.utils import timezone

from pages.context_processors import site
from pages.models import last_known

LINE = engines["django"].from_string(
    "{{ practice.name }}|{{ practice.phone }}|{{ practice.hours_in_words }}|"
    "{{ crisis.talk.call }}|{{ crisis.danger.call }}|{{ crisis.home.call_shown }}|"
    "{% for group in directory %}{{ group.label }}{% endfor %}|{{ main_links|length }}|{{ year }}"
)
EMPTY = f"|||||||0|{timezone.now().year}"
WORDS = "Lantern Street Therapy|(503) 555-0101|Monday to Friday, 9 to 5|988|911|1-800-799-7233"


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def request_():
    return RequestFactory().get("/nowhere/")


def test_site_costs_nothing_until_it_is_used(practice, request_, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert sorted(site(request_)) == [
            "crisis", "directory", "main_links", "practice", "share_images", "site_url", "year",
        ]  # fmt: skip


def test_site_of_a_whole_page_takes_four_queries(draft, source, django_assert_num_queries):
    draft.publish(by=None)
    request = RequestFactory().get("/nowhere/")
    with django_assert_num_queries(4):
        words = LINE.render(request=request)
    assert words == f"{WORDS}|Read|0|{timezone.now().year}"


def test_site_without_the_database_says_what_it_last_knew(database_away, request_):
    assert LINE.render(request=request_) == f"{WORDS}||0|{timezone.now().year}"


def test_site_without_database_and_copy_is_empty(database_away, request_):
    last_known.path().unlink()
    assert LINE.render(request=request_) == EMPTY


def test_site_before_the_starter_is_empty(db, request_):
    assert LINE.render(request=request_) == EMPTY
