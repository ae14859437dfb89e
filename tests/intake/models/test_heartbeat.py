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
