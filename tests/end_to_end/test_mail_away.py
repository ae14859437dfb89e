"""Mail that cannot be sent waits. It comes later, once for a mail program, and says nothing."""

import email
import re
import socket

import pytest
from aiosmtpd.controller import Controller

from tests.site import eventually, free_port
from tests.visitor import Visitor

pytestmark = pytest.mark.own_database

WORDS = {
    "preferred_name": "Quizzaciously",
    "message": "Absquatulate thrice",
    "contact_note": "Ultracrepidarian",
    "phone": "(503) 555-0186",
}
MAKE_READER = (
    "from django.contrib.auth.models import User;"
    "User.objects.filter(username='owner').update(email='dana@practice.example')"
)
NOTICE = (
    "from intake.models import Notice;"
    "n = Notice.objects.get();"
    "print(n.pk, n.request.pk, n.request.reference, n.attempts, n.error_class or '-',"
    " 'sent' if n.sent_at else 'waits', 'leased' if n.lease else 'free')"
)
AS_IF_LATER = (
    "from django.utils import timezone; from intake.models import Notice;"
    "print(Notice.objects.unsent().update(due_at=timezone.now()))"
)


class Inbox:
    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  # aiosmtpd's name
        self.mails.append((envelope, email.message_from_bytes(envelope.content)))
        return "250 OK"


@pytest.fixture
def mail_port():
    return free_port()


@pytest.fixture
def inbox(mail_port):
    """Mail that arrives, once `inbox.open()` was called."""
    inbox = Inbox()
    server = Controller(inbox, hostname="127.0.0.1", port=mail_port)
    inbox.open = server.start
    yield inbox
    if server.server:
        server.stop()


@pytest.fixture
def site(make_site, mail_port):
    site = make_site(EMAIL_URL=f"smtp://127.0.0.1:{mail_port}", STAFF_URL="http://staff.example")
    ask(site, MAKE_READER)
    return site.start()


def ask(site, program: str) -> str:
    return site.manage("shell", "-v", "0", "-c", program).stdout.strip()


def state(site) -> list[str]:
    """Number of tries, error class, whether it went, whether someone has it in hand."""
    return ask(site, NOTICE).split()[3:]


def test_mail_server_away_delays_the_notice_alone(site, inbox):
    sent = Visitor(site.url).send(**WORDS)
    assert (sent.status, len(sent.code)) == (200, 24)
    assert eventually(lambda: state(site) == ["1", "ConnectionRefusedError", "waits", "free"])
    notice, request, reference, *_ = ask(site, NOTICE).split()

    inbox.open()
    assert ask(site, AS_IF_LATER) == "1"
    assert eventually(lambda: inbox.mails)
    assert eventually(lambda: state(site) == ["2", "-", "sent", "free"])
    ((envelope, mail),) = inbox.mails
    assert (envelope.rcpt_tos, envelope.mail_from) == (
        ["dana@practice.example"],
        "notices@localhost",
    )
    assert mail["Message-ID"] == f"<{notice}@localhost>"
    by = r"(\w{3}|\w{3} \d+,) (noon|midnight|\d+(:\d\d)? [ap]m)"
    subject = rf"Request {reference[:4]}-{reference[4:]}: answer by {by}"
    assert re.fullmatch(subject, mail["Subject"])
    assert mail.get_payload().replace("\r\n", "\n") == (
        "A new request is in the inbox. Open it here: "
        f"http://staff.example/staff/intake/contactrequest/{request}/\n"
    )
    raw = envelope.content.decode()
    assert [
        word for word in [*WORDS.values(), sent.code, "555-0186", "5550186"] if word in raw
    ] == []


def test_every_header_of_the_notice(site, inbox):
    inbox.open()
    Visitor(site.url).send(**WORDS)
    assert eventually(lambda: inbox.mails)
    ((_, mail),) = inbox.mails
    assert sorted(mail.keys()) == [
        "Auto-Submitted",
        "Content-Transfer-Encoding",
        "Content-Type",
        "Date",
        "From",
        "MIME-Version",
        "Message-ID",
        "Subject",
        "To",
    ]


def test_silent_mail_server_holds_up_nobody(site, mail_port):
    """One that takes the connection and says nothing."""
    with socket.create_server(("127.0.0.1", mail_port)):
        assert Visitor(site.url).send(**WORDS).status == 200
        assert eventually(lambda: state(site)[-1] == "leased")
        assert Visitor(site.url).get("/healthz").status == 200
        assert site.stop() == 0
