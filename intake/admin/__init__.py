"""What staff see of contact requests: the queue, the request, the next step."""

from intake.admin.absence import AbsenceAdmin
from intake.admin.inbox import ContactRequestAdmin
from intake.admin.leaving import StaffAdmin
from intake.admin.outcome_text import OutcomeTextAdmin
from intake.admin.phrase import PhraseAdmin
from intake.admin.referral import ReferralAdmin

__all__ = [
    "AbsenceAdmin",
    "ContactRequestAdmin",
    "OutcomeTextAdmin",
    "PhraseAdmin",
    "ReferralAdmin",
    "StaffAdmin",
]
