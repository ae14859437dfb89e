import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from intake import encryption
from intake.encryption import SealBroken
from intake.fields import BytesField


@dataclass(frozen=True, repr=False)
class SentContent:
    """What the page after sending says. Nothing of what was written."""

    receipt: str  # all 24 characters, without blanks
    reference: str
    contact_method: str
    contact: str  # masked: "42" (last digits), "k…@example.com", or ''
    promised_at: datetime
    urgent: bool = False  # the crisis card comes first

    def to_json(self) -> bytes:
        return encryption.canonical({**vars(self), "promised_at": self.promised_at.isoformat()})

    @classmethod
    def from_json(cls, content: bytes) -> "SentContent":
        facts = json.loads(content)
        return cls(**{**facts, "promised_at": datetime.fromisoformat(facts["promised_at"])})


class SentPageManager(models.Manager["SentPage"]):
    def open(self, address: str) -> SentContent | None:
        """The page at this address, or None: never there, over, or not what was sealed."""
        page = self.filter(
            address_hash=encryption.sent_address_hash(address), expires_at__gt=timezone.now()
        ).first()
        return page.open(address) if page else None

    def delete_expired(self) -> int:
        """How many were deleted."""
        return self.filter(expires_at__lte=timezone.now()).delete()[0]


def _expiry() -> datetime:
    return timezone.now() + SentPage.LIFE


class SentPage(models.Model):
    """The answer to a sent request, kept for a short while at an address that nobody can guess.

    Address and key follow from the form's send key, so a repeated send finds it again; the
    database holds neither.
    """

    LIFE = timedelta(minutes=30)

    address_hash = BytesField(primary_key=True)
    request = models.OneToOneField(
        "intake.ContactRequest", models.CASCADE, related_name="sent_page", editable=False
    )
    sealed = BytesField()
    expires_at = models.DateTimeField(default=_expiry, db_index=True)

    objects = SentPageManager()

    def __str__(self) -> str:
        return f"Sent page of {self.request}"

    @classmethod
    def sealed_at(cls, address: str, content: SentContent) -> "SentPage":
        """A page not yet saved."""
        return cls(
            address_hash=encryption.sent_address_hash(address),
            sealed=encryption.seal_sent_page(address, content.to_json()),
        )

    def open(self, address: str) -> SentContent | None:
        try:
            return SentContent.from_json(encryption.open_sent_page(address, self.sealed))
        except SealBroken:
            return None
