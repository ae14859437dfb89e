"""Mail to staff: what it says, that it is sent once or again, and over a real mail server."""

import logging
import re
import socket
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from intake import notices
from intake.models import Notice
from pages.models import Practice
from tests.intake.conftest import CANARY, reader

# In years to come: what was made by the real clock is due by then.
MONDAY = datetime(2031, 11, 24, 18, tzinfo=UTC)
NAME, PHONE = "Quizzaciously", "(503) 555-0186"


class Inbox:
    """What a mail server received; it turns away `refuse` and hangs up on `drop`, once."""

    def __init__(self):
        self.messages = []
        self.refuse = set()
        self.drop = set()

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.drop:
            self.drop.remove(address)
            server.transport.abort()
        if address in self.refuse:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.messages.append((session.peer, envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"


class MailServer:
    """A real one on loopback, that can go away and come back at the same port."""

    def __init__(self):
        self.inbox = Inbox()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.controller = None

    def start(self):
        self.controller = Controller(self.inbox, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self):
        if self.controller:
            self.controller.stop()
        self.controller = None

    def message_ids(self):
        sent = "\n".join(text for _, _, text in self.inbox.messages)
        return re.findall(r"^Message-ID: (.+?)\r?$", sent, re.MULTILINE)


@pytest.fixture
def mail_server(settings):
    server = MailServer()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_CONFIGURED = True
    settings.EMAIL_TIMEOUT = 2
    yield server
    server.stop()


@pytest.fixture
def monday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: MONDAY)


@pytest.fixture
def sent_request(practice, monday, staff_user, make_request):
    practice.neutral_sender = "Dana"
    practice.save()
    return make_request(preferred_name=NAME, phone=PHONE, contact_note="not on Mondays")


@pytest.fixture
def send_again_now(monkeypatch):
    """As if the longest wait were over."""

    def later():
        Notice.objects.unsent().update(due_at=timezone.now() - timedelta(seconds=1))

    return later


def test_mail_says_that_and_by_when_and_where(sent_request, settings):
    settings.STAFF_URL = "https://staff.practice.example"
    assert notices.send_due() == 1
    notice = Notice.objects.get()
    (sent,) = mail.outbox
    reference = f"{sent_request.reference[:4]}-{sent_request.reference[4:]}"
    assert sent.subject == f"Request {reference}: answer by Wed 5 pm"
    assert sent.body == (
        "A new request is in the inbox. Open it here: "
        f"https://staff.practice.example/staff/intake/contactrequest/{sent_request.pk}/\n"
    )
    assert sent.from_email == "Dana <notices@localhost>"
    assert sent.to == ["dana@practice.example"]
    assert sent.extra_headers == {
        "Message-ID": f"<{notice.pk}@localhost>",
        "Auto-Submitted": "auto-generated",
    }
    assert sent.message().get_content_type() == "text/plain"


def test_mail_for_what_is_held_names_nobody(practice, staff_user, make_request, settings):
    settings.STAFF_URL = "https://staff.practice.example"
    make_request("trap")
    make_request("fast")
    assert notices.send_due() == 1
    (sent,) = mail.outbox
    assert sent.subject == "Requests held for review"
    assert sent.body == (
        "Requests are held for review in the inbox. Look at them here: "
        "https://staff.practice.example/staff/intake/contactrequest/?only=held\n"
    )


def test_mail_holds_no_word_of_theirs(sent_request):
    assert sent_request.open_words(reader("ana")).preferred_name == NAME
    notices.send_due()
    text = mail.outbox[0].message().as_string()
    assert "Request " in text
    for word in (NAME, PHONE, "555-0186", "5550186", CANARY, "Mondays", "Juniper", "therap"):
        assert word not in text, word


def test_a_notice_is_sent_once(sent_request):
    assert [notices.send_due(), notices.send_due()] == [1, 0]
    assert len(mail.outbox) == 1


def test_everyone_who_may_read_gets_one(practice, staff_user, make_request):
    reader("ana")
    make_request()
    assert notices.send_due() == 2
    assert sorted(each.to[0] for each in mail.outbox) == [
        "ana@practice.example",
        "dana@practice.example",
    ]


@pytest.mark.parametrize(
    ("configured", "people", "expected"),
    [
        (False, [], ["staff@localhost"]),
        (False, ["ana", "dana"], ["ana@practice.example", "dana@practice.example"]),
        (True, ["ana"], ["ana@practice.example"]),
    ],
)
def test_desk_notice_goes_to_whoever_may_read(practice, settings, configured, people, expected):
    settings.EMAIL_CONFIGURED = configured
    for name in people:
        reader(name)
    assert sorted(notices.addresses(Notice(to_user=None))) == expected


def test_a_site_without_readers_writes_its_notice_to_a_file(
    practice, make_request, settings, tmp_path
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    request = make_request()
    assert notices.send_due() == 1
    (text,) = [path.read_text() for path in tmp_path.iterdir()]
    assert "To: staff@localhost" in text
    assert f"Subject: Request {request.blocks.replace(' ', '-')}: answer by " in text


def test_a_desk_notice_goes_out_once_somebody_has_an_address(
    practice, make_request, mail_server, send_again_now
):
    make_request()
    assert notices.send_due() == 0
    assert Notice.objects.unsent().get().error_class == "NoAddress"
    reader("ana")
    send_again_now()
    assert notices.send_due() == 1
    assert [to for _, to, _ in mail_server.inbox.messages] == [["ana@practice.example"]]


def test_desk_notice_waits_while_nobody_has_an_address(practice, settings):
    settings.EMAIL_CONFIGURED = True
    with pytest.raises(notices.NoAddress):
        notices.addresses(Notice(to_user=None))


def test_a_mail_server_receives_it(sent_request, mail_server):
    assert notices.send_due() == 1
    ((_, to, text),) = mail_server.inbox.messages
    assert to == ["dana@practice.example"]
    assert "answer by Wed 5 pm" in text
    assert mail_server.message_ids() == [Notice.objects.get().message_id]


def test_one_connection_for_a_batch(practice, staff_user, make_request, mail_server):
    for _ in range(3):
        make_request()
    assert notices.send_due() == 3
    assert len({peer for peer, _, _ in mail_server.inbox.messages}) == 1


def test_one_refused_address_stops_nobody_else(practice, staff_user, make_request, mail_server):
    reader("ana")
    make_request()
    mail_server.inbox.refuse = {"dana@practice.example"}
    assert notices.send_due() == 1
    assert [to for _, to, _ in mail_server.inbox.messages] == [["ana@practice.example"]]
    failed = Notice.objects.unsent().get()
    assert (failed.to_user, failed.error_class) == (staff_user, "SMTPRecipientsRefused")


def test_a_server_that_hangs_up_is_called_again(practice, staff_user, make_request, mail_server):
    for _ in range(3):
        make_request()
    mail_server.inbox.drop = {"dana@practice.example"}
    assert notices.send_due() == 2
    assert Notice.objects.unsent().get().error_class == "SMTPServerDisconnected"


def test_server_away_then_back_sends_the_same_mail(
    sent_request, mail_server, send_again_now, caplog
):
    mail_server.stop()
    with caplog.at_level(logging.WARNING):
        assert notices.send_due() == 0
    waiting = Notice.objects.unsent().get()
    assert (waiting.error_class, waiting.attempts) == ("ConnectionRefusedError", 1)
    assert waiting.due_at == MONDAY + Notice.FIRST_WAIT
    (line,) = [each for each in caplog.records if each.name == "intake.notices"]
    assert line.facts["error"] == "ConnectionRefusedError"
    mail_server.start()
    assert notices.send_due() == 0  # not yet
    send_again_now()
    assert notices.send_due() == 1
    assert mail_server.message_ids() == [waiting.message_id]


def test_killed_between_sending_and_marking_is_sent_again(sent_request, mail_server, monkeypatch):
    """The mail went out, the mark did not: the same mail goes out after the lease."""
    Notice.objects.spread()
    (taken,) = Notice.objects.claim(notices.BATCH, notices.LEASE_SECONDS)
    with mail.get_connection() as server:
        server.send_messages([notices.message(taken, Practice.current())])
    assert notices.send_due() == 0  # another has it in hand
    after = MONDAY + timedelta(seconds=notices.LEASE_SECONDS + 1)
    monkeypatch.setattr(timezone, "now", lambda: after)
    assert notices.send_due() == 1
    first, second = mail_server.message_ids()
    assert first == second == taken.message_id


def test_what_went_while_the_database_died_is_marked_later_and_not_sent_again(
    sent_request, mail_server, monkeypatch
):
    with connection.execute_wrapper(refuse_marks), pytest.raises(OperationalError):
        notices.send_due()
    transaction.set_rollback(False)  # the test's own, which nothing reached
    assert Notice.objects.unsent().count() == 1
    after = MONDAY + timedelta(seconds=notices.LEASE_SECONDS + 1)
    monkeypatch.setattr(timezone, "now", lambda: after)
    assert [notices.send_due(), notices.send_due()] == [1, 0]
    assert mail_server.message_ids() == [Notice.objects.get().message_id]
    assert Notice.objects.unsent().count() == 0


def refuse_marks(execute, sql, *rest):
    if sql.startswith('UPDATE "intake_notice"') and '"sent_at" = ' in sql.split(" WHERE ")[0]:
        raise OperationalError("the server is gone")
    return execute(sql, *rest)


def test_account_of_the_mail_server_is_the_sender(settings):
    settings.EMAIL_HOST_USER = "front@mail.example"
    assert notices.sender_address() == "front@mail.example"
