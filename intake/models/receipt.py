from typing import TYPE_CHECKING

from django.db import models

from intake import encryption
from intake.fields import BytesField
from intake.receipts import Code, parse_code

if TYPE_CHECKING:
    from intake.models.contact_request import ContactRequest


class ReceiptManager(models.Manager["Receipt"]):
    def issue(self, request: "ContactRequest", code: Code) -> "Receipt":
        """Keeps what recognizes the code and what seals to its holder, never the code."""
        return self.create(
            request=request,
            secret_hash=encryption.receipt_hash(str(code)),
            reply_public=encryption.reply_public(str(code)),
        )

    def of(self, text: str) -> "Receipt | None":
        """The receipt for a code as a person types it. A wrong one does the same work."""
        code = str(parse_code(text) or text)
        hashed = encryption.receipt_hash(code)
        return self.select_related("request").filter(secret_hash=hashed).first()


class Receipt(models.Model):
    """With the code behind it a person comes back to their request."""

    request = models.OneToOneField(
        "intake.ContactRequest",
        models.PROTECT,
        primary_key=True,
        related_name="receipt",
        editable=False,
    )
    secret_hash = BytesField(unique=True)
    reply_public = BytesField()
    last_used_on = models.DateField(null=True, editable=False)

    objects = ReceiptManager()

    def __str__(self) -> str:
        return f"Receipt of {self.request}"
