import pytest
from django.contrib.auth.models import Group, Permission, User

from practice_site.roles import make_roles

DESK = {
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
}
OVERSIGHT = {
    "intake.oversee_requests",
    "intake.hold_request",
    "intake.erase_request",
    "intake.see_reports",
    "intake.see_history",
    "auth.view_user",
    "auth.add_user",
    "auth.change_user",
}


def permissions(name: str) -> set[str]:
    found = Group.objects.get(name=name).permissions.values_list(
        "content_type__app_label", "codename"
    )
    return {f"{app}.{codename}" for app, codename in found}


def of_pages() -> set[str]:
    codenames = Permission.objects.filter(content_type__app_label="pages").values_list("codename")
    return {f"pages.{codename}" for (codename,) in codenames}


@pytest.fixture
def roles(db):
    make_roles()


def test_each_role_has_exactly_the_permissions_of_its_work(roles):
    assert {group.name: permissions(group.name) for group in Group.objects.all()} == {
        "Owner": of_pages() | DESK | OVERSIGHT,
        "Intake": DESK,
        "Therapist": {"intake.work_own_requests", "intake.add_contactrequest"},
        "Editor": of_pages(),
    }


def test_making_roles_again_makes_them_exact_and_leaves_what_a_person_has(roles):
    export = Permission.objects.get(codename="export_clients")
    user = User.objects.create_user("dana")
    user.user_permissions.add(export)
    Group.objects.get(name="Editor").permissions.add(export)
    own = Group.objects.create(name="Bookkeeping")
    own.permissions.add(export)
    make_roles()
    assert permissions("Editor") == of_pages()
    assert permissions("Bookkeeping") == {"intake.export_clients"}
    assert user.has_perm("intake.export_clients")
