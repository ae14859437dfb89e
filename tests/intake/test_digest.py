"""One mail a day: references alone, once, and nothing when there is nothing."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from intake import digest, notices
from intake.models import Anchor, ContactRequest, Heartbeat, Notice
from pages.models import Holiday, OpeningHours, Practice
from tests.intake.conftest import CANARY, at_once, reader

TZ = ZoneInfo("America/Los_Angeles")
# A Tuesday; the practice opens at 9.
NINE = datetime(2026, 12, 1, 9, 0, tzinfo=TZ)


@pytest.fixture
def clock(monkeypatch):
    """`clock(moment)` sets it, for everything that asks Django."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return set_to


@pytest.fixture
def worker(practice) -> None:
    Heartbeat.objects.create(at=NINE - timedelta(days=9), since=NINE - timedelta(days=9))


@pytest.fixture
def waiting(worker, staff_user, make_request, clock) -> ContactRequest:
    clock(NINE - timedelta(days=6))
    request: ContactRequest = make_request(preferred_name="Quizzaciously")
    Notice.objects.all().delete()
    clock(NINE)
    return request


def told(mailoutbox) -> list[str]:
    """Who got one so far."""
    notices.send_due()
    return sorted(mail.to[0].split("@")[0] for mail in mailoutbox)


def test_at_the_opening_hour_readers_get_one_each(waiting, clock, mailoutbox):
    reader("ana")
    clock(NINE - timedelta(minutes=1))
    assert digest.announce_when_due() == 0
    clock(NINE)
    assert digest.announce_when_due() == 1
    assert told(mailoutbox) == ["ana", "dana"]
    clock(NINE + timedelta(hours=5))
    assert digest.announce_when_due() == 0
    clock(NINE + timedelta(days=1))
    assert digest.announce_when_due() == 1
    assert told(mailoutbox) == ["ana", "ana", "dana", "dana"]


def test_nothing_when_there_is_nothing(worker, staff_user, clock):
    clock(NINE)
    assert digest.announce_when_due() == 0
    assert Notice.objects.count() == 0


def test_what_comes_later_in_the_day_waits_for_the_next(worker, staff_user, clock, make_request):
    clock(NINE)
    digest.announce_when_due()
    make_request()
    clock(NINE + timedelta(hours=2))
    assert digest.announce_when_due() == 0


@pytest.mark.parametrize("why", ["weekend", "holiday", "pause", "first day"])
def test_there_is_none_on_other_days(waiting, clock, practice, why):
    if why == "weekend":
        clock(NINE + timedelta(days=4))
    if why == "holiday":
        Holiday.objects.create(practice=practice, date=NINE.date(), name="Free")
    if why == "pause":
        Practice.objects.update(paused_until=NINE.date() + timedelta(days=3))
    if why == "first day":
        Heartbeat.objects.update(since=NINE)
    assert digest.announce_when_due() == 0


def test_practice_without_hours_opens_at_nine(waiting):
    OpeningHours.objects.all().delete()
    assert digest.announce_when_due() == 1


def test_the_mail_says_references_and_no_word(waiting, staff_user, make_request, mailoutbox, clock):
    mine, held = make_request(), make_request(held_reason="trap")
    mine.take(staff_user)
    Notice.objects.all().delete()
    ContactRequest.objects.filter(pk=mine.pk).update(due_at=NINE + timedelta(hours=3))
    stuck = Notice.objects.create(kind="new", request=mine, dedupe="x", due_at=NINE + timedelta(9))
    Notice.objects.filter(pk=stuck.pk).update(made_at=NINE - timedelta(hours=1))
    digest.announce_when_due()
    assert notices.send_due() == 1
    (mail,) = mailoutbox
    assert mail.to == ["dana@practice.example"]
    assert mail.subject == "What waits on Tuesday, December 1"
    names = [f"{each.reference[:4]}-{each.reference[4:]}" for each in (waiting, mine, held)]
    assert mail.body == (
        f"Late: 1\n  {names[0]}\n\n"
        f"Due today: 1\n  {names[1]}\n\n"
        f"Without an owner: 1\n  {names[0]}\n\n"
        f"Held for review: 1\n  {names[2]}\n\n"
        "Mail that was not sent yet: 1\n\n"
        "The inbox: http://localhost:8000/staff/intake/contactrequest/\n"
    )
    assert CANARY not in mail.body
    assert "Quizzaciously" not in mail.body


def test_the_mail_carries_the_newest_anchor(waiting, staff_user, mailoutbox):
    anchor = Anchor.objects.drop(NINE)
    digest.announce_when_due()
    notices.send_due()
    assert f"Newest anchor of the histories: {anchor.short}" in mailoutbox[-1].body.splitlines()


def test_many_are_counted_and_not_all_named(waiting, staff_user, make_request, monkeypatch):
    monkeypatch.setattr(digest, "MOST", 2)
    for _ in range(3):
        make_request()
    some = digest.Digest.at(NINE, Practice.current()).unassigned
    assert (len(some.references), some.count) == (2, 4)


@pytest.mark.django_db(transaction=True)
def test_two_workers_announce_once(waiting, mailoutbox):
    results = at_once(digest.announce_when_due, digest.announce_when_due)
    assert sorted(results) == [0, 1]
    assert told(mailoutbox) == ["dana"]


def test_the_worker_sends_it(waiting, mailoutbox):
    call_command("work", "--once")
    call_command("work", "--once")
    assert [mail.subject for mail in mailoutbox].count("What waits on Tuesday, December 1") == 1
