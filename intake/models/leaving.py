"""When a member of staff leaves: the account stays for the history, and opens nothing more."""

from django.contrib.auth.models import User
from django.db import transaction

from intake.models.contact_request import ContactRequest
from intake.models.event import Event
from intake.models.practice_history import PracticeHistory


@transaction.atomic
def leave(user: User, by: User) -> list[ContactRequest]:
    """Their sessions end at once, and for ever. What they had goes back to the desk: those."""
    user.is_active = False
    user.set_unusable_password()  # what a session is checked against
    user.save(update_fields=["is_active", "password"])
    behind = list(ContactRequest.objects.left_behind().filter(owner=user).order_by("due_at"))
    returned = [request for request in behind if request.give_back(by)]
    facts = {"user": user.pk, "returned": len(returned)}
    PracticeHistory.objects.record(Event.Verb.LEFT, by, facts)
    return returned
