"""The list of phrases: who sees it, who changes it, and what it says of itself."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from intake.models import Phrase
from practice_site.roles import make_roles
from tests.signing_in import sign_in

LIST, ADD = reverse("admin:intake_phrase_changelist"), reverse("admin:intake_phrase_add")


@pytest.fixture
def phrase(practice):
    make_roles()
    Phrase.objects.all().delete()
    return Phrase.objects.create(text="not safe at home")


def sign_in_as(client, role):
    user = User.objects.create_user("dana", password="a long password 42", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    sign_in(client, user)


def pages_of(phrase):
    args = [phrase.pk]
    own = [reverse(f"admin:intake_phrase_{name}", args=args) for name in ("change", "delete")]
    return [LIST, ADD, *own]


@pytest.mark.parametrize("role", ["Owner", "Intake"])
def test_owner_and_intake_keep_the_list(client, phrase, role):
    sign_in_as(client, role)
    assert [client.get(page).status_code for page in pages_of(phrase)] == [200] * 4
    assert client.post(ADD, {"text": "hits me"}).status_code == 302
    change = reverse("admin:intake_phrase_change", args=[phrase.pk])
    assert client.post(change, {"text": "afraid at home"}).status_code == 302
    assert list(Phrase.objects.values_list("text", flat=True)) == ["afraid at home", "hits me"]
    delete = reverse("admin:intake_phrase_delete", args=[phrase.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 302
    assert list(Phrase.objects.values_list("text", flat=True)) == ["hits me"]


def test_editor_neither_sees_nor_changes_it(client, phrase):
    sign_in_as(client, "Editor")
    asked = [client.get(page).status_code for page in pages_of(phrase)]
    posted = [
        client.post(page, {"text": "x", "post": "yes"}).status_code for page in pages_of(phrase)
    ]
    assert (asked, posted) == ([403] * 4, [403] * 4)
    assert list(Phrase.objects.values_list("text", flat=True)) == ["not safe at home"]
    assert "not safe at home" not in client.get("/staff/").content.decode()


def test_list_says_what_comes_of_a_phrase(client, phrase):
    sign_in_as(client, "Intake")
    page = client.get(LIST).content.decode()
    assert "<h1>Phrases that move a request up</h1>" in page
    assert "no request is held back or judged by its words" in page
    assert page.count("not safe at home") == 1


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "Write at least one word"),
        (" ?! ", "Write at least one word"),
        ("not safe at home", "This phrase is on the list already"),
    ],
)
def test_each_error_says_what_to_do(client, phrase, text, error):
    sign_in_as(client, "Intake")
    page = client.post(ADD, {"text": text}).content.decode()
    assert re.findall(r'<ul class="errorlist"[^>]*>(.*?)</ul>', page) == [f"<li>{error}</li>"]
