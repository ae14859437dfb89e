"""Who has a request in hand: given, asked about, covered, left behind."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from intake import due
from intake.models import Absence, Ask, ContactRequest, Event, NotAllowed, Notice, PracticeHistory
from intake.models.leaving import leave
from intake.models.rights import Reach
from tests.intake.staff import colleague, listed, team
from tests.signing_in import sign_in

DAY = timedelta(days=1)


@pytest.fixture
def people(practice):
    return team()


@pytest.fixture
def request_(people, make_request):
    return make_request()


def verbs(request):
    return list(request.events.order_by("seq").values_list("verb", flat=True))


def told(kind):
    return sorted(
        notice.to_user.username for notice in Notice.objects.filter(kind=kind) if notice.to_user
    )


def fresh(user):
    return User.objects.get(pk=user.pk)


def visible(user):
    return set(ContactRequest.objects.visible_to(fresh(user)))


def away(user, cover, practice, first=-1, last=1):
    today = practice.today()
    Absence.plan(user, today + first * DAY, today + last * DAY, cover, practice.tz)


def due_ago(request, **ago):
    ContactRequest.objects.filter(pk=request.pk).update(
        due_at=timezone.now() - timedelta(**ago), promised_at=timezone.now() - timedelta(**ago)
    )


# What is whose


def test_each_kind_of_reader_sees_what_is_theirs(people, make_request):
    given, asked_for, asked_about, others = (make_request() for _ in range(4))
    given.give(people["intake"], people["own"])
    therapist = listed(people["own"])
    ContactRequest.objects.filter(pk=asked_for.pk).update(therapist=therapist)
    asked_about.ask(people["intake"], people["own"])
    everything = {given, asked_for, asked_about, others}
    found = {name: visible(people[name]) for name in ("owner", "intake", "own", "other", "editor")}
    assert found == {
        "owner": everything,
        "intake": everything,
        "own": everything - {others},
        "other": set(),
        "editor": set(),
    }


def test_reach_is_asked_of_the_database_once(people, request_, django_assert_num_queries):
    user = fresh(people["own"])
    user.has_perm("intake.work_own_requests")
    with django_assert_num_queries(2):
        first, second = Reach.of(user), Reach.of(user)
    assert first is second


# Asking


def test_asking_is_due_within_a_working_day_and_never_forgotten(people, request_):
    people["intake"].refresh_from_db()
    far = timezone.now() + timedelta(days=40)
    request_.set_status(people["intake"], "talking", far)
    ask = request_.ask(people["intake"], people["own"])
    assert request_.due_at == ask.due_at < timezone.now() + timedelta(days=5)
    assert told("ask") == ["own"]
    assert Event.verify(request_.pk) == []


def test_a_promise_is_not_moved_by_a_question(people, request_):
    before = timezone.now() + timedelta(minutes=5)
    ContactRequest.objects.filter(pk=request_.pk).update(due_at=before)
    request_.ask(people["intake"], people["own"])
    assert (request_.due_at, request_.due_kind) == (before, "promise")


def test_what_was_agreed_keeps_its_day(people, request_):
    far = timezone.now() + timedelta(days=40)
    request_.set_status(people["intake"], "booked", far)
    request_.ask(people["intake"], people["own"])
    assert (request_.due_at, request_.due_kind) == (far, "consultation")


def test_yes_makes_it_theirs(people, request_):
    request_.ask(people["intake"], people["own"])
    request_.answer_ask(people["own"], "yes")
    assert (request_.owner, request_.open_ask()) == (people["own"], None)
    assert verbs(request_) == ["sent", "offered", "offer_answered"]
    assert told("back") == []


@pytest.mark.parametrize(("answer", "day"), [("no", None), ("from", date(2031, 1, 5))])
def test_anything_else_brings_it_back_to_who_asked(people, request_, answer, day):
    request_.ask(people["intake"], people["own"])
    request_.answer_ask(people["own"], answer, day)
    ask = Ask.objects.get()
    assert (request_.owner, ask.answer, ask.from_on) == (None, answer, day)
    assert request_.events.last().facts["from_on"] == (day and day.isoformat())
    assert told("back") == ["intake"]


def test_unanswered_it_returns_by_itself_once(people, request_):
    request_.ask(people["intake"], people["own"])
    assert due.miss_asks() == 0
    Ask.objects.update(due_at=timezone.now())
    assert (due.miss_asks(), due.miss_asks()) == (1, 0)
    request_.refresh_from_db()
    assert verbs(request_) == ["sent", "offered", "offer_over"]
    assert request_.events.last().actor_kind == "system"
    assert told("back") == ["intake"]
    with pytest.raises(NotAllowed):
        request_.answer_ask(people["own"], "yes")


@pytest.mark.parametrize("what", ["closed", "held", "asked already", "editor", "no address"])
def test_who_cannot_be_asked(people, request_, what):
    to = people["editor"] if what == "editor" else people["own"]
    if what == "closed":
        request_.close(people["intake"], "changed_mind")
    elif what == "held":
        ContactRequest.objects.filter(pk=request_.pk).update(held_reason="fast")
    elif what == "asked already":
        request_.ask(people["intake"], people["other"])
    elif what == "no address":
        to.email = ""
        to.save()
    count = Ask.objects.count()
    with pytest.raises(NotAllowed):
        request_.ask(people["intake"], to)
    assert Ask.objects.count() == count


@pytest.mark.parametrize("end", ["take", "close", "give", "withdraw"])
def test_a_question_ends_with_what_else_is_decided(people, request_, end):
    request_.ask(people["intake"], people["own"])
    if end == "take":
        request_.take(people["owner"])
    elif end == "close":
        request_.close(people["intake"], "changed_mind")
    elif end == "give":
        request_.give(people["intake"], people["other"])
    else:
        request_.withdraw()
    assert request_.open_ask() is None
    assert visible(people["own"]) == set()


def test_one_question_at_a_time_is_held_by_the_database(people, request_):
    facts = {"to": people["own"], "asked_by": people["intake"], "due_at": timezone.now()}
    Ask.objects.create(request=request_, **facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ask.objects.create(request=request_, **facts)


# Away and overdue


def test_cover_is_told_sees_and_works_while_they_are_away(people, request_, practice):
    request_.give(people["intake"], people["own"])
    assert visible(people["other"]) == set()
    away(people["own"], people["other"], practice)
    assert visible(people["other"]) == {request_}
    request_.narrow(stop=True)
    assert told("theirs") == ["other"]


@pytest.mark.parametrize("days", [(1, 2), (-3, -1)])
def test_cover_ends_with_the_absence(people, request_, practice, days):
    request_.give(people["intake"], people["own"])
    away(people["own"], people["other"], practice, *days)
    assert visible(people["other"]) == set()
    request_.narrow(stop=True)
    assert told("theirs") == ["own"]


def test_a_cover_who_may_not_read_is_not_told(people, request_, practice):
    request_.give(people["intake"], people["own"])
    away(people["own"], people["editor"], practice)
    request_.narrow(stop=True)
    assert told("theirs") == ["intake", "owner"]


def test_a_broken_promise_goes_to_who_has_it_and_a_day_later_to_owners(people, request_):
    request_.give(people["intake"], people["own"])
    due_ago(request_, minutes=5)
    assert (due.tell_late(), due.tell_overdue()) == (1, 0)
    assert (told("late"), told("unmet")) == (["own"], [])
    due_ago(request_, days=9)
    assert (due.tell_overdue(), due.tell_overdue()) == (1, 0)
    assert (told("overdue"), told("unmet")) == ([], ["owner"])


def test_what_is_due_for_another_reason_is_told_a_day_later_and_then_to_owners(
    people, request_, practice, monkeypatch
):
    request_.set_status(people["own"], "talking", timezone.now())
    request_.give(people["intake"], people["own"])
    moment = {"days": 1}
    asked = lambda clock, now, days: (  # noqa: E731
        now if days <= moment["days"] else now - timedelta(days=99)
    )
    monkeypatch.setattr("intake.promise.Clock.over_before", asked)
    due_ago(request_, minutes=5)
    assert due.tell_overdue() == 1
    assert (told("overdue"), told("unmet")) == (["own"], [])
    moment["days"] = 2
    assert (due.tell_overdue(), due.tell_overdue()) == (1, 0)
    assert (told("overdue"), told("unmet")) == (["own"], ["owner"])


# Leaving


def test_who_leaves_is_out_at_once_and_what_they_had_is_at_the_desk(people, make_request):
    mine, closed, others = (make_request() for _ in range(3))
    for request in (mine, closed):
        request.give(people["intake"], people["own"])
    closed.close(people["own"], "changed_mind")
    client = sign_in(Client(), people["own"])
    queue = reverse("admin:intake_contactrequest_changelist")
    assert client.get(queue).status_code == 200
    assert leave(people["own"], people["owner"]) == [mine]
    for request in (mine, closed, others):
        request.refresh_from_db()
    assert (mine.owner, closed.owner, others.owner) == (None, people["own"], None)
    assert verbs(mine)[-1] == "returned"
    assert mine.events.last().facts["of"] == people["own"].pk
    assert client.get(queue).status_code == 302
    line = Event.objects.get(verb="left")
    assert (line.actor, line.facts) == (people["owner"], {"user": people["own"].pk, "returned": 1})
    assert PracticeHistory.objects.count() == 1


def test_a_session_stays_over_where_the_account_comes_back(people):
    client = sign_in(Client(), people["own"])
    leave(people["own"], people["owner"])
    User.objects.filter(pk=people["own"].pk).update(is_active=True)
    assert client.get(reverse("admin:intake_contactrequest_changelist")).status_code == 302


def test_whatever_way_an_account_was_closed_the_worker_returns_what_it_had(people, request_):
    request_.give(people["intake"], people["own"])
    assert due.return_left_behind() == 0
    User.objects.filter(pk=people["own"].pk).update(is_active=False)
    assert (due.return_left_behind(), due.return_left_behind()) == (1, 0)
    request_.refresh_from_db()
    event = request_.events.last()
    assert (request_.owner, event.verb, event.actor_kind) == (None, "returned", "system")
    assert told("back") == ["intake", "owner"]
    assert Event.verify(request_.pk) == []


def test_somebody_else_may_be_given_it_only_with_a_role(people, request_):
    nobody = colleague("nia", "Editor")
    with pytest.raises(NotAllowed):
        request_.give(people["intake"], nobody)
    request_.give(people["intake"], people["own"])
    assert request_.owner == people["own"]
