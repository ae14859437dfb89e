"""How a person reaches the practice. One file a noun."""

from intake.models.absence import Absence
from intake.models.anchor import Anchor, NotAnAnchor
from intake.models.anchored_event import AnchoredEvent
from intake.models.answers import AlreadySent, Answers, FormToken, Sent
from intake.models.ask import Ask
from intake.models.attempt import Attempt
from intake.models.backup import Backup
from intake.models.bucket import Bucket
from intake.models.check_in import CheckIn
from intake.models.contact_request import ContactRequest
from intake.models.ending import Ending
from intake.models.erasure import Erasure
from intake.models.event import AnonymousWrite, AppendOnly, Event
from intake.models.heartbeat import Heartbeat
from intake.models.key import Key
from intake.models.limits import TooMany
from intake.models.message import Message
from intake.models.note import Note
from intake.models.notice import Notice
from intake.models.opened import Opened, OpenedNote
from intake.models.outcome_text import OutcomeText
from intake.models.phrase import Phrase
from intake.models.practice_history import PracticeHistory
from intake.models.reading import Reading
from intake.models.receipt import Receipt
from intake.models.referral import Referral
from intake.models.searching import Found, Sought
from intake.models.sent_page import SentContent, SentPage
from intake.models.terms import Terms
from intake.models.theirs import Held
from intake.models.witnessed import Conflict, NotAllowed

__all__ = [
    "Absence",
    "AlreadySent",
    "Anchor",
    "AnchoredEvent",
    "AnonymousWrite",
    "Answers",
    "AppendOnly",
    "Ask",
    "Attempt",
    "Backup",
    "Bucket",
    "CheckIn",
    "Conflict",
    "ContactRequest",
    "Ending",
    "Erasure",
    "Event",
    "FormToken",
    "Found",
    "Heartbeat",
    "Held",
    "Key",
    "Message",
    "NotAllowed",
    "NotAnAnchor",
    "Note",
    "Notice",
    "Opened",
    "OpenedNote",
    "OutcomeText",
    "Phrase",
    "PracticeHistory",
    "Reading",
    "Receipt",
    "Referral",
    "Sent",
    "SentContent",
    "SentPage",
    "Sought",
    "Terms",
    "TooMany",
]
