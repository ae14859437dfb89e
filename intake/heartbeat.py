"""Each night a request of our own goes the way that people's go: form, database, outbox, mail.

Its token carries a mark that only who knows the site's secret can make, and is good for minutes.
Such a request stands in no inbox and no report, and is removed once the mail server took its mail.
"""

import http.client
import logging
from datetime import datetime, time, timedelta
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from intake import form_token
from intake.encryption import send_key_hash
from intake.models import ContactRequest, FormToken, Heartbeat, Notice
from intake.models.choices import Kind
from pages.models import Practice

log = logging.getLogger(__name__)

Trouble = Heartbeat.Trouble

# The hour of the practice's night at which it is made.
AT_NIGHT = time(3)
ANSWERS_WITHIN = 10
LOOPBACK = "127.0.0.1"
FORM = "application/x-www-form-urlencoded"
ANSWERS = {"preferred_name": "Heartbeat", "seeking_for": "me", "adult": "yes", "location": "here"}


class NotTaken(Exception):  # noqa: N818  # a sentence, not a kind of error
    """The site answered, and stored nothing."""


def send_when_due() -> int:
    """For the worker: 1 where tonight's test was made now, whatever it found."""
    now, practice = timezone.now(), Practice.current()
    if not Heartbeat.objects.claim_night(last_night(practice, now), now):
        return 0
    send(practice, now)
    return 1


def last_night(practice: Practice, now: datetime) -> datetime:
    tonight = datetime.combine(practice.today(now), AT_NIGHT, tzinfo=practice.tz)
    return tonight if tonight <= now else tonight - timedelta(days=1)


def send(practice: Practice, now: datetime) -> str:
    """Sends one and writes down how it went. What is wrong, or ''."""
    ContactRequest.objects.remove(Kind.HEARTBEAT)
    trouble = _send(practice)
    stored = {} if trouble else {"stored_at": now}
    Heartbeat.objects.note(trouble=trouble, tried_at=now, **stored)
    if trouble:
        log.warning("The nightly test failed", extra={"facts": {"trouble": str(trouble)}})
    return trouble


def settle() -> int:
    """Once the mail server took its mail, it has done its work: 1 where that was so."""
    notice = Notice.objects.filter(kind=Notice.Kind.HEARTBEAT).order_by("-made_at").first()
    if notice is None:
        return 0
    if notice.sent_at is None:
        if notice.error_class:
            Heartbeat.objects.note(trouble=Trouble.MAIL)
        return 0
    Heartbeat.objects.note(accepted_at=notice.sent_at, trouble="")
    ContactRequest.objects.remove(Kind.HEARTBEAT)
    return 1


def site_port() -> int | None:
    """Where the public site listens on this machine; None where it does not."""
    return settings.ENVIRONMENT.port if settings.SURFACE == "all" else None


def _send(practice: Practice) -> str:
    port = site_port()
    if port is None:
        return Trouble.ELSEWHERE
    token = form_token.new(heartbeat=True)
    try:
        _post(port, practice, token)
    except (OSError, http.client.HTTPException) as error:
        log.warning("The site did not answer its own worker", exc_info=error)
        return Trouble.AWAY
    except NotTaken as error:
        log.warning("The site did not take its own request", exc_info=error)
        return Trouble.REFUSED
    return ""


def _post(port: int, practice: Practice, token: FormToken) -> None:
    """As a browser does, and on to the page that follows. Raises NotTaken."""
    typed = {**ANSWERS, **_contact(practice), "token": form_token.write(token), "step": "send"}
    sent = _ask(port, "POST", reverse("intake:contact"), urlencode(typed))
    page = _ask(port, "GET", urlsplit(sent.getheader("Location", "/")).path)
    hashed = send_key_hash(token.send_key)
    stored = ContactRequest.objects.filter(kind=Kind.HEARTBEAT, send_key_hash=hashed).exists()
    if (sent.status, page.status, stored) != (HTTPStatus.SEE_OTHER, HTTPStatus.OK, True):
        raise NotTaken(f"Answers {sent.status} and {page.status}, stored: {stored}.")


def _contact(practice: Practice) -> dict[str, str]:
    """By a way that the form offers: it takes no other."""
    method = next((each for each in ("own", "call", "text") if each in practice.channels), "email")
    reach = {"call": {"phone": practice.phone}, "text": {"phone": practice.phone}}
    address = {"email": "heartbeat@example.com"} if method == "email" else {}
    return {"contact_method": method, **reach.get(method, address)}


def _ask(port: int, method: str, path: str, body: str = "") -> http.client.HTTPResponse:
    """From this machine to itself, in the name of the site."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=ANSWERS_WITHIN)
    try:
        connection.request(method, path, body or None, _headers())
        response = connection.getresponse()
        response.read()
        return response
    finally:
        connection.close()


def _headers() -> dict[str, str]:
    """As the proxy in front would pass it on, so that it is not sent round to https."""
    site, hops = urlsplit(settings.SITE_URL), settings.TRUSTED_PROXIES
    passed_on = {
        "X-Forwarded-Proto": site.scheme,
        "X-Forwarded-For": ", ".join([LOOPBACK] * hops),
    }
    return {"Host": site.netloc, "Content-Type": FORM, **(passed_on if hops else {})}
