import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from intake import encryption
from intake.encryption import RowKey
from intake.fields import BytesField, Sealed, SealedRow, SealedTextField
from intake.models.event import digest, plain
from intake.models.notice import Notice
from intake.receipts import parse_code


class MessageQuerySet(models.QuerySet["Message"]):
    def for_person(self) -> Self:
        """Those with a copy for the person that nobody took back."""
        return self.filter(withdrawn_at=None).exclude(for_person=None)

    def shown(self) -> list["Message"]:
        """The same, from now on read: what was shown is not taken back any more."""
        self.for_person().filter(read_at=None).update(read_at=timezone.now())
        return list(self.for_person().defer("for_staff"))


class Message(SealedRow):
    """What staff write to a person, sealed twice: for staff, and for whoever holds the receipt."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(
        "intake.ContactRequest", models.PROTECT, related_name="messages", editable=False
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    at = models.DateTimeField(default=timezone.now, editable=False)
    for_staff = SealedTextField(key="words")
    for_person = BytesField(null=True, editable=False)
    # When My request first showed it, and when staff took it back before that.
    read_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"Message about {self.request}"

    def row_key(self, purpose: str) -> RowKey:
        return self.request.row_key(purpose)

    def seal_for_person(self, reply_public: bytes, text: str) -> None:
        self.for_person = encryption.seal_for_receipt(reply_public, text.encode(), *self._place())

    def opened_with(self, code: str) -> str:
        """The words, for whoever holds the receipt. '' where there is no copy for the person.

        Raises SealBroken for any other code.
        """
        if self.for_person is None:
            return ""
        plain = str(parse_code(code) or code)
        return encryption.open_with_receipt(plain, self.for_person, *self._place()).decode()

    def take_back(self) -> str:
        """'withdrawn' where nobody knows of it yet; else why it stands: 'read' or 'mailed'."""
        notices = Notice.objects.of_message(self)
        if notices.on_their_way(timezone.now()).exists():
            return "mailed"
        unread = Message.objects.filter(pk=self.pk, read_at=None)
        if not unread.update(withdrawn_at=timezone.now()):
            return "read"
        notices.delete()
        return "withdrawn"

    def digest(self) -> str:
        """Of both copies as stored, by whom and when: what the history keeps of a message."""
        value = self.ciphertext("for_staff")
        if not isinstance(value, Sealed):
            return ""
        whole = [value.content, self.for_person, self.by_id, self.at]
        return digest(encryption.canonical([plain(each) for each in whole])).hex()

    def _place(self) -> tuple[str, str, str]:
        return self._meta.db_table, str(self.pk), "for_person"
