"""The search box: on every page of the inbox, by POST, and silent about what was typed."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from intake.admin.search import MOST_SHOWN
from intake.forms.search import EMPTY, TOO_LITTLE
from intake.models import ContactRequest, Event
from tests.intake.reading import Reading
from tests.signing_in import sign_in

QUEUE = reverse("admin:intake_contactrequest_changelist")
SEARCH = reverse("admin:intake_contactrequest_search")
TYPED = "Absquatulate thrice"


@pytest.fixture
def at_desk(client, staff_user):
    return sign_in(client, staff_user)


def search(client, typed):
    return client.post(SEARCH, {"sought": typed})


def references(page):
    return re.findall(r'class="row-name"[^>]*>([0-9A-Z]{4}-[0-9A-Z]{4})', page.content.decode())


def headings(page):
    return re.findall(r'<h2 id="found-\d">([^<]+?) <', page.content.decode())


def shown(request):
    return request.blocks.replace(" ", "-")


def test_every_page_of_the_inbox_has_the_box(at_desk, make_request):
    url = reverse("admin:intake_contactrequest_change", args=[make_request().pk])
    for address in (QUEUE, f"{QUEUE}?view=closed", url):
        page = at_desk.get(address).content.decode()
        form = re.search(r'<form class="search"[^>]*>', page)
        assert form, address
        assert (f'action="{SEARCH}"' in form[0], 'method="post"' in form[0]) == (True, True)


def test_rows_stand_under_what_matched(at_desk, make_request):
    name, words = make_request(preferred_name="Thrice"), make_request(message="once or thrice")
    make_request()
    page = search(at_desk, "thrice")
    assert headings(page) == ["By first name", "By words"]
    assert references(page) == [shown(name), shown(words)]
    text = page.content.decode()
    assert "<strong>2 found.</strong>" in text
    assert "Looked through 3 open requests, and the codes and numbers of all." in text
    assert reverse("admin:intake_contactrequest_change", args=[name.pk]) in text


def test_nobody_found_is_said_with_a_way_on(at_desk, make_request):
    make_request()
    page = search(at_desk, "nobody").content.decode()
    assert "Nobody found." in page
    assert "Looked through 1 open request, and the codes and numbers of all." in page


def test_an_exact_search_opens_nothing_and_says_so(at_desk, make_request):
    make_request()
    page = search(at_desk, "(503) 555-0199").content.decode()
    assert "Looked through the codes and numbers of all." in page


def test_no_more_rows_are_shown_than_one_reads(at_desk, make_request, monkeypatch):
    monkeypatch.setattr("intake.admin.search.MOST_SHOWN", 2)
    for _ in range(3):
        make_request()
    page = search(at_desk, "robin")
    assert len(references(page)) == 2
    assert "<strong>3 found, the first 2 are shown.</strong>" in page.content.decode()
    assert MOST_SHOWN == 50


def test_what_cannot_be_opened_here_is_said_and_the_rest_shown(at_desk, make_request):
    robin, lost = make_request(), make_request()
    ContactRequest.objects.filter(pk=lost.pk).update(sealed_words_key=robin.sealed_words_key)
    page = search(at_desk, "robin")
    assert references(page) == [shown(robin)]
    assert "1 of them cannot be opened on this machine" in page.content.decode()


@pytest.mark.parametrize(("typed", "error"), [("", EMPTY), ("  ", EMPTY), ("x", TOO_LITTLE)])
def test_too_little_is_said_beside_the_box_and_not_recorded(at_desk, typed, error):
    page = Reading(search(at_desk, typed))
    assert page.title == "Error: Search – Staff"
    assert page.inline == [error]
    assert Event.objects.count() == 0


def test_a_get_with_a_query_leads_to_the_queue(at_desk):
    answer = at_desk.get(SEARCH, {"sought": "robin"})
    assert (answer.status_code, answer.url) == (302, QUEUE)
    assert Event.objects.count() == 0


def test_what_was_typed_stands_in_the_box_alone(at_desk, make_request):
    found = make_request(message=TYPED)
    page = search(at_desk, TYPED)
    html = page.content.decode()
    assert references(page) == [shown(found)]
    assert html.count(TYPED) == 1
    assert re.search(r'<input type="search"[^>]*value="Absquatulate thrice"', html)
    assert Reading(page).title == "Search – Staff"
    assert "no-store" in page["Cache-Control"]


def test_what_was_typed_is_kept_nowhere(at_desk, make_request):
    make_request(message="something else")
    search(at_desk, TYPED)
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        rows = []
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # our own tables
            rows += cursor.fetchall()
    text = repr(rows).lower()
    assert "searched" in text
    assert "absquatulate" not in text
    assert LogEntry.objects.count() == 0
    assert "Absquatulate" not in repr([each.get_decoded() for each in Session.objects.all()])


def test_a_whole_private_code_is_not_shown_again(at_desk, make_request):
    found = make_request()
    typed = f"{found.reference}ABCDEFGH12345678"
    page = search(at_desk, typed)
    assert references(page) == [shown(found)]
    assert "ABCDEFGH" not in page.content.decode()


def test_who_may_not_read_requests_may_not_search(client, make_request):
    make_request()
    sign_in(client, User.objects.create_user("ed", is_staff=True))
    assert search(client, "robin").status_code == 403
    client.logout()
    assert search(client, "robin").status_code == 302
    assert Event.objects.filter(verb="searched").count() == 0


def test_a_form_of_another_site_is_refused(staff_user):
    strict = sign_in(Client(enforce_csrf_checks=True), staff_user)
    assert search(strict, "robin").status_code == 403


def test_queries_are_as_many_for_one_hit_as_for_many(at_desk, make_request):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            search(at_desk, "robin")
        return len([q for q in captured if "SAVEPOINT" not in q["sql"]])

    make_request()
    search(at_desk, "robin")  # the practice's history has its row from now on
    one = queries()
    for _ in range(5):
        make_request()
    assert (one, queries()) == (12, 12)
