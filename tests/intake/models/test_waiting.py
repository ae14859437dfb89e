"""The waiting list: asked, answered, missed and ended, once, whoever else is at it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from intake import due
from intake.models import CheckIn, ContactRequest, Event, Notice
from intake.models.waiting import NotOnTheList
from pages.models import Practice
from tests.intake.conftest import reader

MONDAY = datetime(2031, 11, 24, 18, tzinfo=UTC)  # 10 am in Oregon
MAILED = {
    "contact_method": "email",
    "email": "robin@example.org",
    "contact_private": "no",
    "mail_wanted": True,
}


@pytest.fixture
def clock_at(monkeypatch):
    def set_to(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_to(MONDAY)
    return set_to


@pytest.fixture
def listed(clock_at, staff_user, make_request):
    """On the list, to be asked on Monday at ten."""

    def put(**answers):
        request = make_request(**{**MAILED, **answers})
        request.set_status(staff_user, "waiting", MONDAY)
        Notice.objects.all().delete()
        return request

    return put


def verbs(request):
    return list(Event.objects.of_stream(request.pk).values_list("verb", flat=True))


def kinds(request):
    return sorted(request.notices.values_list("kind", "to_person"))


def fresh(request):
    return ContactRequest.objects.get(pk=request.pk)


def test_nobody_is_asked_before_the_day(listed):
    request = listed()
    assert request.ask_check_in(MONDAY - timedelta(seconds=1)) is False
    assert (request.open_check_in(), verbs(request)) == (None, ["sent", "status_set"])


def test_asking_leaves_a_question_an_event_and_mail_where_it_is_safe(listed):
    request = listed()
    assert due.ask_check_ins() == 1
    asked = request.check_ins.get()
    row = fresh(request)
    assert (asked.number, asked.asked_at, asked.expires_at) == (
        1,
        MONDAY,
        MONDAY + timedelta(weeks=2),
    )
    assert (row.due_at, row.due_kind, row.status) == (asked.expires_at, "check_in", "waiting")
    assert kinds(row) == [("check_in", True)]
    assert verbs(row)[-1] == "asked"
    assert Event.verify(row.pk) == []


def test_whoever_gets_no_mail_is_for_staff_to_ask(listed):
    request = listed(contact_private="")
    due.ask_check_ins()
    row = fresh(request)
    assert kinds(row) == []
    assert row.due_at == datetime(2031, 11, 26, 1, tzinfo=UTC)  # Tuesday, 5 pm


def test_asked_once_by_two_workers(listed):
    request = listed()
    one, other = fresh(request), fresh(request)
    assert [one.ask_check_in(MONDAY), other.ask_check_in(MONDAY), due.ask_check_ins()] == [
        True,
        False,
        0,
    ]
    assert (CheckIn.objects.count(), kinds(request)) == (1, [("check_in", True)])


def test_asking_that_is_cut_off_leaves_nothing(listed, monkeypatch):
    """As a worker that is killed after the question, before the rest."""
    request = listed()
    monkeypatch.setattr(Event, "write", lambda *_: 1 / 0)
    assert due.ask_check_ins() == 0
    monkeypatch.undo()
    row = fresh(request)
    assert (row.check_ins.count(), kinds(row), row.due_at) == (0, [], MONDAY)


def test_one_that_fails_stops_no_other(listed, monkeypatch):
    broken, whole = listed(), listed()
    ask = ContactRequest.ask_check_in
    monkeypatch.setattr(
        ContactRequest,
        "ask_check_in",
        lambda row, now: 1 / 0 if row.pk == broken.pk else ask(row, now),
    )
    assert due.ask_check_ins() == 1
    assert CheckIn.objects.get().request == whole


def test_keep_moves_the_next_question_by_the_practices_weeks(listed):
    Practice.objects.update(waiting_list_weeks=4)
    request = listed()
    request.ask_check_in(MONDAY)
    request.answer_check_in("keep")
    row = fresh(request)
    assert (row.status, row.due_kind) == ("waiting", "check_in")
    assert row.due_at == datetime(2031, 12, 23, 1, tzinfo=UTC)  # Monday in four weeks, 5 pm
    assert (row.open_check_in(), row.check_ins.get().answer) == (None, "keep")
    assert Event.verify(row.pk) == []


def test_found_closes_and_the_words_end_in_thirty_days(listed):
    request = listed()
    request.ask_check_in(MONDAY)
    request.answer_check_in("found")
    row = fresh(request)
    assert (row.status, row.outcome, row.words_purge_on) == (
        "closed",
        "changed_mind",
        date(2031, 12, 24),
    )
    assert row.may_be_mailed is False


def test_harder_is_urgent_promised_anew_and_told_at_once(listed, staff_user):
    request = listed()
    request.ask_check_in(MONDAY)
    Notice.objects.all().delete()
    request.answer_check_in("harder")
    row = fresh(request)
    assert (row.urgent, row.status, row.due_kind) == (True, "waiting", "promise")
    assert row.due_at == datetime(2031, 11, 27, 1, tzinfo=UTC)  # Wednesday, 5 pm
    (told,) = row.notices.all()
    assert (told.kind, told.to_user, told.to_person) == ("theirs", staff_user, False)


def test_harder_stands_on_top_and_staff_doing_something_takes_it_down(listed, staff_user):
    first, harder = listed(), listed()
    ContactRequest.objects.filter(pk=first.pk).update(due_at=MONDAY - timedelta(days=3))
    harder.ask_check_in(MONDAY)
    harder.answer_check_in("harder")
    assert list(ContactRequest.objects.open().by_due()) == [harder, first]
    fresh(harder).set_status(staff_user, "talking", MONDAY + timedelta(days=2))
    assert fresh(harder).urgent is False


def test_second_answer_changes_nothing(listed):
    request = listed()
    request.ask_check_in(MONDAY)
    other = fresh(request)
    request.answer_check_in("keep")
    before = verbs(request)
    other.answer_check_in("found")
    assert (fresh(request).status, verbs(request)) == ("waiting", before)


def test_answer_after_staff_moved_it_changes_nothing(listed, staff_user):
    request = listed()
    request.ask_check_in(MONDAY)
    fresh(request).set_status(staff_user, "booked", MONDAY + timedelta(days=1))
    before = verbs(request)
    request.answer_check_in("harder")
    row = fresh(request)
    assert (row.status, row.urgent, verbs(row)) == ("booked", False, before)
    assert row.check_ins.get().was_missed is False


def test_only_the_three_answers(listed):
    request = listed()
    request.ask_check_in(MONDAY)
    with pytest.raises(ValueError, match="maybe"):
        request.answer_check_in("maybe")
    assert request.open_check_in() is not None


def test_late_answer_counts_while_the_place_is_kept(listed, clock_at):
    request = listed()
    request.ask_check_in(MONDAY)
    clock_at(MONDAY + timedelta(weeks=3))
    request.answer_check_in("keep")
    row = fresh(request)
    assert (row.status, row.check_ins.get().answer) == ("waiting", "keep")
    assert row.check_ins.get().was_missed is False


def test_missed_once_is_asked_once_more_then_ended_kindly(listed, clock_at):
    request = listed()
    assert due.ask_check_ins() == 1
    clock_at(MONDAY + timedelta(weeks=2))
    assert [due.miss_check_ins(), due.miss_check_ins(), due.ask_check_ins()] == [1, 0, 0]
    second = request.open_check_in()
    assert (second.number, second.expires_at) == (2, MONDAY + timedelta(weeks=4))
    clock_at(MONDAY + timedelta(weeks=4))
    assert [due.miss_check_ins(), due.miss_check_ins()] == [1, 0]
    row = fresh(request)
    assert (row.status, row.outcome, row.ending_with, row.ending_reason) == (
        "closed",
        "list_ended",
        "message",
        "",
    )
    assert kinds(row) == [("check_in", True), ("check_in", True), ("ended", True)]
    assert verbs(row)[2:] == ["asked", "asked", "list_ended"]
    assert Event.verify(row.pk) == []


def test_ended_without_a_safe_way_to_say_so_keeps_the_reason(listed, clock_at):
    request = listed(contact_private="yes")
    due.ask_check_ins()
    for weeks in (2, 4):
        clock_at(MONDAY + timedelta(weeks=weeks))
        due.miss_check_ins()
    row = fresh(request)
    assert (row.outcome, row.ending_with, row.ending_reason, kinds(row)) == (
        "list_ended",
        "reason",
        "not_safe",
        [],
    )


def test_a_missed_one_and_then_an_answer_starts_the_count_anew(listed, clock_at):
    request = listed()
    due.ask_check_ins()
    clock_at(MONDAY + timedelta(weeks=2))
    due.miss_check_ins()
    request.answer_check_in("keep")
    day = fresh(request).due_at
    clock_at(day)
    due.ask_check_ins()
    clock_at(day + timedelta(weeks=2))
    due.miss_check_ins()
    assert fresh(request).status == "waiting"


def test_only_a_place_on_the_list_ends(practice, make_request):
    request = make_request()
    with pytest.raises(NotOnTheList):
        request.end_place(timezone.now())
    assert fresh(request).status == "new"


# A promise that has passed is told, the minute it passes.


@pytest.fixture
def promised(clock_at, staff_user, make_request):
    request = make_request()
    Notice.objects.all().delete()
    clock_at(request.promised_at)
    return request


def test_a_late_promise_is_told_once_to_all_readers(promised, staff_user):
    ana = reader("ana")
    assert [due.tell_late(), due.tell_late()] == [1, 0]
    told = [notice.to_user for notice in promised.notices.order_by("to_user")]
    assert (told, kinds(promised)) == ([staff_user, ana], [("late", False)] * 2)


def test_a_late_promise_is_told_to_the_owner_alone(promised):
    ana = reader("ana")
    promised.take(ana)
    due.tell_late()
    assert promised.notices.get().to_user == ana


def test_nobody_is_told_a_second_before(promised, clock_at):
    clock_at(promised.promised_at - timedelta(seconds=1))
    assert due.tell_late() == 0


def test_a_held_one_is_told_of_too_since_its_page_says_so(clock_at, staff_user, make_request):
    request = make_request("trap")
    clock_at(request.promised_at)
    assert due.tell_late() == 1


@pytest.mark.parametrize("status", ["contacted", "talking"])
def test_whoever_was_answered_is_not_late(promised, staff_user, status):
    promised.set_status(staff_user, status, promised.promised_at)
    assert due.tell_late() == 0


def test_a_new_promise_that_passes_is_told_anew(promised, staff_user, clock_at):
    due.tell_late()
    promised.close(staff_user, "no_reply")
    promised.reopen(staff_user)
    assert due.tell_late() == 0
    clock_at(promised.due_at)
    assert due.tell_late() == 1
    assert promised.notices.count() == 2


def test_an_urgent_one_due_before_its_promise_is_not_late_yet(promised, clock_at):
    early = promised.promised_at - timedelta(hours=8)
    ContactRequest.objects.update(due_at=early)
    clock_at(early + timedelta(hours=1))
    assert due.tell_late() == 0
