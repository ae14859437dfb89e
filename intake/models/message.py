import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from intake.encryption import RowKey
from intake.fields import BytesField, SealedRow, SealedTextField


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

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"Message about {self.request}"

    def row_key(self, purpose: str) -> RowKey:
        return self.request.row_key(purpose)
