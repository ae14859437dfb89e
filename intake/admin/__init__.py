"""What staff see of contact requests: the queue, the request, the next step."""

from intake.admin.inbox import ContactRequestAdmin

__all__ = ["ContactRequestAdmin"]
