"""How a request ends, in the words staff choose from, and what each choice means in its row."""

from typing import TYPE_CHECKING

from django.db import models

from intake.models.choices import EndingReason, Outcome

if TYPE_CHECKING:
    from intake.models.contact_request import ContactRequest


class Ending(models.TextChoices):
    """What staff may say. That someone took it back or erased it is said by the person alone."""

    BECAME_CLIENT = "became_client", "They have a place here"
    ALREADY_CLIENT = "already_client", "They were with us already"
    NO_PLACE = "no_place", "We have no place"
    NOT_A_FIT = "not_a_fit", "It is outside what we do"
    AGE = "age", "We do not see people of that age"
    SCHEDULE = "schedule", "The times do not fit"
    PAYER = "payer", "Insurance or cost"
    REGION = "region", "We are not licensed where they will be"
    COUPLE = "couple", "Couple sessions are not the next step"
    REFERRED = "referred", "Someone else fits them better"
    CRISIS_HELP = "crisis_help", "They needed help sooner, and have a crisis number"
    LIST_ENDED = "list_ended", "Their place on the list has ended"
    CHANGED_MIND = "changed_mind", "They chose another, or changed their mind"
    NO_REPLY = "no_reply", "They did not answer us"
    DUPLICATE = "duplicate", "They wrote twice: this one is the second"
    NOT_INQUIRY = "not_inquiry", "It is not about therapy here"
    SPAM = "spam", "Spam"


GROUPS = {
    "They have a place": (Ending.BECAME_CLIENT, Ending.ALREADY_CLIENT),
    "We said no": (
        Ending.NO_PLACE, Ending.NOT_A_FIT, Ending.AGE, Ending.SCHEDULE, Ending.PAYER, Ending.REGION,
        Ending.COUPLE, Ending.REFERRED, Ending.CRISIS_HELP, Ending.LIST_ENDED,
    ),
    "They decided": (Ending.CHANGED_MIND, Ending.NO_REPLY),
    "Housekeeping": (Ending.DUPLICATE, Ending.NOT_INQUIRY, Ending.SPAM),
}  # fmt: skip
# Closed in one step: there is nothing to say, or nobody to say it to.
ONE_STEP = GROUPS["Housekeeping"]
REASON_OF = {
    Ending.NOT_A_FIT: EndingReason.SCOPE,
    Ending.AGE: EndingReason.AGE,
    Ending.SCHEDULE: EndingReason.SCHEDULE,
    Ending.PAYER: EndingReason.PAYER,
    Ending.COUPLE: EndingReason.COUPLE,
}
# Those that are said in the words of another.
WORDS_OF = {
    Ending.AGE: Ending.NOT_A_FIT,
    Ending.SCHEDULE: Ending.NOT_A_FIT,
    Ending.SPAM: Ending.NOT_INQUIRY,
}
WITH_WORDS = [each for each in Ending if each not in WORDS_OF]
# Why nothing is said to someone.
SILENCES = (EndingReason.NOT_SAFE, EndingReason.ASKED, EndingReason.OTHER)


def outcome_of(ending: Ending) -> Outcome:
    return Outcome.NOT_A_FIT if ending in REASON_OF else Outcome(ending)


def words_of(ending: Ending) -> Ending:
    """Whose words are said."""
    return WORDS_OF.get(ending, ending)


def ending_of(request: "ContactRequest") -> Ending:
    """Whose words the person reads, by what the row says."""
    if request.outcome == Outcome.NOT_A_FIT and request.ending_reason in (
        EndingReason.PAYER,
        EndingReason.COUPLE,
    ):
        return Ending(request.ending_reason)
    return words_of(Ending(request.outcome))
