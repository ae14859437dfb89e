"""Each rule of the intake, by what breaks just that on a completed site."""

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from intake.backup import kept
from intake.models import Backup, Heartbeat, Notice
from intake.readiness import Worker, ago, worker_alive
from pages.models import Practice
from pages.readiness import findings
from pages.readiness.registry import RULES


def write_mail_to_files(settings):
    settings.EMAIL_CONFIGURED = False


def take_every_address_away(settings):
    User.objects.update(email="")


def stop_the_worker(settings):
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=6))


def never_start_the_worker(settings):
    Heartbeat.objects.all().delete()


def let_a_mail_wait(settings):
    Notice.objects.create(kind="held", dedupe="x", made_at=timezone.now() - timedelta(minutes=61))


def let_no_test_of_the_site_succeed(settings):
    Heartbeat.objects.update(since=timezone.now() - timedelta(days=2))


def name_no_recipient(settings):
    settings.BACKUP_RECIPIENTS = ()


def name_a_recipient_that_is_none(settings):
    (right,) = settings.BACKUP_RECIPIENTS
    settings.BACKUP_RECIPIENTS = (f"{right[:-1]}q",)


def make_no_backup(settings):
    Backup.objects.all().delete()


def make_no_backup_for_three_days(settings):
    Backup.objects.update(made_at=timezone.now() - timedelta(days=3))


def keep_a_backup_for_too_long(settings):
    settings.BACKUP_DIR = Path(tempfile.mkdtemp(dir=settings.DATA_DIR))
    old = timezone.now() - timedelta(days=Practice.current().backups_kept_days, hours=1)
    (settings.BACKUP_DIR / kept.name_of(old, "9f3c71d02b5a44e8")).touch()


BREAKS = {
    "backup-recipient": [name_no_recipient, name_a_recipient_that_is_none],
    "backup-fresh": [make_no_backup, make_no_backup_for_three_days],
    "backup-old": [keep_a_backup_for_too_long],
    "mail": [write_mail_to_files],
    "readers": [take_every_address_away],
    "worker": [stop_the_worker, never_start_the_worker],
    "notices": [let_a_mail_wait],
    "heartbeat": [let_no_test_of_the_site_succeed],
}
EACH = [(key, breaks) for key, those in BREAKS.items() for breaks in those]


@pytest.mark.parametrize(("key", "breaks"), EACH, ids=[b.__name__ for _, b in EACH])
def test_breaking_one_thing_is_found_as_just_that(completed, settings, key, breaks):
    assert findings() == []
    breaks(settings)
    assert [each.rule.key for each in findings()] == [key]


def test_every_rule_of_the_intake_is_broken_here():
    ours = {key for key, each in RULES.items() if each.judge.__module__.startswith("intake.")}
    assert ours == set(BREAKS)


def test_public_side_needs_no_mail(completed, settings):
    settings.EMAIL_CONFIGURED, settings.SURFACE = False, "public"
    assert findings() == []


def test_worker_that_was_not_seen_says_since_when():
    now = timezone.now()
    (finding,) = worker_alive(Worker(now - timedelta(hours=3), None, now))
    assert finding.what == "The worker was last seen 3 hours ago."
    assert list(worker_alive(Worker(now - timedelta(minutes=5), None, now))) == []


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(59, "a moment"), (60, "1 minute"), (7199, "1 hour"), (7200, "2 hours"), (90_000, "1 day")],
)
def test_time_is_said_in_its_largest_unit(seconds, words):
    assert ago(timedelta(seconds=seconds)) == words
