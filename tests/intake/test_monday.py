"""The owner's line: last week in one sentence, and why someone waited too long."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from intake.models import ContactRequest, Event, Notice
from intake.monday import Line, monday_line
from pages.models import Practice
from tests.intake.forging import forge

TUESDAY = datetime(2026, 11, 17, 18, tzinfo=UTC)  # 10 am in Oregon
MONDAY = datetime(2026, 11, 23, 17, tzinfo=UTC)  # the next one, 9 am
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PROMISED = TUESDAY + 2 * DAY


@pytest.fixture
def received(make_request, staff_user):
    """`received(**columns)`: one of last week, whose mail went at once and that Dana took."""

    def make(mail=None, by=staff_user, **columns):
        request = make_request()
        if by:
            request.take(by)
        sent = {"made_at": TUESDAY, "sent_at": TUESDAY, "attempts": 1, **(mail or {})}
        Notice.objects.filter(request=request).update(**sent)
        usual = {"received_at": TUESDAY, "promised_at": PROMISED, "first_opened_at": TUESDAY + HOUR}
        ContactRequest.objects.filter(pk=request.pk).update(**{**usual, **columns})
        for seq in range(1, request.activity_seq + 1):
            forge(
                "UPDATE intake_event SET at = %s WHERE stream = %s AND seq = %s",
                TUESDAY,
                raw(request.pk),
                seq,
            )
        return request

    return make


def raw(pk):
    return pk if connection.vendor == "postgresql" else pk.hex


def line():
    return monday_line(Practice.current(), MONDAY)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (Line(0, 0, None, []), "Last week nobody wrote."),
        (
            Line(31, 31, 4.2, []),
            "Last week 31 wrote, 31 answered, median four hours. Nobody waited too long.",
        ),
        (
            Line(31, 31, 4.2, [("we tried too late", 2)]),
            "Last week 31 wrote, 31 answered, median four hours; two waited too long: "
            "we tried too late.",
        ),
        (
            Line(3, 1, 0.2, [("the worker was away", 2), ("nobody had taken it", 1)]),
            "Last week 3 wrote, 1 answered, median under an hour; three waited too long: "
            "the worker was away (two) and nobody had taken it (one).",
        ),
        (
            Line(2, 1, 1.4, []),
            "Last week 2 wrote, 1 answered, median one hour. Nobody waited too long.",
        ),
    ],
)
def test_line_in_words(line, words):
    assert str(line) == words


def test_line_is_of_the_last_whole_week(received):
    received(first_attempt_at=TUESDAY + 4 * HOUR)
    received(received_at=TUESDAY - 7 * DAY)
    received(received_at=MONDAY)
    assert line() == Line(1, 1, 4.0, [])


def test_nobody_wrote(practice):
    assert str(line()) == "Last week nobody wrote."


LATE = {"first_attempt_at": PROMISED + HOUR}
AWAY = {"sent_at": TUESDAY + DAY}


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({**LATE}, "we tried too late"),
        ({}, "we tried too late"),
        ({**LATE, "first_opened_at": PROMISED + HOUR}, "nobody had opened it"),
        ({**LATE, "first_opened_at": None}, "nobody had opened it"),
        ({**LATE, "by": None}, "nobody had taken it"),
        ({**LATE, "mail": AWAY}, "the worker was away"),
        ({**LATE, "mail": {"sent_at": None}}, "the worker was away"),
        ({**LATE, "mail": {**AWAY, "attempts": 5}}, "the mail was not sent"),
        ({**LATE, "mail": {"sent_at": None, "error_class": "Refused"}}, "the mail was not sent"),
    ],
)
def test_why_someone_waited_too_long(received, facts, why):
    received(**facts)
    assert line().why == [(why, 1)]


def test_taken_after_the_promise_is_not_taken_in_time(received, staff_user):
    request = received(by=None, **LATE)
    ContactRequest.objects.get(pk=request.pk).take(staff_user)
    forge("UPDATE intake_event SET at = %s WHERE verb = 'taken'", PROMISED + HOUR)
    assert line().why == [("nobody had taken it", 1)]
    assert Event.objects.filter(verb="taken").count() == 1


@pytest.mark.parametrize(
    "columns",
    [
        {"first_attempt_at": PROMISED},
        {"contact_method": "own"},
        {"held_reason": "trap"},
        {"kind": "sample"},
        {"promised_at": MONDAY + DAY},
    ],
)
def test_who_did_not_wait_too_long(received, columns):
    received(**columns)
    assert line().why == []


def test_line_takes_the_same_queries_for_one_and_three(received, django_assert_num_queries):
    for rows in (1, 2):
        for _ in range(rows):
            received()
        practice = Practice.current()
        with django_assert_num_queries(6):
            monday_line(practice, MONDAY)
