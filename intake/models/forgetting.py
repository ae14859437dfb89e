"""What of a request goes with its words, and what with the identity. Inside `recorded` only."""

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from intake.models.erasure import Erasure
from intake.models.notice import Notice
from intake.models.receipt import Receipt
from intake.models.sent_page import SentPage

if TYPE_CHECKING:
    from intake.models.contact_request import ContactRequest

WORDS = ("message", "needs")
IDENTITY = ("preferred_name", "phone", "email", "contact_note", "insurer")


def forget_words(request: "ContactRequest", gone_by: str) -> None:
    """What the person wrote, and what staff wrote about it and to them."""
    _forget_words(request, gone_by)
    Erasure.objects.note(request.pk, Erasure.Stage.WORDS)


def forget_all(request: "ContactRequest", gone_by: str) -> None:
    """Leaves choices and moments, and `send_key_hash`: an old tab sends nothing anew."""
    if request.words_purged_at is None:
        _forget_words(request, gone_by)
    for name in IDENTITY:
        setattr(request, name, None)
    request.identity_key = request.sealed_identity_key = None
    request.phone_index = request.email_index = None
    request.identity_purged_at, request.identity_purge_on = timezone.now(), None
    request.gone_by = gone_by
    request.hold_kind, request.hold_by, request.hold_until = "", None, None
    request.__dict__.pop("_row_keys", None)
    Receipt.objects.filter(request=request).delete()
    mail_to_them(request).delete()
    Erasure.objects.note(request.pk, Erasure.Stage.IDENTITY)


def mail_to_them(request: "ContactRequest") -> Any:
    """What has not gone out yet."""
    return request.notices.unsent().filter(to_person=True)


def _forget_words(request: "ContactRequest", gone_by: str) -> None:
    for name in WORDS:
        setattr(request, name, None)
    request.words_key = request.sealed_words_key = request.answers_mac = None
    request.words_purged_at, request.words_purge_on = timezone.now(), None
    request.gone_by = gone_by
    request.__dict__.pop("_row_keys", None)
    request.notes.update(text=None)
    request.messages.update(for_staff=None, for_person=None)
    SentPage.objects.filter(request=request).delete()
    mail_to_them(request).filter(kind=Notice.Kind.WRITTEN).delete()
