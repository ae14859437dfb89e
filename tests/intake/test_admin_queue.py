"""The queue: who stands in which view, in what order, in which words, for how many queries."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from intake.admin.queue import ROWS, VIEWS, Queue
from intake.admin.safe_contact import reach, wishes
from intake.models import ContactRequest
from intake.receipts import in_blocks
from tests.intake.conftest import CANARY, reader
from tests.signing_in import sign_in

QUEUE = reverse("admin:intake_contactrequest_changelist")
SECRETS = ("Quizzaciously", "555-0186", "5550186", "kim@example.org", "middle name", CANARY)


@pytest.fixture
def desk(staff_user):
    """Reads and changes requests."""
    staff_user.user_permissions.add(Permission.objects.get(codename="change_contactrequest"))
    return User.objects.get(pk=staff_user.pk)


@pytest.fixture
def at_desk(client, desk):
    sign_in(client, desk)
    return client


def due(request, **after):
    ContactRequest.objects.filter(pk=request.pk).update(due_at=timezone.now() + timedelta(**after))


def references(page):
    return re.findall(r'class="row-name"[^>]*>([0-9A-Z]{4}-[0-9A-Z]{4})', page.content.decode())


def shown(request):
    return in_blocks(request.reference, "-")


def counts(page):
    found = re.findall(r">([\w ]+?) <span class=\"count\">(\d+)</span>", page.content.decode())
    return {label: int(count) for label, count in found}


def test_what_is_due_first_stands_first(at_desk, make_request):
    later, late, soon = make_request(), make_request(), make_request()
    due(later, days=3)
    due(late, hours=-3)
    due(soon, hours=1)
    page = at_desk.get(QUEUE)
    assert references(page) == [shown(late), shown(soon), shown(later)]
    words = re.findall(r'class="row-due">([^<]+)<', page.content.decode())
    assert words[0] == "LATE by 3 h"


def test_each_open_request_stands_in_one_view(at_desk, desk, make_request):
    soon, far = timezone.now() - timedelta(minutes=1), timezone.now() + timedelta(days=5)
    made = {
        name: make_request()
        for name in ("new", "tried", "tried late", "booked", "listed", "talking")
    }
    made["own"] = make_request(contact_method="own", phone="")
    made["closed"], held = make_request(), make_request("trap")
    made["tried"].set_status(desk, "contacted", far)
    made["tried late"].set_status(desk, "contacted", soon)
    made["booked"].set_status(desk, "booked", far)
    made["listed"].set_status(desk, "waiting", far)
    made["talking"].set_status(desk, "talking", far)
    made["closed"].close(desk, "changed_mind")
    due(made["own"], days=5)
    names = {shown(request): name for name, request in made.items()}
    pages = {view: at_desk.get(QUEUE, {"view": view}) for view in VIEWS}
    found = {view: sorted(names[each] for each in references(page)) for view, page in pages.items()}
    assert found == {
        "now": ["new", "talking", "tried late"],
        "theirs": ["booked", "own", "tried"],
        "list": ["listed"],
        "closed": ["closed"],
    }
    assert references(at_desk.get(QUEUE, {"only": "held"})) == [shown(held)]


def test_tabs_and_filters_count_what_they_show(at_desk, desk, make_request):
    mine, late, nobodys, listed = (make_request() for _ in range(4))
    for _ in range(2):
        make_request("fast")
    mine.take(desk)
    late.take(reader("ana"))
    due(late, hours=-1)
    listed.set_status(desk, "waiting", timezone.now() + timedelta(days=9))
    page = at_desk.get(QUEUE)
    assert counts(page) == {
        "Now": 3, "Waiting for them": 0, "Waiting list": 1,
        "Late": 1, "Mine": 1, "Unassigned": 1, "Held for review": 2,
    }  # fmt: skip
    filtered = {
        only: references(at_desk.get(QUEUE, {"only": only}))
        for only in ("late", "mine", "unassigned")
    }
    assert filtered == {
        "late": [shown(late)],
        "mine": [shown(mine)],
        "unassigned": [shown(nobodys)],
    }


def test_samples_stand_in_the_queue_and_heartbeats_do_not(at_desk, make_request):
    sample, heartbeat = make_request(), make_request()
    ContactRequest.objects.filter(pk=sample.pk).update(kind="sample")
    ContactRequest.objects.filter(pk=heartbeat.pk).update(kind="heartbeat")
    assert references(at_desk.get(QUEUE)) == [shown(sample)]


def test_row_shows_reference_and_first_letter_and_how_to_reach(at_desk, make_request):
    request = make_request(
        preferred_name="Quizzaciously", contact_private="yes", times_ok=["morning"],
        phone="(503) 555-0186", contact_note="ask for my middle name",
    )  # fmt: skip
    opened = request.open_words(reader("ana"))
    assert (opened.preferred_name, opened.message) == ("Quizzaciously", CANARY)
    page = at_desk.get(QUEUE).content.decode()
    (row,) = re.findall(r'<li class="row.*?</li>', page, re.DOTALL)
    words = " ".join(re.sub(r"<[^>]+>", " ", row).split())
    assert words.endswith(
        f"{shown(request)} Q. (not read) Call NO voicemail mornings only "
        "first name only No owner New"
    )
    for secret in SECRETS:
        assert secret not in page, secret


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"contact_method": "call"}, ["NO voicemail", "someone else may answer: first name only"]),
        (
            {"contact_method": "call", "voicemail": "none", "contact_private": "no"},
            ["NO voicemail"],
        ),
        (
            {"contact_method": "call", "voicemail": "first_name", "contact_private": "unsure"},
            [
                "voicemail: first name and number only",
                "someone else may answer: first name only",
            ],
        ),
        (
            {"contact_method": "call", "voicemail": "full", "contact_private": "no",
             "times_ok": ["evening", "morning"]},
            ["voicemail: may say where you call from", "mornings or early evenings only"],
        ),
        (
            {"contact_method": "text", "times_ok": ["morning", "midday", "afternoon", "evening"]},
            ["someone else may see messages: first name only"],
        ),
        (
            {"contact_method": "email", "times_ok": ["morning"]},
            ["someone else may read this email: first name only"],
        ),
        ({"contact_method": "email", "contact_private": "no"}, []),
        ({"contact_method": "own", "contact_private": "yes"}, []),
    ],
)  # fmt: skip
def test_wishes_take_a_blank_as_the_careful_answer(answers, words):
    request = ContactRequest(**{"times_ok": [], **answers})
    assert [str(each) for each in wishes(request)] == words


def test_own_is_do_not_contact():
    assert reach(ContactRequest(contact_method="own")) == "Do not contact: they will call"


def test_without_the_private_key_the_reference_stands_alone(at_desk, make_request, settings):
    request = make_request(preferred_name="Quizzaciously")
    settings.INTAKE_PRIVATE_KEYS = []
    page = at_desk.get(QUEUE)
    assert references(page) == [shown(request)]
    assert "row-initial" not in page.content.decode()


# Outside a transaction, as a running site is: what is kept in memory is kept.
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("worker_alive")
@pytest.mark.parametrize("rows", [1, 3])
def test_queue_takes_the_same_queries_for_any_number_of_rows(
    at_desk, make_request, django_assert_num_queries, rows
):
    for _ in range(rows):
        make_request(service="")
    at_desk.get(QUEUE)
    with django_assert_num_queries(8):
        page = at_desk.get(QUEUE)
    assert len(references(page)) == rows


def test_a_long_queue_has_pages(desk, practice, make_request):
    first = make_request()
    for _ in range(2):
        copies(first, ROWS // 2)
    queue = Queue(desk, practice.tz, "now", "")
    assert (len(queue.rows()), queue.newer, queue.older) == (ROWS, "", f"{QUEUE}?page=2")
    second = Queue(desk, practice.tz, "now", "", page=2)
    assert (len(second.rows()), second.newer, second.older) == (1, f"{QUEUE}?page=1", "")


def copies(request, number):
    """Rows without a person, to fill a list."""
    names = [f.attname for f in ContactRequest._meta.concrete_fields]
    facts = {n: request.__dict__[n] for n in names if n not in ("id", "reference", "send_key_hash")}
    taken = ContactRequest.objects.count()
    ContactRequest.objects.bulk_create(
        ContactRequest(**facts, reference=f"{taken + each:08}") for each in range(number)
    )


@pytest.mark.parametrize(
    "asked", [{"view": "nonsense"}, {"only": "x"}, {"page": "0"}, {"page": "²"}]
)
def test_odd_addresses_show_the_queue(at_desk, make_request, asked):
    request = make_request()
    assert references(at_desk.get(QUEUE, asked)) == [shown(request)]


def test_only_who_may_read_sees_the_queue(client, practice):
    editor = User.objects.create_user("eve", "eve@practice.example", is_staff=True)
    sign_in(client, editor)
    assert client.get(QUEUE).status_code == 403
    client.logout()
    page = client.get(QUEUE)
    assert (page.status_code, page.url) == (302, f"/staff/login/?next={QUEUE}")


def test_queue_is_not_kept_by_the_browser(at_desk):
    page = at_desk.get(QUEUE)
    assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_the_urgent_stand_first_under_now_and_say_so(at_desk, make_request):
    late, urgent = make_request(), make_request()
    due(late, hours=-3)
    due(urgent, hours=2)
    ContactRequest.objects.filter(pk=urgent.pk).update(urgent=True)
    page = at_desk.get(QUEUE)
    assert references(page) == [shown(urgent), shown(late)]
    assert page.content.decode().count("look at this first") == 1


# A Monday, 10 am in Oregon, in years to come.
MONDAY = datetime(2031, 11, 24, 18, tzinfo=UTC)
AT_TEN = {
    "any time": {},
    "mornings": {"times_ok": ["morning", "evening"]},
    "afternoons": {"times_ok": ["afternoon"]},
    "text": {"contact_method": "text"},
    "email": {"contact_method": "email", "email": "kim@example.org"},
    "own": {"contact_method": "own"},
}


@pytest.fixture
def at(monkeypatch, practice):
    def set_clock(moment=MONDAY):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_clock()
    return set_clock


def safe(user, practice, view="now"):
    queue = Queue(user, practice.tz, view, "safe")
    assert len(queue.rows()) == queue.counts["safe"]
    return {row.reference for row in queue.rows()}


def test_safe_to_call_is_a_call_at_one_of_their_times(desk, practice, at, make_request):
    made = {shown(make_request(**answers)): name for name, answers in AT_TEN.items()}
    make_request("trap")

    def at_hour(hour):
        at(MONDAY + timedelta(hours=hour - 10))
        return {made[each] for each in safe(desk, practice)}

    assert at_hour(8) == set()
    assert at_hour(10) == {"any time", "mornings"}
    assert at_hour(12) == {"any time"}
    assert at_hour(15) == {"any time", "afternoons"}
    assert at_hour(17) == set()


def test_safe_to_call_waits_for_the_time_of_the_next_try(desk, practice, at, make_request):
    tried, other = make_request(), make_request(times_ok=["morning"])
    tried.tried(desk, "no_answer")  # again tomorrow, midday
    other.tried(desk, "someone_else")  # again tomorrow morning
    assert safe(desk, practice) == set()
    at(MONDAY + timedelta(days=1))
    assert safe(desk, practice) == {shown(other)}
    at(MONDAY + timedelta(days=1, hours=2))
    assert safe(desk, practice) == {shown(tried)}
    at(MONDAY + timedelta(days=2, hours=5))  # late, and none of the other's times
    assert safe(desk, practice) == {shown(tried)}


def test_nobody_is_safe_to_call_on_a_holiday(desk, practice, at, make_request):
    make_request()
    assert len(safe(desk, practice)) == 1
    practice.holidays.create(date=MONDAY.date())
    assert safe(desk, practice) == set()


def test_what_is_closed_or_booked_for_another_day_is_not_called(desk, practice, at, make_request):
    closed, booked = make_request(), make_request()
    closed.close(desk, "changed_mind")
    booked.set_status(desk, "booked", MONDAY + timedelta(days=3))
    assert safe(desk, practice) == set()


def test_read_and_unread_are_for_each_member_of_staff(at_desk, desk, make_request):
    read, other = make_request(), make_request()
    read.open_words(desk)
    page = at_desk.get(QUEUE).content.decode()
    unread = re.findall(r'row-unread.*?class="row-name"[^>]*>([0-9A-Z-]{9})', page, re.DOTALL)
    assert unread == [shown(other)]


def test_counts_end_where_nobody_works_through_more(desk, practice, make_request, monkeypatch):
    monkeypatch.setattr("intake.admin.queue.COUNTED", 3)
    copies(make_request(), 4)
    queue = Queue(desk, practice.tz, "now", "")
    assert [tab.count for tab in queue.tabs()] == ["2+", "0", "0", ""]
    assert {link.label: link.count for link in queue.narrowings()}["Unassigned"] == "2+"
    assert len(queue.rows()) == 5


def explained(queries):
    """Each again, with the way the database takes to it."""
    how = {"postgresql": "EXPLAIN ", "sqlite": "EXPLAIN QUERY PLAN "}[connection.vendor]
    with connection.cursor() as cursor:
        for sql, values in queries:
            cursor.execute(how + sql, values)
            yield "\n".join(str(row) for row in cursor.fetchall())


@pytest.mark.parametrize("view", ["now", "theirs", "list"])
@pytest.mark.parametrize("only", ["", "late", "mine", "unassigned", "held", "safe"])
def test_no_page_of_the_queue_reads_the_whole_table(desk, practice, at, make_request, view, only):
    """All of them open, most of them new, as after a bad week."""
    copies(make_request(), 1500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":  # else a table this small is read whole
            cursor.execute("SET LOCAL enable_seqscan = off")
    asked = []

    def watch(execute, sql, params, *rest):
        asked.append((sql, params))
        return execute(sql, params, *rest)

    with connection.execute_wrapper(watch):
        queue = Queue(desk, practice.tz, view, only)
        assert len(queue.counts) == 11
        queue.rows()
    plans = list(explained(query for query in asked if "contactrequest" in query[0]))
    whole = re.compile(
        r"Seq Scan on intake_contactrequest|SCAN (intake_contactrequest|U\d+)(?! USING)"
        # All that is due at one moment would be sorted, and most are due when the practice closes.
        r"|RIGHT PART OF ORDER BY|Incremental Sort"
    )
    assert [plan for plan in plans if whole.search(plan)] == []
    assert sum("request_" in plan for plan in plans) == 2


def test_what_nobody_owns_is_not_sorted_first(desk, practice, make_request):
    """PostgreSQL needs to be told that it is in order already."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite knows")
    copies(make_request(), 1500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    (lane,) = Queue(desk, practice.tz, "now", "unassigned").narrowed["unassigned"]
    assert re.search(r"Sort Key: \w+\.due_at$", lane.explain(), re.MULTILINE) is None
