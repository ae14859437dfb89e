import pytest
from django.contrib.auth.models import Group, Permission

from practice_site.roles import make_roles


def permissions(name: str) -> set[str]:
    return set(Group.objects.get(name=name).permissions.values_list("codename", flat=True))


@pytest.fixture
def roles(db):
    make_roles()


def test_each_role_has_the_permissions_of_its_work(roles):
    assert {"view_contactrequest", "change_contactrequest"} <= permissions("Intake")
    assert {"change_page", "change_section", "change_practice"} <= permissions("Editor")
    assert permissions("Editor") & permissions("Intake") == set()
    assert permissions("Owner") >= permissions("Editor") | permissions("Intake") | {"add_user"}


def test_making_roles_again_takes_nothing_away(roles):
    editor = Group.objects.get(name="Editor")
    editor.permissions.add(*Group.objects.get(name="Intake").permissions.all())
    make_roles()
    assert "view_contactrequest" in permissions("Editor")
    assert Group.objects.count() == 3


def test_no_role_may_export_clients(roles):
    assert Permission.objects.filter(codename="export_clients").count() == 1
    granted = Group.objects.filter(permissions__codename="export_clients")
    assert list(granted) == []
