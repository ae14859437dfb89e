"""Who read what: each way of reading leaves its line, and the owner sees it by person and day."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from intake.admin.readings import stands_out
from intake.models import Event, PracticeHistory
from intake.models.practice_history import PRACTICE
from intake.receipts import in_blocks
from tests.intake.conftest import CANARY, reader
from tests.signing_in import sign_in

PAGE = "/staff/who-read-what/"
NOON = datetime(2026, 11, 27, 20, tzinfo=UTC)  # in Oregon


@pytest.fixture
def owner(practice):
    user = reader("kim", first_name="Kim")
    user.user_permissions.add(Permission.objects.get(codename="see_history"))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def at_desk(client, owner):
    return sign_in(client, owner)


@pytest.fixture
def at(monkeypatch):
    """`at(moment)` sets the clock."""

    def set_to(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return set_to


@pytest.fixture
def ana(practice):
    return reader("ana", first_name="Ana")


def lines(page):
    """Time, request and what, of each."""
    found = re.findall(r'<span class="readings-at">(.*?)</li>', page.text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in found]


def cells(page):
    """By person: today's count first."""
    rows = re.findall(r'<th scope="row">(\w+)</th>(.*?)</tr>', page.text, re.DOTALL)
    return {
        name: [int(n) for n in re.findall(r">\s*(\d+)\s*<", row.replace("\n", ""))]
        for name, row in rows
    }


def looks():
    return list(Event.objects.filter(verb="looked").values_list("actor__username", "facts"))


# One row for each way in which words, or who someone is, leave the database: what someone does in
# the staff site, and the line that it leaves.


def step(name, **typed):
    """What someone sends about one request."""

    def send(client, request):
        client.post(reverse(f"admin:intake_contactrequest_{name}", args=[request.pk]), typed)

    return send


def search(client, request):
    client.post(reverse("admin:intake_contactrequest_search"), {"sought": request.reference})


def export(client, request):
    request.close(User.objects.get(username="kim"), "became_client")
    client.post(reverse("admin:intake_contactrequest_export"), {"reason": "records"})


def print_words(client, request):
    step("open")(client, request)
    step("print", words="on")(client, request)


COPY = step("copy", asked_by="person", checked="called_back")
CHECKED = "we called back the number in the request"
RECORDS = "exported it to a file: to enter them into the client records"
WAYS = {
    "opening": (step("open"), ["{reference} opened it"]),
    "printing": (step("print"), ["{reference} printed it without their words"]),
    "printing words": (
        print_words,
        ["{reference} opened it", "{reference} printed it with their words"],
    ),
    "copying": (
        COPY,
        ["{reference} made a copy of everything held for the person: " + CHECKED],
    ),
    "exporting": (export, ["{reference} " + RECORDS, "The practice " + RECORDS]),
    "searching": (search, ["The practice searched: 1 found"]),
}


@pytest.mark.parametrize(("read", "left"), WAYS.values(), ids=WAYS)
def test_each_way_of_reading_leaves_its_line(at_desk, ana, make_request, read, left):
    for name in ("change_contactrequest", "export_clients"):
        ana.user_permissions.add(Permission.objects.get(codename=name))
    request = make_request()
    request.fill_indexes()
    read(sign_in(Client(), ana), request)
    today = {"who": ana.pk}
    said = [each.partition(" ")[2].partition(" ")[2] for each in lines(at_desk.get(PAGE, today))]
    reference = in_blocks(request.reference, "-")
    assert said == [each.format(reference=reference) for each in left]
    assert cells(at_desk.get(PAGE))["Ana"] == [len(left)] + [0] * 13


def test_address_has_its_name():
    assert reverse("admin:who_read_what") == PAGE


def test_only_who_may_see_it_does(client, practice, owner):
    assert client.get(PAGE).status_code == 302
    assert sign_in(client, reader("eve")).get(PAGE).status_code == 403
    assert looks() == []
    assert sign_in(client, owner).get(PAGE).status_code == 200


def test_a_day_of_one_person_in_words(at_desk, ana, owner, make_request, at):
    at(NOON - timedelta(minutes=46))
    request, other = make_request(), make_request()
    request.open_words(ana)
    at(NOON + timedelta(minutes=5))
    request.take(ana)
    other.open_words(owner)
    PracticeHistory.objects.record(Event.Verb.LOOKED, ana, {"who": 0, "day": "2026-11-20"})
    reference = in_blocks(request.reference, "-")
    page = at_desk.get(PAGE, {"who": ana.pk, "day": "2026-11-27"})
    assert lines(page) == [
        f"11:14 am {reference} opened it",
        f"12:05 pm {reference} took it",
        "12:05 pm The practice looked at who read what: November 20, 2026",
    ]
    assert "Ana, Friday, November 27, 2026" in page.text


def test_a_day_of_everyone_names_them(at_desk, ana, owner, make_request, at):
    at(NOON)
    request = make_request()
    request.open_words(ana)
    request.open_words(owner)
    reference = in_blocks(request.reference, "-")
    said = [f"noon {reference} Ana opened it", f"noon {reference} Kim opened it"]
    assert lines(at_desk.get(PAGE))[:2] == said


def test_a_day_is_the_practices(at_desk, ana, make_request, at):
    request = make_request()
    at(datetime(2026, 11, 27, 7, 59, tzinfo=UTC))  # one minute to midnight in Oregon
    request.open_words(ana)
    at(NOON)
    asked = {"who": ana.pk, "day": "2026-11-26"}
    assert lines(at_desk.get(PAGE, asked)) == [
        f"11:59 pm {in_blocks(request.reference, '-')} opened it"
    ]
    assert lines(at_desk.get(PAGE, {"who": ana.pk})) == []
    assert cells(at_desk.get(PAGE))["Ana"] == [0, 1] + [0] * 12


def test_counts_are_of_readings_and_of_fourteen_days(at_desk, ana, make_request, at):
    request = make_request()
    for days, times in ((0, 3), (13, 1), (14, 1)):
        at(NOON - timedelta(days=days))
        for _ in range(times):
            request.open_words(ana)
    at(NOON)
    request.take(ana)
    assert cells(at_desk.get(PAGE))["Ana"] == [3, *[0] * 12, 1]


def test_searching_counts_as_reading(at_desk, ana):
    PracticeHistory.objects.record(Event.Verb.SEARCHED, ana, {"hits": 3})
    page = at_desk.get(PAGE)
    assert cells(page)["Ana"][0] == 1
    assert "Ana searched" in lines(page)[0]


def test_unusual_reading_stands_out(at_desk, ana, make_request):
    request = make_request()
    for _ in range(10):
        request.open_words(ana)
    page = at_desk.get(PAGE).text
    assert page.count("unusual") == 2  # the cell, and its words


@pytest.mark.parametrize(
    ("count", "others", "found"),
    [
        (9, [1, 1], False),  # few
        (10, [], True),  # and nothing to compare with
        (10, [0, 0], True),
        (12, [4, 0, 4], False),
        (13, [4, 0, 4], True),
    ],
)
def test_stands_out_from_what_is_usual(count, others, found):
    assert stands_out(count, others) is found


def test_looking_is_recorded_once_a_visit(at_desk, ana, owner, at):
    at(NOON)
    today = {"who": ana.pk, "day": "2026-11-27"}
    for _ in range(2):
        at_desk.get(PAGE, today)
    assert looks() == [("kim", today)]
    at_desk.get(PAGE)
    at(NOON + timedelta(minutes=9))
    at_desk.get(PAGE)
    assert looks() == [("kim", today), ("kim", {"who": 0, "day": "2026-11-27"})]
    at(NOON + timedelta(minutes=11))
    at_desk.get(PAGE, today)
    assert len(looks()) == 3
    assert Event.verify(PRACTICE) == []


def test_who_left_is_still_named(at_desk, ana, make_request):
    make_request().open_words(ana)
    User.objects.filter(pk=ana.pk).update(is_active=False, is_staff=False)
    page = at_desk.get(PAGE)
    assert "Ana (left)" in page.text
    assert cells(page)["Ana"][0] == 1


@pytest.mark.parametrize(
    "asked", [{"who": "x"}, {"who": "999999"}, {"day": "2026-02-31"}, {"day": "x"}]
)
def test_nonsense_shows_today_and_everyone(at_desk, ana, make_request, asked):
    make_request().open_words(ana)
    page = at_desk.get(PAGE, asked)
    read, looked = lines(page)
    assert read.endswith("Ana opened it")
    assert "The practice Kim looked at who read what" in looked


def test_a_long_day_says_that_there_is_more(at_desk, ana, make_request, monkeypatch):
    monkeypatch.setattr("intake.admin.readings.LINES", 2)
    request = make_request()
    for _ in range(2):
        request.open_words(ana)
    assert "These are the first" not in at_desk.get(PAGE, {"who": ana.pk}).text
    request.open_words(ana)
    page = at_desk.get(PAGE, {"who": ana.pk})
    assert (len(lines(page)), "These are the first 2 of that day." in page.text) == (2, True)


def test_page_names_nobody_who_wrote(at_desk, ana, make_request):
    make_request(preferred_name="Quizzaciously").open_words(ana)
    page = at_desk.get(PAGE).text
    assert [word for word in ("Quizzaciously", CANARY) if word in page] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_page_takes_the_same_queries_for_one_and_three(
    at_desk, make_request, rows, django_assert_num_queries
):
    for number in range(rows):
        make_request().open_words(reader(f"reader{number}"))
    at_desk.get(PAGE)
    with django_assert_num_queries(8):
        at_desk.get(PAGE)
