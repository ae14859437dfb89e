"""What a contact request can say in its clear columns."""

from django.db import models


class Kind(models.TextChoices):
    REAL = "real", "Request"
    SAMPLE = "sample", "Sample"
    HEARTBEAT = "heartbeat", "Heartbeat"


class Origin(models.TextChoices):
    WEB = "web", "Website"
    PHONE = "phone", "Phone"
    WALK_IN = "walk_in", "In person"


class HeldReason(models.TextChoices):
    TRAP = "trap", "A field that people do not see was filled in"
    FAST = "fast", "Filled in faster than a person can"
    EXPIRED = "expired", "The form had been open for days"
    RATE = "rate", "Many came from one place"


class Status(models.TextChoices):
    NEW = "new", "New"
    IN_REVIEW = "in_review", "In review"
    CONTACTED = "contacted", "Contacted, awaiting reply"
    TALKING = "talking", "In conversation"
    BOOKED = "booked", "First talk booked"
    WAITING = "waiting", "Waiting list"
    CLOSED = "closed", "Closed"


class DueKind(models.TextChoices):
    PROMISE = "promise", "Promised"
    ATTEMPT = "attempt", "Try again"
    SNOOZE = "snooze", "Look again"
    CONSULTATION = "consultation", "After the first talk"
    CHECK_IN = "check_in", "Check in"
    THEIRS = "theirs", "They contact us"


class Outcome(models.TextChoices):
    BECAME_CLIENT = "became_client", "Became a client"
    REFERRED = "referred", "Referred on"
    NO_REPLY = "no_reply", "No reply after several tries"
    CHANGED_MIND = "changed_mind", "Chose another or changed their mind"
    WITHDREW = "withdrew", "Withdrew"
    ERASED = "erased", "Erased"
    NOT_A_FIT = "not_a_fit", "Not a fit"
    REGION = "region", "Region not served"
    NO_PLACE = "no_place", "No place"
    LIST_ENDED = "list_ended", "Waiting list ended"
    CRISIS_HELP = "crisis_help", "Directed to crisis help"
    ALREADY_CLIENT = "already_client", "Already a client"
    DUPLICATE = "duplicate", "Duplicate"
    NOT_INQUIRY = "not_inquiry", "Not an inquiry"
    SPAM = "spam", "Spam"


# Each of these says no, so each leaves the person with something: nobody is left in silence.
REFUSING = (
    Outcome.NOT_A_FIT,
    Outcome.REGION,
    Outcome.NO_PLACE,
    Outcome.LIST_ENDED,
    Outcome.CRISIS_HELP,
)


# They want to hear nothing more, or it was no person.
UNTOLD = (Outcome.WITHDREW, Outcome.ERASED, Outcome.CHANGED_MIND, Outcome.SPAM, Outcome.NOT_INQUIRY)
# Where staff have done nothing yet about what made a request urgent.
UNANSWERED = (Status.NEW, Status.IN_REVIEW)


class EndingWith(models.TextChoices):
    MESSAGE = "message", "A message"
    REFERRAL = "referral", "A referral"
    REASON = "reason", "Nothing was said, for a reason"


class EndingReason(models.TextChoices):
    SCOPE = "scope", "Outside what we do"
    AGE = "age", "Age"
    SCHEDULE = "schedule", "Schedule"
    PAYER = "payer", "Insurance or cost"
    COUPLE = "couple", "Couple work is not the next step"
    NOT_SAFE = "not_safe", "No safe way to reach them"
    ASKED = "asked", "They asked not to hear from us"
    OTHER = "other", "Something else"


class HoldKind(models.TextChoices):
    LEGAL = "legal", "Legal request"
    COMPLAINT = "complaint", "Complaint"
    SAFETY = "safety", "Safety"


class GoneBy(models.TextChoices):
    PERSON = "person", "The person"
    RETENTION = "retention", "Retention"
    STAFF = "staff", "Staff"


class ContactMethod(models.TextChoices):
    CALL = "call", "Call me"
    TEXT = "text", "Text me"
    EMAIL = "email", "Email me"
    OWN = "own", "I will call you"


class YesNo(models.TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"


class Private(models.TextChoices):
    """Could someone else answer or read? Blank counts as yes."""

    NO = "no", "No"
    YES = "yes", "Yes"
    UNSURE = "unsure", "Not sure"


class Voicemail(models.TextChoices):
    """Blank counts as none."""

    NONE = "none", "No message"
    FIRST_NAME = "first_name", "First name and number only"
    FULL = "full", "Yes, and you can say where you are calling from"


class NoMail(models.TextChoices):
    """Why the site sends a person no mail."""

    OTHER_WAY = "other_way", "they did not choose email"
    SHARED = "shared", "someone else may read it"
    NOT_ASKED = "not_asked", "they did not ask for mail"
    HELD = "held", "the request is held for review"
    NO_CODE = "no_code", "their code is gone"
    ENDED = "ended", "they want to hear nothing more"
    OTHER = "other", "it was not safe to send one"
    NOT_REAL = "not_real", "this is practice data, and nobody is behind it"


class SeekingFor(models.TextChoices):
    ME = "me", "Me"
    COUPLE = "couple", "Me and my partner"
    CHILD = "child", "My child or teen"
    FAMILY = "family", "My family"
    OTHER_ADULT = "other_adult", "Another adult"


class DayPart(models.TextChoices):
    MORNING = "morning", "Mornings"
    MIDDAY = "midday", "Middle of the day"
    AFTERNOON = "afternoon", "Afternoons"
    EVENING = "evening", "Early evenings"


class Format(models.TextChoices):
    IN_PERSON = "in_person", "In person"
    ONLINE = "online", "Online"


class Payment(models.TextChoices):
    INSURANCE = "insurance", "Insurance"
    SELF = "self", "I would pay myself"
    UNSURE = "unsure", "Not sure yet"


class HowFound(models.TextChoices):
    """How they found us. The form never asks: staff do, in the first talk."""

    SEARCH = "search", "A web search"
    DIRECTORY = "directory", "A list of therapists"
    INSURER = "insurer", "Their insurer"
    DOCTOR = "doctor", "A doctor or another therapist"
    FRIEND = "friend", "Someone they know"
    CLIENT = "client", "Someone who comes here"
    CALLED_BEFORE = "before", "They were here before"
    SOCIAL = "social", "Social media"
    OTHER = "other", "Something else"
    UNKNOWN = "unknown", "They do not remember"


class Asked(models.TextChoices):
    """What staff ask in the first talk, and tick."""

    REGION = "region", "Where they will be"
    SERVICE = "service", "What kind of help"
    FORMAT = "format", "In person or online"
    PAYMENT = "payment", "How they would pay"
    CONFLICT = "conflict", "No conflict of interest"
    ESTIMATE = "estimate", "Cost said, estimate given"


class Moved(models.TextChoices):
    """Why a step moves past the promise."""

    THEY_ASKED = "they_asked", "They asked for later"
    SAFETY = "safety", "It is not safe before"
    THERAPIST = "therapist", "We wait for a therapist’s answer"
    AWAY = "away", "Whom they asked for is away"
    TOO_MANY = "too_many", "Too many at once"
    OTHER = "other", "Something else"


class Match(models.TextChoices):
    """By what a search found a request, the surest first."""

    CODE = "code", "Short code"
    PHONE = "phone", "Phone"
    EMAIL = "email", "Email"
    DIGITS = "digits", "Last digits of the phone"
    NAME = "name", "First name"
    WORDS = "words", "Words"


class IdentityCheck(models.TextChoices):
    """How staff made sure who asks for a copy."""

    CODE = "code", "They gave their whole private code"
    CALLED_BACK = "called_back", "We called back the number in the request"
    MAIL = "mail", "They answered from the email address in the request"
    IN_PERSON = "in_person", "In person, with an identity document"
    WRITTEN = "written", "In writing, with a copy of an identity document"


class CopyFor(models.TextChoices):
    """Who asks for a copy."""

    PERSON = "person", "The person"
    PARENT = "parent", "A parent or guardian of the person"
    REPRESENTATIVE = "representative", "Someone with the person’s written authority"


class ExportReason(models.TextChoices):
    """Why the data of accepted clients leaves the inbox."""

    RECORDS = "records", "To enter them into the client records"
    BILLING = "billing", "To set up billing"
    MOVING = "moving", "To move to another system"
    REQUIRED = "required", "A law or a contract requires it"


# What a request is due for, once it is due because of its status.
DUE_KIND_OF: dict[str, DueKind] = {
    Status.CONTACTED: DueKind.ATTEMPT,
    Status.BOOKED: DueKind.CONSULTATION,
    Status.WAITING: DueKind.CHECK_IN,
}
