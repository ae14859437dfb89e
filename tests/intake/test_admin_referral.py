"""The list of referrals and the words at the end: who keeps them, and what is refused."""

import html
import re

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from intake.models import OutcomeText, Referral
from practice_site.roles import make_roles
from tests.signing_in import sign_in

LIST, ADD = reverse("admin:intake_referral_changelist"), reverse("admin:intake_referral_add")
TEXTS = reverse("admin:intake_outcometext_changelist")
STILL = reverse("admin:intake_referral_still")
TYPED = {"name": "River Street", "what_for": "Couples", "phone": "(503) 555-0143"}


def member(client, role="Intake"):
    make_roles()
    user = User.objects.create_user("dana", password="a long password 42", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    sign_in(client, user)
    return user


def page_of(answer):
    return html.unescape(answer.content.decode())


def errors(answer):
    return re.findall(r'<ul class="errorlist"[^>]*><li>(.*?)</li></ul>', page_of(answer))


@pytest.fixture
def referral(practice):
    return Referral.objects.create(**TYPED)


def test_one_is_added_and_says_who_checked_it(client, practice):
    dana = member(client)
    assert client.post(ADD, {**TYPED, "checked": "on"}).status_code == 302
    (referral,) = Referral.objects.all()
    assert (referral.checked_on, referral.checked_by) == (practice.today(), dana)


def test_a_change_by_itself_is_no_check(client, referral):
    member(client)
    change = reverse("admin:intake_referral_change", args=[referral.pk])
    assert client.post(change, {**TYPED, "cost": "$50"}).status_code == 302
    referral.refresh_from_db()
    assert (referral.cost, referral.checked_on) == ("$50", None)


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"name": ""}, "Enter its name"),
        ({"what_for": ""}, "Enter what it helps with"),
        (
            {"phone": ""},
            "Enter a phone number, an address that begins with https://, or a mail address",
        ),
        ({"web": "no address"}, "Enter an address that begins with https://"),
        ({"mail": "kim"}, "Enter a mail address like name@example.com"),
    ],
)
def test_each_error_says_what_to_do(client, practice, typed, error):
    member(client)
    assert errors(client.post(ADD, {**TYPED, **typed})) == [error]


def test_the_same_name_twice_is_refused(client, referral):
    member(client)
    assert errors(client.post(ADD, TYPED)) == ["This is on the list already"]


def test_list_marks_what_nobody_checked_and_one_button_checks_it(client, practice, referral):
    dana = member(client)
    other = Referral.objects.create(name="Other", what_for="Teens", phone="211")
    page = page_of(client.get(LIST))
    assert page.count('name="referral" value=') == 2
    answer = client.post(STILL, {"referral": [referral.pk, "x"]}, follow=True)
    assert "Checked today: 1. People read this day." in page_of(answer)
    referral.refresh_from_db(), other.refresh_from_db()
    assert (referral.checked_by, referral.checked_on) == (dana, practice.today())
    assert other.checked_on is None


def test_checking_nothing_says_so(client, referral):
    member(client)
    assert "Tick those that you checked." in page_of(client.post(STILL, follow=True))


@pytest.mark.parametrize("address", [LIST, ADD, TEXTS])
def test_editor_sees_neither_list(client, referral, address):
    member(client, "Editor")
    assert (client.get(address).status_code, client.post(STILL).status_code) == (403, 403)


# The words at the end


@pytest.fixture
def words(practice):
    OutcomeText.objects.begin()
    row = OutcomeText.objects.get(ending="no_reply")
    return reverse("admin:intake_outcometext_change", args=[row.pk])


def test_words_are_changed(client, words):
    member(client)
    assert client.post(words, {"text": "We tried. Call {phone}."}).status_code == 302
    assert OutcomeText.objects.get(ending="no_reply").text == "We tried. Call {phone}."


def test_words_with_an_unknown_blank_are_refused_and_kept(client, words):
    member(client)
    answer = client.post(words, {"text": "Call {fone}."})
    assert errors(answer)[0].startswith("Nothing fills {fone}. These can be filled: {practice},")
    assert "Call {fone}.</textarea>" in page_of(answer)
    assert "{phone}" in page_of(answer)


def test_no_words_are_added_or_taken_away(client, words):
    member(client, "Owner")
    assert client.get(TEXTS).status_code == 200
    assert client.get(reverse("admin:intake_outcometext_add")).status_code == 403
    assert client.post(words.replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert client.post(words, {"text": ""}).status_code == 200
