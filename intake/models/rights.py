"""Who may see and do what with a request. Permissions say which kind of reader someone is; what is
theirs says which requests. One place for views, templates and querysets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.db.models import Q
from django.utils import timezone

from intake.models.ask import Ask

if TYPE_CHECKING:
    from intake.models.contact_request import ContactRequest

Member = User | AbstractBaseUser | AnonymousUser
READS_ALL = "intake.view_contactrequest"
WORKS_ALL = "intake.change_contactrequest"
WORKS_OWN = "intake.work_own_requests"
OVERSEES = "intake.oversee_requests"
ADDS = "intake.add_contactrequest"
EXPORTS = "intake.export_clients"
HOLDS = "intake.hold_request"
ERASES = "intake.erase_request"
SEES_REPORTS = "intake.see_reports"
SEES_HISTORY = "intake.see_history"  # of events

# Beside Django's own four. Nobody exports by role: it is granted to one person.
PERMISSIONS = (
    ("work_own_requests", "Can work the requests that are theirs, and those they are asked about"),
    ("oversee_requests", "Is told of what is overdue, and sees to those who leave"),
    ("export_clients", "Can export accepted clients as a file"),
    ("hold_request", "Can hold a request back from erasing"),
    ("erase_request", "Can erase a request for good"),
    ("see_reports", "Can see reports"),
)


@dataclass(frozen=True)
class Reach:
    """Which requests are someone's who does not see all."""

    owners: frozenset[int]  # they, and those whom they cover today
    therapists: frozenset[int]  # the same people, as the site lists them
    asked: Mapping[UUID, bool]  # what they are asked to take, and whether they may read it

    @classmethod
    def of(cls, user: Member) -> Self:
        """Two queries, once for each user in hand, as Django does with permissions."""
        if "_reach" not in user.__dict__:
            user.__dict__["_reach"] = cls._found(user)
        reach: Self = user.__dict__["_reach"]
        return reach

    @classmethod
    def _found(cls, user: Member) -> Self:
        now = timezone.now()
        covered = Q(absence__cover=user.pk, absence__since__lte=now, absence__until__gt=now)
        people = list(
            User.objects.filter(Q(pk=user.pk) | covered).values_list("pk", "therapist__pk")
        )
        asked = Ask.objects.waiting().filter(to=user.pk).values_list("request", "may_read")
        return cls(
            frozenset(pk for pk, _ in people),
            frozenset(therapist for _, therapist in people if therapist),
            dict(asked),
        )

    def as_q(self, to_read: bool = False) -> Q:
        """Each part has an index of its own, so that lists stay as short as what is theirs.

        `to_read` leaves out what they are asked about and may not read.
        """
        asked = [pk for pk, may_read in self.asked.items() if may_read or not to_read]
        theirs = Q(owner__in=self.owners) | Q(pk__in=asked)
        return theirs | Q(therapist__in=self.therapists) if self.therapists else theirs

    def has(self, request: "ContactRequest") -> bool:
        return request.owner_id in self.owners or request.therapist_id in self.therapists


def may_enter(user: Member) -> bool:
    """The inbox, to see in it what they may."""
    return sees_all(user) or _has(user, WORKS_OWN)


def sees_all(user: Member) -> bool:
    return _has(user, READS_ALL)


def may_see(user: Member, request: "ContactRequest") -> bool:
    """That it is there, and its choices."""
    if sees_all(user):
        return True
    return _has(user, WORKS_OWN) and (
        Reach.of(user).has(request) or request.pk in Reach.of(user).asked
    )


def is_only_asked(user: Member, request: "ContactRequest") -> bool:
    """They see what they need for an answer, and nothing more."""
    return may_see(user, request) and not sees_all(user) and not Reach.of(user).has(request)


def may_read(user: Member, request: "ContactRequest") -> bool:
    """Its words. Whoever is only asked reads them where the asker allowed it."""
    if is_only_asked(user, request):
        return Reach.of(user).asked[request.pk]
    return may_see(user, request)


def may_print(user: Member, request: "ContactRequest") -> bool:
    """On paper, as far as they may read it; not what they are only asked about."""
    return may_see(user, request) and not is_only_asked(user, request)


def may_work(user: Member, request: "ContactRequest") -> bool:
    """Try, write, note, close and whatever else changes it."""
    if _has(user, WORKS_ALL):
        return sees_all(user)
    return _has(user, WORKS_OWN) and Reach.of(user).has(request)


def may_add(user: Member) -> bool:
    return _has(user, ADDS) and may_enter(user)


def may_share_out(user: Member) -> bool:
    """Ask a colleague, or give a request to one."""
    return sees_all(user) and _has(user, WORKS_ALL)


def oversees(user: Member) -> bool:
    return _has(user, OVERSEES)


def _has(user: Member, permission: str) -> bool:
    return bool(getattr(user, "is_active", False)) and user.has_perm(permission)  # type: ignore[union-attr]
