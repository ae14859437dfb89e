from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, OperationalError, connection
from django.utils import timezone

from intake import encryption
from intake.models import Absence, ContactRequest, Event, Notice, Receipt, SentPage
from practice_site.roles import make_roles
from tests.intake.conftest import CANARY, make_answers, make_token, reader
from tests.intake.staff import colleague, listed


@pytest.fixture
def notices(make_request, staff_user):
    """Three due notices, the oldest first."""
    for _ in range(3):
        make_request()
    Notice.objects.spread()
    return list(Notice.objects.all())


def claim(n: int = 10, seconds: int = 60) -> list[Notice]:
    return Notice.objects.claim(n, seconds)


def let_leases_end() -> None:
    leased = Notice.objects.exclude(lease=None)
    leased.update(leased_until=timezone.now() - timedelta(seconds=1))


def test_a_request_is_announced_to_the_front_desk(make_request, staff_user):
    request = make_request()
    notice = Notice.objects.get()
    assert (notice.request, notice.to_user, notice.to_person) == (request, None, False)


def test_what_is_for_the_front_desk_goes_to_each_of_those_who_may_read_it(make_request, staff_user):
    ana = reader("ana")
    reader("gone", is_active=False)
    User.objects.filter(pk=reader("mute").pk).update(email="")
    User.objects.create_user("other", "other@practice.example", is_staff=True)
    owner = User.objects.create_superuser("owner", "owner@practice.example")
    outside = reader("outside")
    User.objects.filter(pk=outside.pk).update(is_staff=False)
    request = make_request()
    (desk,) = Notice.objects.all()
    Notice.objects.spread()
    assert set(Notice.objects.values_list("to_user", "request", "kind", "made_at")) == {
        (user.pk, request.pk, "new", desk.made_at) for user in (staff_user, ana, owner)
    }


def test_where_nobody_has_an_address_it_waits_at_the_front_desk(make_request):
    make_request()
    desk = Notice.objects.get()
    Notice.objects.spread()
    assert list(Notice.objects.all()) == [desk]


def test_what_someone_sends_at_this_moment_is_not_spread(notices, make_request):
    make_request()
    (sending,) = Notice.objects.filter(to_user=None).claim(1, 60)
    Notice.objects.spread()
    assert Notice.objects.filter(pk=sending.pk).exists()


def test_a_notice_is_for_staff_or_for_the_person(notices):
    with pytest.raises(IntegrityError):
        Notice.objects.update(to_person=True)


def test_a_notice_keeps_nothing_of_what_was_written(notices):
    rows = repr(list(Notice.objects.values()))
    assert [word for word in (CANARY, "Robin", "555-0187", "5550187") if word in rows] == []


def test_held_requests_are_announced_once_a_day(make_request, staff_user):
    for reason in ("trap", "fast", "expired"):
        make_request(held_reason=reason)
        Notice.objects.spread()
    notice = Notice.objects.get()
    assert (notice.kind, notice.request, notice.to_user) == ("held", None, staff_user)


def test_notices_stand_or_fall_with_the_request(make_request, staff_user):
    """The last thing stored is refused by the database: its place is taken."""
    token = make_token()
    make_request()
    taken = encryption.sent_address_hash(encryption.sent_address(token.send_key))
    SentPage.objects.update(address_hash=taken)
    with pytest.raises(IntegrityError):
        ContactRequest.objects.send(make_answers(), token)
    assert [model.objects.count() for model in (ContactRequest, Event, Receipt, Notice)] == [1] * 4


def test_a_request_that_cannot_be_announced_is_not_stored(practice, staff_user):
    def fail(execute, sql, *rest):
        if 'INSERT INTO "intake_notice"' in sql:
            raise OperationalError("gone")
        return execute(sql, *rest)

    with connection.execute_wrapper(fail), pytest.raises(OperationalError):
        ContactRequest.objects.send(make_answers(), make_token())
    assert [model.objects.count() for model in (ContactRequest, Event, Receipt, Notice)] == [0] * 4


def test_claim_gives_the_oldest_first_and_each_once(notices):
    assert [n.pk for n in claim(2)] == [n.pk for n in notices[:2]]
    assert [n.pk for n in claim(2)] == [notices[2].pk]
    assert claim(2) == []


def test_claim_leaves_what_is_not_due_yet(notices):
    Notice.objects.update(due_at=timezone.now() + timedelta(minutes=1))
    assert claim() == []


def test_claim_brings_request_and_reader_along(notices, django_assert_num_queries):
    claimed = claim()
    with django_assert_num_queries(0):
        assert {(str(n.request)[:0], str(n.to_user)) for n in claimed} == {("", "dana")}


def test_a_lease_that_ended_is_claimed_again(notices):
    first = claim()
    let_leases_end()
    again = claim()
    assert [n.pk for n in again] == [n.pk for n in first]
    assert {n.attempts for n in again} == {2}


def test_mark_sent_ends_it(notices):
    notice = claim(1)[0]
    assert Notice.objects.mark_sent(notice) is True
    let_leases_end()
    assert notice.pk not in {n.pk for n in claim()}
    assert Notice.objects.get(pk=notice.pk).sent_at is not None


def test_mark_sent_after_the_lease_went_to_another_changes_nothing(notices):
    late = claim(1)[0]
    let_leases_end()
    claim()
    assert Notice.objects.mark_sent(late) is False
    assert Notice.objects.get(pk=late.pk).sent_at is None


def test_mark_failed_waits_and_keeps_the_class_of_the_error_only(notices):
    notice = claim(1)[0]
    before = timezone.now()
    assert Notice.objects.mark_failed(notice, ConnectionError(CANARY)) is True
    row = Notice.objects.get(pk=notice.pk)
    assert (row.error_class, row.lease, row.sent_at) == ("ConnectionError", None, None)
    assert before + Notice.FIRST_WAIT <= row.due_at <= timezone.now() + Notice.FIRST_WAIT
    assert notice.pk not in {n.pk for n in claim()}


def test_a_notice_waits_longer_each_time_but_is_never_given_up():
    waits = [Notice.wait_after(n) / timedelta(minutes=1) for n in (1, 2, 3, 8, 9, 10, 100)]
    assert waits == [1, 2, 4, 128, 240, 240, 240]


def test_the_message_id_is_the_same_at_every_try(notices, settings):
    settings.SITE_URL = "https://practice.example"
    first = claim(1)[0]
    let_leases_end()
    assert claim(1)[0].message_id == first.message_id == f"<{first.pk}@practice.example>"


# Whom a request asks for


@pytest.fixture
def rosa(practice):
    """A therapist of the practice, with the role, on the site, and nothing of their own yet."""
    make_roles()
    therapist = colleague("rosa", "Therapist")
    listed(therapist)
    return therapist


def told():
    """Who, of what, each line a notice."""
    return sorted(
        (each.to_user.username, each.kind) for each in Notice.objects.exclude(to_user=None)
    )


def test_a_therapist_is_told_of_a_request_that_asks_for_them(make_request, staff_user, rosa):
    make_request()
    asks = make_request(therapist="rosa")
    Notice.objects.spread()
    assert told() == [("dana", "new"), ("dana", "new"), ("rosa", "new")]
    assert Notice.objects.get(to_user=rosa).request == asks


def test_a_therapist_who_reads_all_is_told_once(make_request, rosa):
    rosa.groups.add(Group.objects.get(name="Intake"))
    make_request(therapist="rosa")
    Notice.objects.spread()
    assert told() == [("rosa", "new")]


def test_whoever_covers_is_told_in_place_of_the_therapist(make_request, staff_user, rosa, practice):
    today, cover = practice.today(), colleague("cleo", "Therapist")
    Absence.plan(rosa, today, today, cover, practice.tz)
    make_request(therapist="rosa")
    Notice.objects.spread()
    assert told() == [("cleo", "new"), ("dana", "new")]


@pytest.mark.parametrize(
    "facts", [{"is_active": False}, {"is_staff": False}, {"email": ""}, {"role": None}]
)
def test_who_could_not_open_it_is_not_told(make_request, staff_user, rosa, facts):
    changed = dict(facts)
    if "role" in changed:
        del changed["role"]
        rosa.groups.clear()
    User.objects.filter(pk=rosa.pk).update(**changed)
    make_request(therapist="rosa")
    Notice.objects.spread()
    assert told() == [("dana", "new")]


def test_a_therapist_is_told_once_where_the_desk_has_no_address(make_request, rosa):
    make_request(therapist="rosa")
    desk = Notice.objects.get()
    for _ in range(2):
        Notice.objects.spread()
    assert (told(), Notice.objects.get(to_user=None)) == ([("rosa", "new")], desk)


def test_of_what_was_held_a_therapist_is_told_when_it_is_released(make_request, staff_user, rosa):
    request = make_request(held_reason="trap", therapist="rosa")
    Notice.objects.spread()
    assert told() == [("dana", "held")]
    request.release(staff_user)
    Notice.objects.spread()
    assert told() == [("dana", "held"), ("rosa", "new")]


def test_many_that_ask_for_one_therapist_take_no_more_queries(
    make_request, staff_user, rosa, django_assert_num_queries
):
    for count in (1, 3):
        for _ in range(count):
            make_request(therapist="rosa")
        with django_assert_num_queries(10):
            Notice.objects.spread()
    assert told() == [("dana", "new")] * 4 + [("rosa", "new")] * 4
