"""What was typed when a sign-in ended: sealed in the new session, given back after sign-in.

Only to whoever was signed in before. Someone else who signs in there ends it.
"""

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from intake.encryption import RowKey, SealBroken, WrongKey, keyring

KEPT = "kept"
NEVER = ("csrfmiddlewaretoken",)
PLACE = ("session", "kept")


@dataclass(frozen=True)
class Kept:
    """A form as it was sent, and the page it was typed on."""

    path: str
    page: str
    fields: list[tuple[str, str]]

    @property
    def words(self) -> list[tuple[str, str]]:
        """What a person typed, as far as it can be told from what a page put there."""
        return [
            (name.replace("_", " ").replace("-", " ").capitalize(), text)
            for name, text in self.fields
            if len(text.split()) > 1
        ]


def keep(request: HttpRequest, user: int) -> None:
    fields = [(name, text) for name in request.POST for text in request.POST.getlist(name)]
    fields = [(name, text) for name, text in fields if name not in NEVER]
    if not fields or any("password" in name for name, _ in fields):
        return
    content = {"path": request.get_full_path(), "page": page_of(request), "fields": fields}
    request.session[KEPT] = {"user": user, **sealed(json.dumps(content))}


def found(request: HttpRequest) -> Kept | None:
    """What is kept for whoever is signed in now."""
    stored = request.session.get(KEPT)
    if not stored or str(stored["user"]) != request.session.get(SESSION_KEY):
        return None
    try:
        content = json.loads(opened(stored))
    except (WrongKey, SealBroken):
        return None
    fields = [(name, text) for name, text in content["fields"]]
    return Kept(content["path"], content["page"], fields)


def drop(request: HttpRequest) -> None:
    request.session.pop(KEPT, None)


def page_of(request: HttpRequest) -> str:
    """The page that the form stood on, else the first of the staff site."""
    page = request.headers.get("Referer", "")
    host = {request.get_host()}
    if url_has_allowed_host_and_scheme(page, host, require_https=request.is_secure()):
        return page
    return reverse("admin:index")


def sealed(text: str) -> dict[str, str]:
    """Under a key of its own, that only the practice's private key opens."""
    key, row, ring = RowKey.new(), str(uuid4()), keyring()
    words = key.seal(text, *PLACE, row)
    return {
        "row": row,
        "key_id": ring.primary,
        "key": b64encode(ring.seal_row_key(key, PLACE[0], row, PLACE[1])).decode(),
        "words": b64encode(words).decode(),
    }


def opened(stored: dict[str, Any]) -> str:
    key = keyring().open_row_key(
        stored["key_id"], b64decode(stored["key"]), PLACE[0], stored["row"], PLACE[1]
    )
    return key.open(b64decode(stored["words"]), *PLACE, stored["row"])
