"""What is counted, how long it took in opening hours, and that a purge changes none of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from intake.models import ContactRequest
from intake.reports import Kept, Waits, Weeks, quantile, report
from pages.models import Practice

TUESDAY = datetime(2026, 11, 24, 18, tzinfo=UTC)  # 10 am in Oregon
NOW = datetime(2026, 11, 27, 20, tzinfo=UTC)  # Friday noon
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def received(make_request):
    """`received(at, **columns)`: one that came then, promised two days later."""

    def make(at=TUESDAY, promised=2 * DAY, answers=None, **columns):
        request = make_request(**(answers or {}))
        found = ContactRequest.objects.filter(pk=request.pk)
        found.update(received_at=at, promised_at=at + promised, **columns)
        return found.get()

    return make


def closed(outcome, at=TUESDAY + HOUR):
    ending = {"ending_with": "reason", "ending_reason": "scope"}
    return {
        "status": "closed",
        "due_at": None,
        "due_kind": "",
        "closed_at": at,
        "outcome": outcome,
        **ending,
    }


def found(weeks=4):
    return report(Practice.current(), NOW, weeks)


def test_weeks_run_from_monday_on_the_practices_clock(received):
    sunday_night = datetime(2026, 11, 23, 7, 59, tzinfo=UTC)
    monday = sunday_night + timedelta(minutes=1)
    for at in (sunday_night, monday, TUESDAY):
        received(at)
    assert found().weeks.starts == [date(2026, 11, day) for day in (2, 9, 16, 23)]
    assert [sum(week.values()) for week in found().by_week] == [0, 0, 1, 2]


def test_a_week_in_which_the_clocks_change_is_whole():
    weeks = Weeks.until(
        datetime(2026, 11, 2, 20, tzinfo=UTC), Practice(time_zone="America/Los_Angeles").tz, 2
    )
    assert [edge / 3600 % 24 for edge in weeks.edges] == [7, 8]


def test_only_requests_of_people_are_counted(received):
    received(origin="phone")
    received(kind="sample")
    received(kind="heartbeat")
    received(held_reason="trap")
    received(**closed("spam"))
    received(TUESDAY - 28 * DAY)
    assert (found().total, found().by_week[-1]) == (1, {"phone": 1})


def test_waits_are_in_opening_hours(received):
    received(first_attempt_at=TUESDAY + HOUR, first_talk_at=TUESDAY + 2 * HOUR)
    received(first_attempt_at=TUESDAY + DAY)  # seven hours of Tuesday, one of Wednesday
    received()
    assert found().first_try == Waits(2, 1.0, 8.0)
    assert found().first_talk == Waits(1, 2.0, 2.0)


def test_whoever_calls_us_is_not_waited_for(received):
    received(first_attempt_at=TUESDAY + HOUR, contact_method="own")
    assert (found().total, found().first_try, found().promise) == (1, Waits(0, None, None), Kept())


@pytest.mark.parametrize(
    ("columns", "kept"),
    [
        ({"first_attempt_at": TUESDAY + HOUR}, Kept(kept=1)),
        ({"first_attempt_at": TUESDAY + 2 * DAY + HOUR}, Kept(late=1)),
        ({}, Kept(late=1)),
        ({"promised": 9 * DAY}, Kept()),  # not due yet
        ({"promised": 9 * DAY, "first_attempt_at": TUESDAY + HOUR}, Kept(kept=1)),
        (closed("no_place"), Kept(kept=1)),  # what we wrote at the end is an answer
        (closed("no_place", TUESDAY + 3 * DAY), Kept(late=1)),
        (closed("withdrew"), Kept()),  # they ended it before it was due
        (closed("withdrew", TUESDAY + 3 * DAY), Kept(late=1)),
    ],
)
def test_promise_is_kept_by_a_first_try_or_an_ending_of_ours(received, columns, kept):
    received(**columns)
    assert found().promise == kept


def test_share_is_rounded_down_so_that_all_means_all():
    assert [Kept(kept=999, late=1).percent, Kept(kept=1).percent, Kept().percent] == [99, 100, None]


@pytest.mark.parametrize(
    ("values", "median", "ninetieth"),
    [([1], 1, 1), ([1, 2], 1, 2), ([1, 2, 3], 2, 3), (list(range(1, 11)), 5, 9)],
)
def test_quantiles_are_times_that_happened(values, median, ninetieth):
    ordered = [value * 3600 for value in values]
    assert (quantile(ordered, 0.5), quantile(ordered, 0.9)) == (median, ninetieth)


def test_outcomes_list_and_load(received, staff_user):
    received(**closed("became_client"))
    received(status="waiting", waiting_since=TUESDAY - 7 * DAY, owner=staff_user)
    received(owner=staff_user, due_at=timezone.now() - HOUR)
    received(due_at=timezone.now() + HOUR)
    assert found().outcomes == {"became_client": 1, "": 3}
    assert (found().waiting.now, found().waiting.oldest) == (1, TUESDAY - 7 * DAY)
    assert [(name, n) for _, _, name, n, _ in found().load] == [("dana", 2), (None, 1)]


def test_purge_changes_no_count(received, staff_user):
    """What is left of a request without words and name is all that reports need."""
    requests = [
        received(first_attempt_at=TUESDAY + HOUR, first_talk_at=TUESDAY + DAY, how_found="friend"),
        received(origin="phone", first_attempt_at=TUESDAY + 3 * DAY),
        received(),
    ]
    for request in requests:
        request.refresh_from_db()
        request.close(staff_user, "changed_mind")
    before = found(52)
    for request in requests:
        assert request.erase() is True
    assert found(52) == before
    assert before.total == 3


def test_report_takes_the_same_queries_for_one_and_three(received, django_assert_num_queries):
    practice = Practice.current()
    for rows in (1, 2):
        for _ in range(rows):
            received(how_found="friend")
        with django_assert_num_queries(5):
            report(practice, NOW, 4)
        practice = Practice.current()
