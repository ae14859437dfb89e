"""The site tests itself each night: over HTTP, through the outbox, to the mail server."""

from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from benchmarks.mailbox import mailbox
from intake import form_token, heartbeat, notices, readiness
from intake.models import Bucket, ContactRequest, Event, Heartbeat, Notice, Receipt, SentPage
from pages.models import Practice
from tests.signing_in import sign_in
from tests.site import free_port
from tests.visitor import ANSWERS

TZ = ZoneInfo("America/Los_Angeles")
QUEUE = reverse("admin:intake_contactrequest_changelist")


@pytest.fixture
def nights(practice) -> Heartbeat:
    """A worker that has been there for a while."""
    since = timezone.now() - timedelta(days=9)
    return Heartbeat.objects.create(at=timezone.now(), since=since)


@pytest.fixture
def mail(settings):
    """A real mail server on loopback, and settings that use it."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_CONFIGURED, settings.EMAIL_HOST = True, "127.0.0.1"
    settings.EMAIL_HOST_USER = ""
    with mailbox() as box:
        settings.EMAIL_PORT = box.port
        yield box


@pytest.fixture
def site(live_server, monkeypatch, settings):
    """The site itself, over HTTP."""
    settings.SITE_URL = live_server.url
    monkeypatch.setattr(heartbeat, "site_port", lambda: live_server.thread.port)
    return live_server


def state() -> Heartbeat:
    found: Heartbeat = Heartbeat.objects.get()
    return found


def send() -> str:
    return heartbeat.send(Practice.current(), timezone.now())


def whatever_hangs_on_it() -> list[int]:
    tables = (ContactRequest, Notice, Receipt, SentPage)
    return [table.objects.count() for table in tables]


@pytest.mark.django_db(transaction=True)
def test_goes_the_whole_way_and_leaves_nothing(nights, staff_user, site, mail):
    assert send() == ""
    request = ContactRequest.objects.get()
    assert (request.kind, request.held_reason) == ("heartbeat", "")
    assert Event.verify(request.pk) == []
    assert Notice.objects.get().kind == "heartbeat"
    assert heartbeat.settle() == 0
    assert (state().stored_at is None, state().accepted_at) == (False, None)

    assert notices.send_due() == 1
    assert mail.all == 1
    assert heartbeat.settle() == 1
    assert timezone.now() - state().accepted_at < timedelta(minutes=1)
    assert whatever_hangs_on_it() == [0, 0, 0, 0]
    assert Event.objects.filter(kind="heartbeat").count() == 0
    assert Bucket.objects.count() == 0  # it counts for nobody's limit


@pytest.mark.django_db(transaction=True)
def test_mail_that_is_not_taken_is_no_success(nights, staff_user, site, mail, settings):
    settings.EMAIL_PORT = free_port()
    assert send() == ""
    notices.send_due()
    assert heartbeat.settle() == 0
    assert (state().accepted_at, state().trouble) == (None, "mail")
    assert send() == ""  # the next night's takes the place of the one that waits
    assert whatever_hangs_on_it()[:2] == [1, 1]


def test_a_site_that_does_not_answer_is_said(nights, monkeypatch):
    monkeypatch.setattr(heartbeat, "site_port", free_port)
    assert send() == state().trouble == "away"
    assert state().stored_at is None


@pytest.mark.django_db(transaction=True)
def test_a_site_that_takes_nothing_is_said(nights, site, settings):
    settings.INTAKE_PUBLIC_KEYS = []
    assert send() == state().trouble == "refused"


def test_a_public_side_elsewhere_is_said(nights, settings):
    settings.SURFACE = "staff"
    assert send() == state().trouble == "elsewhere"


def test_goes_to_the_account_that_sends_else_to_one_reader(nights, staff_user, settings):
    notice = Notice(kind="heartbeat")
    settings.EMAIL_CONFIGURED, settings.EMAIL_HOST_USER = True, "desk@practice.example"
    assert notices.addresses(notice) == ["desk@practice.example"]
    settings.EMAIL_HOST_USER = "account-17"
    assert notices.addresses(notice) == ["dana@practice.example"]


# When


@pytest.mark.parametrize(
    ("now", "night"),
    [("2026-12-01 02:59", "2026-11-30 03:00"), ("2026-12-01 03:00", "2026-12-01 03:00")],
)
def test_the_night_is_the_practice_s(practice, now, night):
    moment = datetime.fromisoformat(now).replace(tzinfo=TZ)
    assert heartbeat.last_night(practice, moment) == datetime.fromisoformat(night).replace(
        tzinfo=TZ
    )


def test_once_a_night_and_again_an_hour_after_it_failed(nights):
    night = timezone.now() - timedelta(hours=3)
    claim = Heartbeat.objects.claim_night
    now = timezone.now()
    assert [claim(night, now), claim(night, now)] == [True, False]
    assert claim(night, now + timedelta(minutes=59)) is False
    assert claim(night, now + timedelta(minutes=61)) is True
    Heartbeat.objects.note(stored_at=now)
    assert claim(night, now + timedelta(hours=9)) is False
    assert claim(night + timedelta(days=1), now + timedelta(days=1)) is True


def test_a_new_site_waits_for_its_first_night(practice):
    Heartbeat.objects.beat()
    assert heartbeat.send_when_due() == 0


# Who can make one


def test_token_of_a_heartbeat_is_good_for_minutes(practice, monkeypatch):
    text = form_token.write(form_token.new(heartbeat=True))
    assert form_token.read(text).heartbeat is True
    assert form_token.read(form_token.write(form_token.new())).heartbeat is False
    later = timezone.now() + timedelta(minutes=6)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert form_token.read(text) is None


@pytest.mark.parametrize("mark", [{"heartbeat": "on"}, {"kind": "heartbeat"}])
def test_a_person_s_form_never_makes_one(practice, client, mark, settings):
    settings.INTAKE_MIN_FILL_SECONDS = 0
    token = form_token.write(form_token.new())
    client.post("/contact/", {**ANSWERS, **mark, "token": token, "step": "send"})
    assert ContactRequest.objects.get().kind == "real"


# Where it is seen, and where not


@pytest.mark.django_db(transaction=True)
def test_stands_in_no_inbox(nights, site, mail, client, staff_user):
    send()
    page = sign_in(client, staff_user).get(QUEUE).content.decode()
    assert page.count('class="row-name"') == 0
    assert ContactRequest.objects.real().count() == 0
    assert ContactRequest.objects.in_inbox().count() == 0


def hours(n: int) -> datetime:
    return timezone.now() - timedelta(hours=n)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"accepted_at": 20}, ""),
        ({"accepted_at": 20, "trouble": "away"}, ""),
        (
            {"accepted_at": 50, "trouble": "mail"},
            "The last test of the site that succeeded is 2 days old. "
            "The mail server did not take a mail.",
        ),
        ({"since": 20}, ""),
        ({"since": 30}, "No test of the site has succeeded yet."),
        (
            {"since": 30, "trouble": "elsewhere"},
            "No test of the site has succeeded yet. The public site runs on another machine, so "
            "it is not tested from here.",
        ),
    ],
)
def test_staff_pages_turn_red_after_a_day(client, staff_user, nights, facts, said):
    times = {name: hours(value) for name, value in facts.items() if name != "trouble"}
    Heartbeat.objects.update(**times, trouble=facts.get("trouble", ""))
    sign_in(client, staff_user)
    for url in (QUEUE, reverse("admin:index")):
        page = client.get(url).content.decode()
        assert ("Nobody knows whether requests arrive." in page) == bool(said)
        assert said in page
    assert readiness.heartbeat() == said


def test_command_makes_the_test_now_and_says_what_failed(practice, monkeypatch):
    monkeypatch.setattr(heartbeat, "site_port", free_port)
    with pytest.raises(CommandError, match="The site did not answer"):
        call_command("heartbeat")


@pytest.mark.django_db(transaction=True)
def test_command_says_that_all_went_well(practice, staff_user, site, mail):
    out = StringIO()
    call_command("heartbeat", stdout=out)
    assert out.getvalue() == "Stored.\nAccepted by the mail server.\n"
