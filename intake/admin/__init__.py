"""What staff see of contact requests: the queue, the request, the next step."""

from intake.admin.inbox import ContactRequestAdmin
from intake.admin.outcome_text import OutcomeTextAdmin
from intake.admin.phrase import PhraseAdmin
from intake.admin.referral import ReferralAdmin

__all__ = ["ContactRequestAdmin", "OutcomeTextAdmin", "PhraseAdmin", "ReferralAdmin"]
