"""The staff site's own words in place of Django's."""

from html import unescape

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from tests.intake.conftest import practice  # noqa: F401
from tests.signing_in import sign_in


@pytest.fixture
def owner(client, practice):  # noqa: F811
    return sign_in(client, User.objects.create_superuser("olive", "olive@practice.example"))


@pytest.mark.parametrize(
    "name", ["admin:index", "admin:auth_user_changelist", "admin:auth_user_add"]
)
def test_accounts_stand_under_plain_words(owner, name):
    shown = unescape(owner.get(reverse(name)).text)
    assert ("People who sign in" in shown, "Authentication and" in shown) == (True, False)


def test_the_page_of_a_part_is_called_like_the_part(owner):
    shown = owner.get(reverse("admin:app_list", args=["auth"])).text
    assert "<h1>People who sign in</h1>" in shown
