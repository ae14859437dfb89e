"""The page of reports and its file: who sees them, what stands in them, and whom they name."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone

from intake.models import ContactRequest, Heartbeat
from tests.intake.conftest import CANARY, reader
from tests.signing_in import sign_in

PAGE = "/staff/reports/"
FILE = "/staff/reports/csv/"


@pytest.fixture
def owner(practice):
    user = reader("kim", first_name="Kim")
    user.user_permissions.add(Permission.objects.get(codename="see_reports"))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def at_desk(client, owner):
    return sign_in(client, owner)


@pytest.fixture
def received(make_request):
    def make(count=1, **columns):
        requests = [make_request() for _ in range(count)]
        pks = [request.pk for request in requests]
        ContactRequest.objects.filter(pk__in=pks).update(**columns)
        return requests

    return make


def table(page, key):
    """The rows of a part, without markup."""
    part = page.text.partition(f'<section class="reports-part" aria-labelledby="{key}">')[2]
    rows = re.findall(r"<tr>(.*?)</tr>", part.partition("</section>")[0], re.DOTALL)
    return [
        [
            re.sub(r"<[^>]+>", "", cell).strip()
            for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
        ]
        for row in rows
    ]


def file(client, **asked):
    content = b"".join(client.get(FILE, asked)).decode("utf-8-sig")
    return [tuple(row) for row in csv.reader(io.StringIO(content))]


def part(rows, name):
    return {row[1]: row[3] for row in rows if row[0] == name}


def test_addresses_have_their_names():
    assert (reverse("admin:reports"), reverse("admin:reports_csv")) == (PAGE, FILE)


@pytest.mark.parametrize("address", [PAGE, FILE])
def test_only_who_may_see_reports_does(client, owner, address):
    assert client.get(address).status_code == 302
    assert sign_in(client, reader("eve")).get(address).status_code == 403
    assert sign_in(client, owner).get(address).status_code == 200


def test_page_counts_by_week_and_source(at_desk, received):
    received(3)
    received(2, origin="phone")
    head, *weeks = table(at_desk.get(PAGE), "weeks")
    assert head == ["Week of", "Website", "Phone", "In person", "All"]
    assert (len(weeks), weeks[-1][1:]) == (12, ["3", "2", "0", "5"])


@pytest.mark.parametrize(("asked", "weeks"), [("4", 4), ("52", 52), ("7", 12), ("x", 12), ("", 12)])
def test_period_is_one_of_four(at_desk, asked, weeks):
    page = at_desk.get(PAGE, {"weeks": asked})
    assert len(table(page, "weeks")) == weeks + 1
    assert f'<a href="?weeks={weeks}" aria-current="page">' in page.text


def test_each_drawing_has_a_name_words_and_a_table_beside_it(at_desk, received):
    received(2)
    page = at_desk.get(PAGE).text
    drawings = re.findall(r'<svg class="chart".*?</svg>', page, re.DOTALL)
    assert len(drawings) == page.count('<table class="reports-table">') == 4
    for drawing in drawings:
        names = re.search(r'aria-labelledby="([\w-]+) ([\w-]+)"', drawing)
        assert f'<title id="{names[1]}">' in drawing
        assert f'<desc id="{names[2]}">Most: ' in drawing
    assert not re.search(r"<style|style=|<script(?! type=\"module\" src=)", page)


def test_page_and_file_name_nobody_who_wrote(at_desk, make_request, owner):
    request = make_request(preferred_name="Quizzaciously")
    request.take(owner)
    page = at_desk.get(PAGE)
    assert ["Kim", "1", "0"] in table(page, "load")
    shown = page.text + str(file(at_desk))
    assert [w for w in ("Quizzaciously", CANARY, request.reference) if w in shown] == []
    assert "Kim" not in str(file(at_desk))  # staff neither


def test_file_holds_no_count_under_five(at_desk, received):
    received(8, how_found="friend")
    received(7, origin="phone", outcome="changed_mind", status="closed", due_at=None, due_kind="",
             closed_at=timezone.now())  # fmt: skip
    received(1, origin="walk_in", how_found="friend")
    rows = file(at_desk, weeks="4")
    assert rows[:2] == [("Part", "Row", "Column", "Value"), ("All", "Requests", "All", "16")]
    assert part(rows, "How it ended")["Still open"] == "9"
    assert {int(value) for *_, value in rows[1:] if value.isdigit()} <= set(range(5, 17))
    sources = {row[2]: row[3] for row in rows if row[:2] == ("Week and source", "All")}
    assert sources == {"Website": "8", "Phone": "held back", "In person": "<5"}


def test_file_is_made_for_a_spreadsheet(at_desk, received):
    received(6, how_found="=1+1")
    answer = at_desk.get(FILE, {"weeks": "4"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="reports-4-weeks.csv"'
    assert "'=1+1" in part(file(at_desk), "How they found us")


def test_times_of_few_are_held_back(at_desk, received):
    hour = timedelta(hours=1)
    received(4, first_attempt_at=timezone.now() + hour)
    waits = [row[3] for row in file(at_desk) if row[0] == "Opening hours until"]
    assert waits == ["held back"] * 4
    received(1, first_attempt_at=timezone.now() + hour)
    waits = [row[3] for row in file(at_desk) if row[0] == "Opening hours until"]
    assert "held back" not in waits[:2]


def test_page_takes_the_same_queries_for_one_and_three(
    at_desk, received, django_assert_num_queries
):
    for rows in (1, 2):
        received(rows)
        with django_assert_num_queries(13):
            at_desk.get(PAGE)


# The front page


def test_front_page_has_mondays_line_for_who_may_see_reports(at_desk, client, practice):
    page = at_desk.get("/staff/").text
    assert '<p class="monday">Last week nobody wrote.</p>' in page
    assert f'<a href="{PAGE}">Reports</a>' in page
    assert "Who read what" not in page  # another permission
    assert '<p class="monday">' not in sign_in(client, reader("eve")).get("/staff/").text


def test_dead_worker_is_said_loudly(at_desk, make_request):
    inbox = "/staff/intake/contactrequest/"
    person = reverse("admin:intake_contactrequest_change", args=[make_request().pk])
    said = "The worker is not running."
    assert "It was never seen." in at_desk.get(inbox).text
    Heartbeat.objects.beat()
    assert [said in at_desk.get(address).text for address in ("/staff/", inbox, person)] == [
        False
    ] * 3
    Heartbeat.objects.newest = timezone.now() - timedelta(minutes=12)
    Heartbeat.objects.update(at=Heartbeat.objects.newest)
    for address in ("/staff/", inbox, person):
        page = at_desk.get(address).text
        assert said in page
        assert "It was last seen 12 minutes ago." in page
