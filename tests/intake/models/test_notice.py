from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, OperationalError, connection
from django.utils import timezone

from intake import encryption
from intake.models import ContactRequest, Event, Notice, Receipt, SentPage
from tests.intake.conftest import CANARY, make_answers, make_token, reader


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
