"""Who may do what in the staff site, as Django groups.

Made by `manage.py prepare`, not by a migration: permissions do not exist while a fresh database
is being migrated. Which requests someone sees follows from them in `intake.models.rights`.
"""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from practice_site.staff_site import FACTORS

OWNER = "Owner"
INTAKE = "Intake"
THERAPIST = "Therapist"
EDITOR = "Editor"

ALL_PAGES = ("pages.*",)
THE_DESK = (
    "intake.view_contactrequest",
    "intake.add_contactrequest",
    "intake.change_contactrequest",
    "intake.view_phrase",
    "intake.add_phrase",
    "intake.change_phrase",
    "intake.delete_phrase",
    "intake.view_referral",
    "intake.add_referral",
    "intake.change_referral",
    "intake.view_outcometext",
    "intake.change_outcometext",
)
# What a role may do, whole. An app and a star is all of an app.
ROLES = {
    OWNER: (
        *ALL_PAGES,
        *THE_DESK,
        "intake.oversee_requests",
        "intake.hold_request",
        "intake.erase_request",
        "intake.see_reports",
        "intake.see_history",
        "auth.view_user",
        "auth.add_user",
        "auth.change_user",
    ),
    INTAKE: THE_DESK,
    THERAPIST: ("intake.work_own_requests", "intake.add_contactrequest"),
    EDITOR: ALL_PAGES,
}
# Granted to one person at a time, never by a role.
BY_HAND = ("export_clients",)


def hide_factors() -> None:
    """Nobody is ever given a right on the tables of second factors, so none is offered."""
    Permission.objects.filter(content_type__app_label__in=FACTORS).delete()


def make_roles() -> None:
    """The groups, each with exactly its permissions. Safe to repeat.

    What one person may do beyond their role is granted to that person, and stays.
    """
    for name, allowed in ROLES.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set(_permissions(allowed))


def _permissions(allowed: tuple[str, ...]) -> list[Permission]:
    wanted = Q(pk=None)
    for each in allowed:
        app, name = each.split(".")
        those = Q(content_type__app_label=app)
        wanted |= those if name == "*" else those & Q(codename=name)
    return list(Permission.objects.filter(wanted))
