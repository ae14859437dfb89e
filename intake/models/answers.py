"""What the form hands over, and what it gets back."""

from dataclasses import dataclass, field
from datetime import datetime

from intake import encryption
from intake.models.choices import ContactMethod

# Answers that stand in clear columns as they are, and those that are sealed.
CLEAR = (
    "seeking_for", "adult", "location", "contact_method", "contact_private", "voicemail",
    "mail_wanted", "times_ok", "format", "payment",
)  # fmt: skip
SEALED = ("preferred_name", "phone", "email", "contact_note", "insurer", "message", "needs")


@dataclass(frozen=True, repr=False, kw_only=True)
class Answers:
    """A person's answers, cleaned. `service` and `therapist` are slugs. Never shows itself."""

    preferred_name: str
    seeking_for: str
    adult: str
    location: str
    contact_method: str
    message: str = ""
    phone: str = ""
    email: str = ""
    contact_private: str = ""
    voicemail: str = ""
    mail_wanted: bool = False
    times_ok: list[str] = field(default_factory=list)
    contact_note: str = ""
    service: str = ""
    therapist: str = ""
    format: str = ""
    payment: str = ""
    insurer: str = ""
    needs: str = ""

    def canonical(self) -> bytes:
        return encryption.canonical(vars(self))

    def columns(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in CLEAR + SEALED}

    def masked_contact(self) -> str:
        """Enough to recognize: "42" for a phone, "k…@example.com" for an email, '' for neither."""
        if self.contact_method in (ContactMethod.CALL, ContactMethod.TEXT):
            return self.phone.strip()[-2:]
        if self.contact_method == ContactMethod.EMAIL:
            name, _, host = self.email.partition("@")
            return f"{name[:1]}…@{host}"
        return ""


@dataclass(frozen=True, repr=False)
class FormToken:
    """What came with the form, once its signature was checked."""

    send_key: bytes  # 32 random bytes, made with the form
    made_at: datetime
    privacy_edition_id: int | None = None
    help_edition_id: int | None = None
    heartbeat: bool = False  # made by the worker: a test of the site by itself

    def mac_of(self, answers: Answers) -> bytes:
        """What tells the same answers from others, to whoever has the send key."""
        return encryption.answers_mac(self.send_key, answers.canonical())


@dataclass(frozen=True, repr=False)
class Sent:
    """A stored request: the last part of the sent page's address, and the eight characters."""

    address: str
    reference: str


class AlreadySent(Exception):  # noqa: N818  # a sentence, not a kind of error
    """This form stored a request before, and now says something else. Nothing was changed.

    `gone`: what it stored was erased since, so that nothing can be said about it.
    """

    def __init__(self, reference: str, gone: bool = False) -> None:
        super().__init__("This request was sent already.")
        self.reference = reference
        self.gone = gone
