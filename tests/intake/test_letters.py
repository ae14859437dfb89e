"""Mail to the person: only where they asked for it and nobody else reads it, and what it says."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from intake import due, letters, notices
from intake.models import ContactRequest, Notice
from pages.models import CrisisLine
from tests.intake.conftest import CANARY
from tests.intake.test_notices import mail_server  # noqa: F401  # a fixture

MONDAY = datetime(2031, 11, 24, 18, tzinfo=UTC)
MAILED = {
    "contact_method": "email",
    "email": "robin@example.org",
    "contact_private": "no",
    "mail_wanted": True,
}
NEVER = ("Robin", CANARY, "Juniper", "therap", "counsel", "request-id", "<img", "<html")


@pytest.fixture
def monday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: MONDAY)


@pytest.fixture
def mailed(practice, monday, make_request):
    practice.neutral_sender = "Dana"
    practice.save()
    return make_request(**MAILED)


def to_person():
    return [each for each in mail.outbox if each.to == ["robin@example.org"]]


def sent_to_person(kind, request):
    mail.outbox.clear()
    Notice.objects.all().delete()
    Notice.objects.tell_person(request, kind)
    notices.send_due()
    return to_person()


@pytest.mark.parametrize(
    ("method", "private", "wanted"),
    list(
        itertools.product(
            ["call", "text", "email", "own"], ["", "no", "yes", "unsure"], [False, True]
        )
    ),
)
@pytest.mark.parametrize("end", ["", "no_reply", "withdrew", "erased", "changed_mind", "spam"])
def test_mail_only_to_a_private_inbox_whose_owner_asked(
    practice, staff_user, make_request, method, private, wanted, end
):
    """Over every way, every answer, asked or not, and every end: a blank and a "not sure" too."""
    request = make_request(
        contact_method=method, contact_private=private, mail_wanted=wanted, email="a@example.org"
    )
    if end:
        request.close(staff_user, end)
    safe = (method, private, wanted) == ("email", "no", True)
    told = Notice.objects.tell_person(request, Notice.Kind.WRITTEN)
    notices.send_due()
    got = sorted(each.subject for each in mail.outbox if each.to == ["a@example.org"])
    if end in ("", "no_reply"):
        both = ["A message for you", "We got your message"] if not end else ["A message for you"]
        assert (told, got) == ((True, both) if safe else (False, []))
    else:
        assert (told, got) == (False, [])


def test_confirmation_says_that_and_by_when_and_nothing_else(mailed, practice):
    CrisisLine.objects.create(
        region=practice.region, group="talk", name="988", call="988", text_number="988"
    )
    notices.send_due()
    (letter,) = to_person()
    notice = Notice.objects.get(to_person=True)
    assert (letter.subject, letter.from_email) == (
        "We got your message",
        "Dana <notices@localhost>",
    )
    assert letter.body == (
        "Hello. We got your message and will reply by Wednesday, November 26, 5 pm. If we have "
        "not, call (503) 555-0142. We will mail you again only when something waits for you. "
        "If you need someone to talk to before then, call or text 988, day or night.\n"
    )
    assert letter.extra_headers == {
        "Message-ID": notice.message_id,
        "Auto-Submitted": "auto-generated",
    }
    assert letter.message().get_content_type() == "text/plain"


@pytest.mark.parametrize(
    ("kind", "subject", "body"),
    [
        (
            "written",
            "A message for you",
            "Hello. A message is waiting for you. To read it, use your code at "
            "http://localhost:8000/request/, or call (503) 555-0142. No answer needed today.\n",
        ),
    ],
)
def test_every_other_mail_to_them(mailed, settings, kind, subject, body):
    settings.SITE_URL = "http://localhost:8000"
    ((letter),) = sent_to_person(kind, mailed)
    assert (letter.subject, letter.body) == (subject, body)


def test_check_in_and_its_end(mailed, staff_user, settings, monkeypatch):
    settings.SITE_URL = "http://localhost:8000"
    mailed.set_status(staff_user, "waiting", MONDAY)
    Notice.objects.all().delete()
    due.ask_check_ins()
    notices.send_due()
    for weeks in (2, 4):
        now = MONDAY + timedelta(weeks=weeks)
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        due.miss_check_ins()
        notices.send_due()
    assert [each.subject for each in to_person()] == ["Checking in"] * 3
    asked, again, ended = (each.body for each in to_person())
    assert (
        asked
        == again
        == (
            "Hello. Checking in, as we said we would. To answer, use your code at "
            "http://localhost:8000/request/, or call (503) 555-0142. No answer needed today.\n"
        )
    )
    assert ended == (
        "Hello. We have not heard from you, so we have given your place to the next person on "
        "Monday, December 22. Write any time and we will find you a new one.\n"
    )


def test_no_mail_to_them_says_what_it_is_about(mailed, practice):
    assert mailed.preferred_name == "Robin"
    for kind in ("confirm", "check_in", "written", "ended"):
        mailed.closed_at = MONDAY
        subject, body = letters.LETTERS[Notice.Kind(kind)](mailed, practice)
        text = f"{subject} {body} {practice.neutral_sender}"
        assert [word for word in (*NEVER, mailed.reference, mailed.blocks) if word in text] == []


def test_real_server_gets_one_mail_with_one_id(mailed, mail_server):  # noqa: F811
    notices.send_due()
    notices.send_due()
    found = [each for each in mail_server.inbox.messages if each[1] == ["robin@example.org"]]
    assert len(found) == 1
    assert Notice.objects.get(to_person=True).message_id in found[0][2]


@pytest.mark.parametrize(
    "narrowed",
    [
        {"contact_method": "own"},
        {"contact_private": "yes"},
        {"mail_wanted": False},
    ],
)
def test_what_they_took_back_meanwhile_is_never_sent(mailed, narrowed):
    assert Notice.objects.filter(to_person=True).count() == 1
    ContactRequest.objects.update(**narrowed)
    notices.send_due()
    assert (to_person(), Notice.objects.filter(to_person=True).count()) == ([], 0)


def test_taken_back_after_the_batch_was_claimed_is_never_sent(mailed, practice):
    (claimed,) = [each for each in Notice.objects.claim(9, 60) if each.to_person]
    ContactRequest.objects.update(mail_wanted=False)
    assert notices.still_wanted(claimed) is False


def test_confirmation_that_is_late_itself_is_not_sent(mailed, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: mailed.promised_at)
    notices.send_due()
    assert to_person() == []


def test_an_answered_check_in_is_not_mailed(mailed, staff_user):
    mailed.set_status(staff_user, "waiting", MONDAY)
    Notice.objects.all().delete()
    due.ask_check_ins()
    mailed.answer_check_in("keep")
    notices.send_due()
    assert to_person() == []


def test_held_for_review_is_mailed_once_it_is_released(practice, monday, staff_user, make_request):
    """A flood of forged addresses gets no mail from us."""
    request = make_request("fast", **MAILED)
    assert Notice.objects.filter(to_person=True).count() == 0
    request.release(staff_user)
    assert Notice.objects.get(to_person=True).kind == "confirm"


def test_the_public_surface_announces_without_opening_the_address(practice, make_request, settings):
    settings.INTAKE_PRIVATE_KEYS = []
    make_request(**MAILED)
    assert Notice.objects.filter(to_person=True).count() == 1


def test_staff_hear_late_and_theirs_with_reference_and_link_only(mailed, staff_user, settings):
    settings.STAFF_URL = "https://staff.example"
    link = f"https://staff.example/staff/intake/contactrequest/{mailed.pk}/"
    reference = f"{mailed.reference[:4]}-{mailed.reference[4:]}"
    assert letters.late(mailed, None) == (
        f"Request {reference}: we are late",
        "The time by which this person was to hear from us has passed, and they can see that. "
        f"Open the request here: {link}\n",
    )
    assert letters.theirs(mailed, None) == (
        f"Request {reference}: changed by the person",
        "The person has changed something about this request. Look at it before you contact "
        f"them: {link}\n",
    )
