"""What the form carries instead of a cookie: a signed send key and when the form was made.

The key makes sending idempotent and opens the sent page; the editions are the statements the
person could read. Signed, not secret: it is the person's own page that holds it.
"""

import base64
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core import signing
from django.utils import timezone

from intake.models import FormToken
from pages.models import Edition

SALT = "intake.form_token"
KEY_BYTES = 32
HEARTBEAT = "heartbeat"
HEARTBEAT_LASTS = timedelta(minutes=5)


def new(heartbeat: bool = False) -> FormToken:
    return FormToken(
        send_key=secrets.token_bytes(KEY_BYTES),
        made_at=timezone.now(),
        privacy_edition_id=_edition("privacy"),
        help_edition_id=_edition("help-now"),
        heartbeat=heartbeat,
    )


def write(token: FormToken) -> str:
    facts = [
        base64.b64encode(token.send_key).decode(),
        int(token.made_at.timestamp()),
        token.privacy_edition_id,
        token.help_edition_id,
        *([HEARTBEAT] if token.heartbeat else []),
    ]
    return signing.dumps(facts, salt=SALT)


def read(text: str) -> FormToken | None:
    """None unless it was written here. Its age is judged elsewhere: no request is lost by age.

    One of a heartbeat is none after minutes: nobody is to keep it and pass by the limits later.
    """
    try:
        token = _token(*signing.loads(text, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    is_over = token.heartbeat and timezone.now() - token.made_at > HEARTBEAT_LASTS
    return None if is_over else token


def _token(send_key: str, made_at: int, privacy: Any, help_now: Any, mark: str = "") -> FormToken:
    return FormToken(
        send_key=base64.b64decode(send_key),
        made_at=datetime.fromtimestamp(made_at, UTC),
        privacy_edition_id=privacy,
        help_edition_id=help_now,
        heartbeat=mark == HEARTBEAT,
    )


def _edition(slug: str) -> Any:
    edition = Edition.objects.public_for(slug)
    return edition.pk if edition else None
