"""Who may do what in the staff site, as Django groups.

Made by `manage.py prepare`, not by a migration: permissions do not exist while a fresh database
is being migrated.
"""

from django.contrib.auth.models import Group, Permission

from practice_site.staff_site import FACTORS

EDITOR = "Editor"
INTAKE = "Intake"
OWNER = "Owner"
APPS_OF = {
    OWNER: ("pages", "intake", "auth"),
    INTAKE: ("intake",),
    EDITOR: ("pages",),
}
# Granted to one person at a time, never by a role.
BY_HAND = ("export_clients",)


def hide_factors() -> None:
    """Nobody is ever given a right on the tables of second factors, so none is offered."""
    Permission.objects.filter(content_type__app_label__in=FACTORS).delete()


def make_roles() -> None:
    """The groups with the permissions of their apps. Safe to repeat; adds, never takes away."""
    for name, apps in APPS_OF.items():
        group, _ = Group.objects.get_or_create(name=name)
        allowed = Permission.objects.filter(content_type__app_label__in=apps)
        group.permissions.add(*allowed.exclude(codename__in=BY_HAND))
