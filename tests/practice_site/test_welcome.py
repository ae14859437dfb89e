import pytest
from django.contrib.auth.models import User

from practice_site.welcome import first_account_link

SITE = "http://testserver"
PASSWORD = "a-quiet-room-in-the-afternoon"
NEW = {"new_password1": PASSWORD, "new_password2": PASSWORD}


@pytest.fixture
def opened(starter, client):
    """The page behind the first link."""
    return client.get(first_account_link(SITE), follow=True)


def test_link_sets_the_password_and_signs_in(opened, client):
    response = client.post(opened.request["PATH_INFO"], NEW, follow=True)
    assert response.redirect_chain[-1] == ("/staff/", 302)
    owner = User.objects.get(username="owner")
    assert (owner.check_password(PASSWORD), owner.is_superuser) == (True, True)


def test_link_opens_once(starter, client):
    link = first_account_link(SITE)
    client.post(client.get(link, follow=True).request["PATH_INFO"], NEW)
    client.logout()
    assert "This link has been used" in client.get(link, follow=True).text


def test_no_link_once_somebody_can_sign_in(opened, client):
    client.post(opened.request["PATH_INFO"], NEW)
    assert first_account_link(SITE) is None


def test_new_link_while_nobody_can_sign_in(db):
    assert first_account_link(SITE) is not None
    assert first_account_link(SITE) is not None
    assert User.objects.count() == 1


def test_short_password_is_refused_and_said(opened, client):
    weak = {"new_password1": "short", "new_password2": "short"}
    response = client.post(opened.request["PATH_INFO"], weak)
    assert "at least 12 characters" in response.text
    assert not User.objects.get(username="owner").has_usable_password()


def test_account_without_a_password_cannot_sign_in(starter, client):
    first_account_link(SITE)
    for password in ("", "owner", "!"):
        assert not client.login(username="owner", password=password)
