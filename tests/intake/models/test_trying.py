"""Tries: every result where every request stands, what it leaves, and how it is taken back."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from intake.day_parts import due_on
from intake.models import Attempt, Conflict, ContactRequest, Event, NotAllowed, Notice, Reading
from intake.story import Story
from tests.intake.conftest import reader

# A Monday, 10 am in Oregon, in years to come.
MONDAY = datetime(2031, 11, 24, 18, tzinfo=UTC)
RESULTS = list(Attempt.Result.values)
TRIES = [result for result in RESULTS if result != "talked"]
IN_TWO_DAYS = date(2031, 11, 26)


@pytest.fixture
def at(monkeypatch):
    """`at(moment)` sets the clock."""

    def set_clock(moment=MONDAY):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_clock()
    return set_clock


@pytest.fixture
def request_(at, make_request):
    return make_request()


@pytest.fixture
def owner(practice):
    """Of the practice: reads requests, and is told what others did wrong."""
    found = reader("rosalind")
    found.user_permissions.add(Permission.objects.get(codename="oversee_requests"))
    return found


def on(practice, day, hour=17):
    return datetime.combine(day, time(hour), tzinfo=practice.tz)


def fresh(request) -> ContactRequest:
    row: ContactRequest = ContactRequest.objects.get(pk=request.pk)
    return row


def course(request):
    row = fresh(request)
    names = ("status", "due_at", "due_kind", "due_part", "urgent", "owner_id")
    return {name: getattr(row, name) for name in (*names, "first_attempt_at", "first_talk_at")}


def verbs(request):
    return list(request.events.order_by("seq").values_list("verb", flat=True))


# Where a request may stand, and what each result makes of it: (status, due, kind, part).
# Monday, 10 am: tried again in another part of Tuesday, which is midday; a talk or a text is
# followed up two working days on.
AGAIN = (date(2031, 11, 25), 14, "midday")
SOON, CHECK_IN = date(2031, 11, 24), date(2031, 12, 15)
STANDS = {
    "new": None,
    "in_review": ("in_review", None),
    "contacted": ("contacted", SOON),
    "talking": ("talking", SOON),
    "booked": ("booked", SOON),  # it was on Friday
    "waiting": ("waiting", SOON),
}


@pytest.mark.parametrize("result", RESULTS)
@pytest.mark.parametrize("stands", STANDS)
def test_status_and_next_step_follow_from_every_result(
    practice, request_, staff_user, stands, result
):
    if STANDS[stands]:
        status, due = STANDS[stands]
        request_.set_status(staff_user, status, due and on(practice, due))
    request_.tried(staff_user, result)
    left = course(request_)
    day, hour, part = AGAIN
    listed = stands == "waiting"
    expected = {
        "talked": ("talking", on(practice, IN_TWO_DAYS), "snooze", None),
        "wrote": ("contacted", on(practice, IN_TWO_DAYS), "attempt", None),
    }.get(result, ("contacted", on(practice, day, hour), "attempt", part))
    if listed and result == "talked":
        expected = ("waiting", on(practice, CHECK_IN), "check_in", None)
    elif listed:
        expected = ("waiting", expected[1], "check_in", expected[3])
    assert (left["status"], left["due_at"], left["due_kind"], left["due_part"]) == expected
    assert left["owner_id"] == staff_user.pk
    assert left["first_attempt_at"] == MONDAY
    assert left["first_talk_at"] == (MONDAY if result == "talked" else None)
    assert verbs(request_)[-1] == "tried"
    assert Event.verify(request_.pk) == []


@pytest.mark.parametrize("result", RESULTS)
@pytest.mark.parametrize("status", ["booked", "waiting"])
def test_what_was_agreed_for_another_day_stands(practice, request_, staff_user, status, result):
    later = on(practice, date(2031, 11, 28))
    request_.set_status(staff_user, status, later)
    request_.tried(staff_user, result)
    left = course(request_)
    assert (left["status"], left["due_at"]) == (status, later)
    assert left["first_attempt_at"] == MONDAY


def test_talking_answers_a_question_that_the_site_asked(practice, request_, staff_user):
    request_.set_status(staff_user, "waiting", MONDAY)
    assert request_.ask_check_in(MONDAY)
    request_.tried(staff_user, "no_answer")
    assert request_.open_check_in() is not None
    request_.tried(staff_user, "talked")
    assert request_.open_check_in() is None
    assert course(request_)["due_at"] == on(practice, CHECK_IN)


def test_a_try_of_who_said_it_has_gotten_harder_waits_for_its_time(
    practice, request_, staff_user, at
):
    request_.set_status(staff_user, "waiting", MONDAY)
    request_.ask_check_in(MONDAY)
    request_.answer_check_in("harder")
    assert course(request_)["urgent"] is True
    request_.tried(staff_user, "no_answer")
    left = course(request_)
    assert (left["status"], left["due_kind"], left["urgent"]) == ("waiting", "attempt", False)


@pytest.mark.parametrize("result", RESULTS)
def test_no_result_of_a_closed_request(request_, staff_user, result):
    request_.close(staff_user, "changed_mind")
    with pytest.raises(NotAllowed):
        request_.tried(staff_user, result)
    assert (Attempt.objects.count(), verbs(request_)) == (0, ["sent", "closed"])


def test_a_try_keeps_choices_alone(request_, staff_user):
    attempt = request_.tried(staff_user, "left_message")
    facts = request_.events.get(verb="tried").facts
    assert {n: facts[n] for n in ("attempt", "result", "channel", "against")} == {
        "attempt": attempt.pk, "result": "left_message", "channel": "call", "against": "",
    }  # fmt: skip
    assert (attempt.by, attempt.at, attempt.undone_at) == (staff_user, MONDAY, None)


@pytest.mark.parametrize(
    ("method", "result", "channel"),
    [
        ("call", "no_answer", "call"), ("call", "wrote", "text"), ("text", "wrote", "text"),
        ("text", "no_answer", "text"), ("text", "left_message", "call"),
        ("email", "wrote", "email"), ("email", "talked", "email"), ("own", "talked", "call"),
    ],
)  # fmt: skip
def test_channel_follows_from_way_and_result(make_request, staff_user, at, method, result, channel):
    request = make_request(contact_method=method, email="kim@example.org")
    assert request.tried(staff_user, result).channel == channel


def test_whoever_has_it_keeps_it(request_, staff_user):
    ana = reader("ana")
    request_.take(ana)
    request_.tried(staff_user, "no_answer")
    assert course(request_)["owner_id"] == ana.pk


def test_first_times_stay_the_first(request_, staff_user, at):
    request_.tried(staff_user, "no_answer")
    at(MONDAY + timedelta(hours=4))
    request_.tried(staff_user, "talked")
    left = course(request_)
    assert left["first_attempt_at"] == MONDAY
    assert left["first_talk_at"] == MONDAY + timedelta(hours=4)


def test_someone_else_answered_is_not_called_again_in_that_part(
    practice, make_request, staff_user, at
):
    request = make_request(times_ok=["morning", "afternoon"])
    request.tried(staff_user, "someone_else")
    assert course(request)["due_part"] == "afternoon"
    at(on(practice, date(2031, 11, 25), 15))
    request.tried(staff_user, "no_answer")
    assert course(request)["due_part"] == "afternoon"  # not the mornings, where another answers


def test_a_later_save_of_an_older_screen_is_a_conflict(request_, staff_user):
    seen = request_.version
    request_.tried(reader("ana"), "no_answer", expected_version=seen)
    with pytest.raises(Conflict):
        request_.tried(staff_user, "talked", expected_version=seen)
    assert Attempt.objects.count() == 1


def test_owners_are_told_what_went_against_wishes(request_, staff_user, owner):
    request_.tried(staff_user, "no_answer")
    assert not Notice.objects.filter(kind="against").exists()
    attempt = request_.tried(staff_user, "left_message", "voicemail")
    notice = Notice.objects.get(kind="against")
    assert (notice.to_user, notice.request) == (owner, request_)
    assert attempt.against_wishes == "voicemail"
    assert request_.events.last().facts["against"] == "voicemail"


def test_without_an_owner_the_front_desk_is_told(request_, staff_user):
    request_.tried(staff_user, "wrote", "way")
    assert Notice.objects.get(kind="against").to_user is None


def test_verify_finds_a_try_that_was_changed_or_lost(request_, staff_user):
    request_.tried(staff_user, "no_answer")
    said = ["The attempts are not as the history left them."]
    Attempt.objects.update(result="talked")
    assert Event.verify(request_.pk) == said
    Attempt.objects.update(result="no_answer")
    assert Event.verify(request_.pk) == []
    Attempt.objects.all().delete()
    assert Event.verify(request_.pk) == said


# Taken back


@pytest.mark.parametrize("result", RESULTS)
@pytest.mark.parametrize("stands", STANDS)
def test_undo_leaves_all_as_before_and_both_told(practice, request_, staff_user, stands, result):
    if STANDS[stands]:
        status, due = STANDS[stands]
        request_.set_status(staff_user, status, due and on(practice, due))
    before = course(request_)
    request_.tried(staff_user, result)
    assert course(request_) != before
    undone = request_.undo_try(staff_user)
    assert course(request_) == before
    assert (undone.undone_at, undone.undone_by) == (MONDAY, staff_user)
    assert verbs(request_)[-2:] == ["tried", "try_undone"]
    assert Event.verify(request_.pk) == []


def test_undo_of_an_urgent_one_is_urgent_again(make_request, practice, staff_user, at):
    request = make_request()
    ContactRequest.objects.filter(pk=request.pk).update(urgent=True)
    Event.append(request, Event.Verb.OPENED, staff_user)
    request.tried(staff_user, "no_answer")
    assert course(request)["urgent"] is False
    request.undo_try(staff_user)
    assert course(request)["urgent"] is True


def test_undo_asks_the_question_again(request_, staff_user):
    request_.set_status(staff_user, "waiting", MONDAY)
    request_.ask_check_in(MONDAY)
    request_.tried(staff_user, "talked")
    request_.undo_try(staff_user)
    assert request_.open_check_in() is not None


def test_undo_counts_what_is_left(request_, staff_user, at):
    request_.tried(staff_user, "no_answer")
    at(MONDAY + timedelta(hours=4))
    request_.tried(staff_user, "talked")
    request_.undo_try(staff_user)
    left = course(request_)
    assert (left["first_attempt_at"], left["first_talk_at"]) == (MONDAY, None)
    request_.undo_try(staff_user)
    assert course(request_)["first_attempt_at"] is None


def test_undo_after_its_own_next_step_and_a_note(practice, request_, staff_user):
    before = course(request_)
    request_.tried(staff_user, "no_answer")
    request_.add_note(staff_user, "wrong button")
    request_.plan_next(staff_user, "attempt", on(practice, date(2031, 11, 25)), "afternoon")
    request_.open_words(reader("ana"))
    request_.undo_try(staff_user)
    assert course(request_) == before


@pytest.mark.parametrize("then", ["closed", "reopened", "booked"])
def test_undo_never_overwrites_what_came_after(practice, request_, staff_user, then):
    request_.tried(staff_user, "no_answer")
    if then == "booked":
        request_.set_status(staff_user, "booked", on(practice, date(2031, 11, 28)))
    else:
        request_.close(staff_user, "changed_mind")
    if then == "reopened":
        request_.reopen(staff_user)
    left = course(request_)
    with pytest.raises(NotAllowed, match="Something else was done since"):
        request_.undo_try(staff_user)
    assert course(request_) == left
    assert Attempt.objects.filter(undone_at=None).count() == 1


def test_undo_leaves_it_with_who_took_it_since(request_, staff_user):
    ana = reader("ana")
    request_.tried(staff_user, "no_answer")
    request_.take(ana)
    request_.undo_try(staff_user)
    assert course(request_)["owner_id"] == ana.pk


def test_undo_lasts_a_day(request_, staff_user, at):
    request_.tried(staff_user, "no_answer")
    at(MONDAY + Attempt.UNDONE_WITHIN + timedelta(seconds=1))
    with pytest.raises(NotAllowed, match="for a day"):
        request_.undo_try(staff_user)
    at(MONDAY + Attempt.UNDONE_WITHIN)
    request_.undo_try(staff_user)
    with pytest.raises(NotAllowed, match="There is no try"):
        request_.undo_try(staff_user)


def test_undo_tells_the_owners_nothing_that_has_not_gone_out(request_, staff_user, owner):
    request_.tried(staff_user, "left_message", "voicemail")
    request_.undo_try(staff_user)
    assert not Notice.objects.filter(kind="against").exists()


# What the person is told


def test_the_person_is_told_of_tries_and_never_of_results(practice, request_, staff_user, at):
    for result in TRIES:
        request_.tried(staff_user, result)
    request_.tried(staff_user, "talked")
    lines = [line.what for line in Story(request_, practice, MONDAY).lines]
    assert lines == [
        "Your request reached us.", *["We tried to reach you."] * len(TRIES), "We were in touch.",
    ]  # fmt: skip


def test_the_person_is_told_when_we_tried_and_when_again(practice, request_, staff_user):
    request_.tried(staff_user, "no_answer")
    story = Story(fresh(request_), practice, MONDAY)
    assert (story.state, story.tried_on, story.due_on) == (
        "tried", "Monday, November 24", "Tuesday, November 25",
    )  # fmt: skip


def test_a_wrong_press_is_not_told(practice, request_, staff_user, at):
    request_.tried(staff_user, "no_answer")
    request_.undo_try(staff_user)
    story = Story(fresh(request_), practice, MONDAY)
    assert [line.what for line in story.lines] == ["Your request reached us."]
    assert (story.state, story.tried_on) == ("new", "")
    late = Story(fresh(request_), practice, request_.promised_at)
    assert late.state == "late"


# The next step and its date


def test_next_step_is_one_thing_with_a_day_and_a_part(practice, request_, staff_user):
    due_at = on(practice, date(2031, 11, 25), 11)
    request_.plan_next(staff_user, "attempt", due_at, "morning")
    left = course(request_)
    assert (left["status"], left["due_at"], left["due_kind"], left["due_part"]) == (
        "in_review", due_at, "attempt", "morning",
    )  # fmt: skip
    assert (left["owner_id"], left["first_attempt_at"]) == (staff_user.pk, None)
    assert request_.events.last().facts["reason"] == ""
    assert Event.verify(request_.pk) == []


def test_past_the_promise_needs_a_reason(practice, request_, staff_user):
    promised = request_.promised_at
    request_.plan_next(staff_user, "snooze", promised)
    later = promised + timedelta(minutes=1)
    with pytest.raises(NotAllowed, match="past the promise"):
        request_.plan_next(staff_user, "snooze", later)
    request_.plan_next(staff_user, "snooze", later, reason="they_asked")
    assert request_.events.last().facts["reason"] == "they_asked"


def test_after_a_try_no_promise_is_left_to_break(practice, request_, staff_user):
    request_.tried(staff_user, "no_answer")
    request_.plan_next(staff_user, "attempt", request_.promised_at + timedelta(days=3))
    assert request_.events.last().verb == "next_set"


def test_who_calls_us_was_promised_nothing(make_request, staff_user, at):
    own = make_request(contact_method="own", phone="")
    own.plan_next(staff_user, "theirs", own.due_at + timedelta(days=30))
    assert course(own)["status"] == "in_review"


def test_late_is_told_also_where_the_step_was_moved_past_the_promise(request_, staff_user):
    """Their page says that someone has been told."""
    moved = request_.promised_at + timedelta(days=2)
    request_.plan_next(staff_user, "snooze", moved, reason="too_many")
    then = request_.promised_at
    broken = ContactRequest.objects.broken_promises
    assert list(broken(then - timedelta(seconds=1))) == []
    assert list(broken(then)) == [request_]
    Notice.objects.tell_late(fresh(request_))
    Notice.objects.update(made_at=then)
    assert list(broken(then)) == []


def test_ticks_are_kept_and_told_as_choices(request_, staff_user):
    request_.tick(staff_user, ["estimate", "conflict", "nonsense"], "friend")
    row = fresh(request_)
    assert (row.checklist, row.how_found) == (["conflict", "estimate"], "friend")
    facts = request_.events.last().facts
    assert (facts["asked"], facts["how_found"]) == ("conflict+estimate", "friend")
    assert Event.verify(request_.pk) == []


# Read and unread


def unread(user):
    rows = ContactRequest.objects.with_seen(user)
    return [row for row in rows if row.seen_seq is None or row.seen_seq < row.activity_seq]


def test_read_is_for_each_member_of_staff(request_, staff_user):
    ana = reader("ana")
    assert (unread(staff_user), unread(ana)) == ([request_], [request_])
    request_.open_words(staff_user)
    assert (unread(staff_user), unread(ana)) == ([], [request_])


def test_that_someone_else_read_it_is_no_news(request_, staff_user):
    ana = reader("ana")
    for user in (staff_user, ana, staff_user):
        request_.open_words(user)
    assert (unread(staff_user), unread(ana)) == ([], [])
    assert Reading.objects.count() == 2


def test_what_someone_did_since_is_unread(request_, staff_user):
    ana = reader("ana")
    request_.open_words(staff_user)
    request_.open_words(ana)
    request_.add_note(ana, "a note")
    Reading.objects.acted(request_, ana)
    assert (unread(staff_user), unread(ana)) == ([request_], [])
    request_.open_words(ana)  # reading does not hide it from the other
    assert unread(staff_user) == [request_]


def test_due_of_a_part_is_as_the_clock_says(practice):
    from intake.clock import practice_clock

    assert due_on(practice_clock(), date(2031, 11, 25), "midday") == on(
        practice, date(2031, 11, 25), 14
    )
