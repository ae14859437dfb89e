from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from intake.models import Event
from practice_site.sign_in import factors
from tests.practice_site.sign_in.test_links import set_password
from tests.signing_in import sign_in


def link_page(user):
    return f"/staff/auth/user/{user.pk}/link/"


@pytest.fixture
def at_owners_desk(client, owner):
    return sign_in(client, owner)


def test_owner_finds_the_button_on_the_users_page(at_owners_desk, dana):
    page = at_owners_desk.get(f"/staff/auth/user/{dana.pk}/change/").text
    assert f'href="{link_page(dana)}"' in page


@pytest.mark.parametrize(("what", "left"), [("link", 1), ("lost", 0)])
def test_owner_gives_a_link(at_owners_desk, owner, dana, client_class, what, left):
    assert at_owners_desk.get(link_page(dana)).context["link"] == ""
    assert not Event.objects.filter(verb="link_made").exists()
    link = at_owners_desk.post(link_page(dana), {"what": what}).context["link"]
    assert len(factors.of(dana)) == left
    assert Event.objects.get(verb="link_made").actor == owner
    assert set_password(client_class(), link).status_code == 302


def test_who_may_not_change_accounts_gives_none(at_work, owner, dana):
    for user in (owner, dana):
        assert at_work.get(link_page(user)).status_code == 403
        assert at_work.post(link_page(user), {"what": "lost"}).status_code == 403
    assert not Event.objects.filter(verb="link_made").exists()
    assert len(factors.of(dana)) == 1


def test_nobody_becomes_a_superuser_by_a_link(at_owners_desk):
    boss = User.objects.create_superuser("boss")
    assert at_owners_desk.post(link_page(boss), {"what": "link"}).status_code == 403


@pytest.mark.parametrize("facts", [{"is_active": False}, {"is_staff": False}])
def test_there_is_no_link_for_who_may_not_come_in(at_owners_desk, dana, facts):
    User.objects.filter(pk=dana.pk).update(**facts)
    assert at_owners_desk.post(link_page(dana), {"what": "link"}).status_code == 404


def told_by(*arguments):
    out = StringIO()
    call_command("staff_link", *arguments, stdout=out)
    return out.getvalue()


def test_command_prints_a_link_that_opens(dana, client):
    link = told_by("dana").split()[-1]
    assert set_password(client, link).status_code == 302
    event = Event.objects.get(verb="link_made")
    assert (event.actor_kind, event.facts["purpose"]) == ("system", "reset")


def test_command_takes_a_lost_factor_away(dana):
    told_by("dana", "--lost")
    assert factors.of(dana) == []
    assert Event.objects.get(verb="link_made").facts["removed"] == 1


@pytest.mark.parametrize("name", ["nobody", "gone"])
def test_command_says_that_there_is_no_such_account(db, name):
    User.objects.create_user("gone", is_staff=True, is_active=False)
    with pytest.raises(CommandError, match=f"no active staff account called {name}"):
        told_by(name)
