"""Mail goes out: to staff, and to a person where they asked for it and nobody else reads it.

At least once: a notice is claimed with a lease, sent, and marked. Whoever dies between sending and
marking lets it go out again, with the same Message-ID, so that a mail program shows it once. Where
only the database died, it is marked when that is back.
"""

import logging
from email.utils import formataddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from intake.letters import letter
from intake.models import Notice
from intake.models.readers import readers
from pages.models import Practice

log = logging.getLogger(__name__)

BATCH = 20
# Longer than a batch can take at its slowest (EMAIL_TIMEOUT each); until then nobody else has it.
LEASE_SECONDS = 300
# Nobody signs in with it: where mail is written to files, this is who would have got it.
FILE_ADDRESS = "staff@localhost"
# Went out and could not be marked yet.
_went: list[Notice] = []


class NoAddress(Exception):  # noqa: N818  # a sentence, not a kind of error
    """No member of staff has a mail address. Give one to an account that may read requests."""


def send_due() -> int:
    """Sends one batch; how many went out. One that fails waits and stops nobody else."""
    marked = mark_what_went()  # before any of it can be claimed and sent again
    Notice.objects.spread()
    notices = Notice.objects.claim(BATCH, LEASE_SECONDS)
    if not notices:
        return marked
    practice, server = Practice.current(), get_connection()
    try:
        return marked + sum(deliver(notice, practice, server) for notice in notices)
    finally:
        hang_up(server)


def deliver(notice: Notice, practice: Practice, server: BaseEmailBackend) -> bool:
    """Over the connection of the batch; after a failure the next mail makes a new one."""
    if notice.to_person and not still_wanted(notice):
        return False
    try:
        mail = message(notice, practice)
        server.open()
        server.send_messages([mail])
    except Exception as error:  # whatever a mail server does, the others still go out
        hang_up(server)
        Notice.objects.mark_failed(notice, error)
        log.warning("A notice was not sent", extra={"facts": failure(notice, error)})
        return False
    _went.append(notice)
    return bool(mark_what_went())


def mark_what_went() -> int:
    """How many. What the database does not take now stays in memory and is not sent anew."""
    count = 0
    while _went:
        count += Notice.objects.mark_sent(_went[0])
        del _went[0]
    return count


def still_wanted(notice: Notice) -> bool:
    """Read anew, since they may have taken it back while the mails before this one went out. What
    is wanted no more never goes."""
    found = Notice.objects.unsent().select_related("request").filter(pk=notice.pk).first()
    if found is None or found.is_needless:
        Notice.objects.unsent().filter(pk=notice.pk).delete()
        return False
    notice.request = found.request
    return True


def hang_up(server: BaseEmailBackend) -> None:
    try:
        server.close()
    except OSError:
        log.info("The mail server had gone before the connection was closed")


def failure(notice: Notice, error: Exception) -> dict[str, object]:
    return {"notice": str(notice.pk), "error": type(error).__name__, "attempts": notice.attempts}


def message(notice: Notice, practice: Practice) -> EmailMessage:
    """Plain text. Raises NoAddress where nobody can get it."""
    subject, body = letter(notice, practice)
    return EmailMessage(
        subject,
        body,
        from_email=formataddr((practice.neutral_sender, sender_address())),
        to=addresses(notice),
        headers={"Message-ID": notice.message_id, "Auto-Submitted": "auto-generated"},
    )


def addresses(notice: Notice) -> list[str]:
    """Whom it is for; one for the front desk goes to all who may read requests.

    A person's address is opened here and nowhere before.
    """
    if notice.to_person and notice.request:
        return [notice.request.email]
    if notice.kind == Notice.Kind.HEARTBEAT and "@" in settings.EMAIL_HOST_USER:
        return [settings.EMAIL_HOST_USER]  # to itself: nobody need open it
    found = [notice.to_user.email] if notice.to_user else [user.email for user in readers()]
    found = [address for address in found if address]
    if notice.kind == Notice.Kind.HEARTBEAT:
        found = found[:1]
    if not found and not settings.EMAIL_CONFIGURED:
        return [FILE_ADDRESS]
    if not found:
        raise NoAddress
    return found


def sender_address() -> str:
    """The account that the mail server knows, else one at the site's own name."""
    account = getattr(settings, "EMAIL_HOST_USER", "")
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return account if "@" in account else f"notices@{host}"
