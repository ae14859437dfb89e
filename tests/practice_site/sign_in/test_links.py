import pytest
from django.contrib.auth.models import User

from intake import letters, notices
from intake.models import Event, Notice
from practice_site.sign_in import factors, links
from practice_site.sign_in.links import first_account_link
from tests.practice_site.sign_in.conftest import (
    SECOND,
    give_code,
    give_password,
    new_code,
    secret_in,
)
from tests.signing_in import app_of, sign_in
from tests.walking_in import PASSWORD, code_of

SITE = "http://testserver"
NEW = {"new_password1": PASSWORD, "new_password2": PASSWORD}
ADD = "/staff/your-sign-in/add/"
CODES = "/staff/your-sign-in/codes/"


@pytest.fixture
def opened(starter, client):
    """The page behind the first link."""
    return client.get(first_account_link(SITE), follow=True)


def set_password(client, link):
    return client.post(client.get(link, follow=True).request["PATH_INFO"], NEW)


def add_app(client):
    return client.post(ADD, {"code": code_of(secret_in(client.get(ADD).text))})


def test_first_link_leads_by_three_steps_into_the_staff_site(opened, client):
    assert client.post(opened.request["PATH_INFO"], NEW).url == ADD
    assert client.get("/staff/").status_code == 302
    assert add_app(client).url == CODES
    assert client.get("/staff/").status_code == 302
    shown = client.get(CODES)
    assert (len(shown.context["codes"]), client.post(CODES).url) == (10, "/staff/")
    assert client.get("/staff/").status_code == 200
    assert client.get(CODES).url == "/staff/your-sign-in/"
    owner = User.objects.get(username="owner")
    assert (owner.check_password(PASSWORD), owner.is_superuser) == (True, True)


def test_codes_on_the_page_are_those_that_work(opened, client, client_class):
    client.post(opened.request["PATH_INFO"], NEW)
    add_app(client)
    assert client.get(CODES).context["codes"] == client.get(CODES).context["codes"]
    code = client.get(CODES).context["codes"][0]
    client.post(CODES)
    other = client_class()
    give_password(other, "owner")
    assert give_code(other, code).url == "/staff/"


def test_codes_lie_sealed_until_they_are_kept(opened, client):
    client.post(opened.request["PATH_INFO"], NEW)
    add_app(client)
    codes = client.get(CODES).context["codes"]
    stored = str(dict(client.session))
    assert "recovery_codes" in stored
    assert not any(code.replace("-", "") in stored for code in codes)


def test_wrong_code_adds_no_app(opened, client):
    client.post(opened.request["PATH_INFO"], NEW)
    secret = secret_in(client.get(ADD).text)
    wrong = f"{(int(code_of(secret)) + 500_000) % 1_000_000:06}"
    answer = client.post(ADD, {"code": wrong})
    assert "not the code of this app" in answer.text
    assert secret_in(answer.text) == secret
    assert factors.of(User.objects.get(username="owner")) == []


def test_link_opens_once(starter, client, client_class):
    link = first_account_link(SITE)
    set_password(client, link)
    assert "This link has ended" in client_class().get(link, follow=True).text


def test_half_way_visit_is_over_within_an_hour(opened, client):
    client.post(opened.request["PATH_INFO"], NEW)
    session = client.session
    session["link_of"] = {**session["link_of"], "until": 0}
    session.save()
    assert client.get(ADD).url == "/staff/login/"


def test_no_link_once_somebody_can_sign_in(opened, client):
    client.post(opened.request["PATH_INFO"], NEW)
    assert first_account_link(SITE) is not None  # a password alone signs nobody in
    set_password(client, first_account_link(SITE))
    add_app(client)
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


def test_link_for_a_forgotten_password_asks_for_the_factor_there_is(client, dana, owner):
    link = links.make(dana, by=owner)
    assert set_password(client, link).url == SECOND
    assert client.get(ADD).url == "/staff/login/"
    assert give_code(client, new_code(dana)).url == "/staff/"


def test_lost_factor_is_replaced_and_opens_nothing_any_more(client, client_class, dana, owner):
    at_work = sign_in(client_class(), dana)
    old, codes = app_of(dana), factors.new_recovery_codes(dana)
    assert at_work.get("/staff/").status_code == 200
    link = links.make(dana, by=owner, lost=True)
    assert at_work.get("/staff/").status_code == 302
    set_password(client, link)
    add_app(client)
    client.post(CODES)
    assert client.get("/staff/").status_code == 200
    other = client_class()
    give_password(other)
    for code in (code_of(old.bin_key), codes[0]):
        assert give_code(other, code).status_code == 200
    assert other.get("/staff/").status_code == 302


def test_new_link_ends_an_earlier_one_of_an_account_without_a_password(client, owner):
    new = User.objects.create_user("new", is_staff=True)
    earlier, later = links.make(new, by=owner), links.make(new, by=owner)
    assert "This link has ended" in client.get(earlier, follow=True).text
    assert "Set your password" in client.get(later, follow=True).text


@pytest.mark.parametrize(
    ("has_password", "lost", "facts"),
    [
        (False, False, {"purpose": "invite", "removed": 0}),
        (True, False, {"purpose": "reset", "removed": 0}),
        (True, True, {"purpose": "replace", "removed": 1}),
    ],
)
def test_link_leaves_its_line(dana, owner, has_password, lost, facts):
    if not has_password:
        dana.set_unusable_password()
        dana.save()
    links.make(dana, by=owner, lost=lost)
    event = Event.objects.get(verb="link_made")
    assert (event.actor, event.facts) == (owner, {"account": dana.pk, **facts})


def test_owners_are_told_and_not_what(dana, owner, practice, mailoutbox):
    link = links.make(dana, by=owner, lost=True)
    assert [notice.to_user for notice in Notice.objects.all()] == [owner]
    assert notices.send_due() == 1
    mail = mailoutbox[0]
    assert mail.to == ["olive@practice.example"]
    assert (mail.subject, mail.body) == letters.sign_in()
    assert "dana" not in mail.body
    assert link.split("/")[-2] not in mail.body


def test_each_link_is_told_by_itself(dana, owner):
    links.make(dana, by=owner)
    links.make(dana, by=owner)
    assert Notice.objects.filter(kind="sign_in").count() == 2
