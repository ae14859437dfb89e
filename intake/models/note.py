import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from intake.encryption import RowKey
from intake.fields import Sealed, SealedRow, SealedTextField
from intake.models.event import digest


class Note(SealedRow):
    """What staff write down about a request. Sealed with the words, purged with them."""

    class Kind(models.TextChoices):
        NOTE = "note", "Note"
        HOLD = "hold", "Why it is held"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(
        "intake.ContactRequest", models.PROTECT, related_name="notes", editable=False
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    at = models.DateTimeField(default=timezone.now, editable=False)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.NOTE, editable=False)
    text = SealedTextField(key="words")

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"Note on {self.request}"

    def row_key(self, purpose: str) -> RowKey:
        return self.request.row_key(purpose)

    def digest(self) -> str:
        """Of the text as stored: what the history keeps of a note."""
        value = self.ciphertext("text")
        return digest(value.content).hex() if isinstance(value, Sealed) else ""
