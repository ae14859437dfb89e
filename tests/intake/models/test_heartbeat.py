from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from intake.models import Heartbeat


def test_no_worker_was_seen_before_the_first_round(db):
    assert Heartbeat.objects.seen_at() is None


def test_each_round_of_the_worker_leaves_one_row(practice):
    call_command("work", "--once")
    Heartbeat.objects.update(at=timezone.now() - timedelta(days=1))
    call_command("work", "--once")
    assert Heartbeat.objects.count() == 1
    assert timezone.now() - Heartbeat.objects.seen_at() < timedelta(minutes=1)


def test_what_was_seen_is_not_asked_for_again(db, django_assert_num_queries):
    now = timezone.now()
    assert Heartbeat.objects.seen_since(now) is None
    Heartbeat.objects.beat()
    with django_assert_num_queries(1):
        assert Heartbeat.objects.seen_since(now) >= now
    with django_assert_num_queries(0):
        assert Heartbeat.objects.seen_since(now) >= now
    with django_assert_num_queries(1):
        Heartbeat.objects.seen_since(timezone.now())
