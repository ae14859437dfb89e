from typing import TYPE_CHECKING

from django.db import models

from intake import encryption
from intake.fields import BytesField
from intake.receipts import Code, parse_code

if TYPE_CHECKING:
    from intake.models.contact_request import ContactRequest

# Far more than a code with anything between its letters.
LONGEST_TYPED = 200


class ReceiptManager(models.Manager["Receipt"]):
    def of(self, text: str) -> "Receipt | None":
        """The receipt for a code as a person types it, while there is something behind it.

        A wrong code, whatever is wrong with it, does the same work: one hash and one query.
        """
        typed = text[:LONGEST_TYPED]
        hashed = encryption.receipt_hash(str(parse_code(typed) or typed))
        opens = self.filter(secret_hash=hashed, request__identity_purged_at=None)
        return opens.select_related("request__owner", "request__therapist").first()


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

    @classmethod
    def of_code(cls, request: "ContactRequest", code: Code) -> "Receipt":
        """Not yet stored. What recognizes the code and what seals to its holder, never the code."""
        return cls(
            request=request,
            secret_hash=encryption.receipt_hash(str(code)),
            reply_public=encryption.reply_public(str(code)),
        )
