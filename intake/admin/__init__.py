"""What staff see of contact requests: the queue, the request, the next step."""

from intake.admin.inbox import ContactRequestAdmin
from intake.admin.phrase import PhraseAdmin

__all__ = ["ContactRequestAdmin", "PhraseAdmin"]
