import re

import pytest
from django.contrib.auth.models import User

from intake.models import Bucket, Event
from intake.receipts import in_blocks
from practice_site.sign_in import factors, half, tries
from practice_site.sign_in.forms import NOT_TOGETHER, WRONG_CODE
from tests.practice_site.sign_in.conftest import (
    LOGIN,
    SECOND,
    give_code,
    give_password,
    new_code,
)
from tests.signing_in import app_of, sign_in
from tests.walking_in import PASSWORD

TODAY = "/staff/"


def signed_in(client):
    return client.get(TODAY).status_code == 200


def test_password_and_code_sign_in(client, dana):
    assert give_password(client).url == SECOND
    assert not signed_in(client)
    assert give_code(client, new_code(dana)).url == TODAY
    assert signed_in(client)


def test_a_code_is_good_once(client, dana, client_class):
    code = new_code(dana)
    give_password(client)
    give_code(client, code)
    other = client_class()
    give_password(other)
    assert WRONG_CODE in give_code(other, code).text
    assert not signed_in(other)


@pytest.mark.parametrize("write", [str, str.lower, lambda code: code.replace("-", " ")])
def test_recovery_code_signs_in_once(client, dana, client_class, write):
    code = in_blocks(factors.new_recovery_codes(dana)[0], "-")
    give_password(client)
    give_code(client, write(code))
    assert signed_in(client)
    other = client_class()
    give_password(other)
    assert WRONG_CODE in give_code(other, code).text
    assert factors.recovery_codes_left(dana) == 9
    assert Event.objects.get(verb="recovery_used").facts == {"left": 9}


def test_one_persons_recovery_code_is_nobody_elses(client, dana, owner):
    app_of(owner)
    code = factors.new_recovery_codes(owner)[0]
    give_password(client)
    assert WRONG_CODE in give_code(client, code).text


def test_recovery_codes_are_not_in_the_database(dana):
    codes = factors.new_recovery_codes(dana)
    kept = set(factors.StaticToken.objects.values_list("token", flat=True))
    assert len(kept) == len(set(codes)) == 10
    assert kept.isdisjoint(code.lower() for code in codes)
    assert kept.isdisjoint(codes)


def test_next_page_is_kept_and_only_ours(client, dana):
    give_password(client, next="/staff/intake/contactrequest/")
    assert give_code(client, new_code(dana)).url == "/staff/intake/contactrequest/"
    client.logout()
    give_password(client, next="https://elsewhere.example/")
    assert give_code(client, new_code(dana, after=1)).url == TODAY


def outsiders(dana):
    User.objects.create_user("gone", password=PASSWORD, is_staff=True, is_active=False)
    User.objects.create_user("kim", password=PASSWORD)
    return [("dana", "wrong"), ("nobody", "wrong"), ("gone", PASSWORD), ("kim", PASSWORD)]


def test_answers_are_equal_whether_there_is_an_account(client, dana):
    told = []
    for name, password in outsiders(dana):
        answer = give_password(client, name, password)
        shown = re.sub(r'value="[^"]*"', "", answer.text)  # the name as typed, and the token
        told.append((answer.status_code, shown))
        assert NOT_TOGETHER in answer.text
    assert len(set(told)) == 1


def test_password_without_a_factor_opens_nothing_and_adds_none(client, owner):
    answer = give_password(client, "olive")
    assert "no second factor yet" in answer.text
    assert client.get("/staff/your-sign-in/add/").url == LOGIN
    assert not signed_in(client)


def test_password_alone_is_over_after_ten_minutes(client, dana):
    give_password(client)
    session = client.session
    session[half.PASSWORD] = {**session[half.PASSWORD], "until": half.now() - 1}
    session.save()
    assert give_code(client, new_code(dana)).url == LOGIN


def test_password_that_changed_meanwhile_is_worth_nothing(client, dana):
    give_password(client)
    dana.set_password("another quiet room")
    dana.save()
    assert give_code(client, new_code(dana)).url == LOGIN


def use_up(client, name="dana"):
    return [give_password(client, name, "wrong").status_code for _ in range(tries.AN_ACCOUNT)]


@pytest.mark.parametrize("name", ["dana", "DANA ", "nobody"])
def test_too_many_passwords_lock_the_account_out(client, dana, name):
    assert set(use_up(client, name)) == {200}
    answer = give_password(client, name)
    assert answer.status_code == 429
    assert "passwords and codes are off until" in answer.text
    account = None if name == "nobody" else dana.pk
    give_password(client, name)
    assert [event.facts for event in Event.objects.filter(verb="locked_out")] == [
        {"account": account}
    ]


def test_lock_out_blocks_codes_too(client, dana, client_class):
    give_password(client)
    use_up(client_class())
    answer = give_code(client, new_code(dana))
    assert answer.status_code == 429
    assert not signed_in(client)


def test_wrong_codes_count_like_wrong_passwords(client, dana):
    give_password(client)
    for _ in range(tries.AN_ACCOUNT):
        assert give_code(client, "000000").status_code == 200
    assert give_code(client, new_code(dana)).status_code == 429


def test_right_ones_are_not_counted(client, dana):
    for number in range(tries.AN_ACCOUNT + 2):
        assert give_password(client).url == SECOND
        factors.TOTPDevice.objects.update(last_t=-1)
        assert give_code(client, new_code(dana)).url == TODAY, number
        client.logout()
    assert set(Bucket.objects.values_list("n", flat=True)) == {0}


def test_an_address_is_locked_out_whatever_names_it_tries(client, dana):
    for number in range(tries.AN_ADDRESS):
        assert give_password(client, f"name{number}", "wrong").status_code == 200
    assert give_password(client).status_code == 429
    elsewhere = {"username": "dana", "password": PASSWORD}
    assert client.post(LOGIN, elsewhere, REMOTE_ADDR="203.0.113.9").url == SECOND


def test_lock_out_ends_with_the_hour(client, dana, monkeypatch):
    use_up(client)
    later = tries.timezone.now() + tries.WINDOW
    monkeypatch.setattr(tries.timezone, "now", lambda: later)
    assert tries.begin(client.get(LOGIN).wsgi_request, "dana").allowed


def test_names_and_addresses_are_kept_as_hashes_only(client, dana):
    give_password(client, "dana", "wrong")
    keys = [bytes(key) for key in Bucket.objects.values_list("key", flat=True)]
    assert [len(key) for key in keys] == [16, 16]
    assert not any(b"dana" in key or b"127.0.0.1" in key for key in keys)


def test_fields_are_named_for_password_managers(client, dana):
    page = client.get(LOGIN).text
    assert 'autocomplete="username webauthn"' in page
    assert 'autocomplete="current-password"' in page
    give_password(client)
    assert 'autocomplete="one-time-code"' in client.get(SECOND).text


def test_who_is_signed_in_is_led_on(client, dana):
    sign_in(client, dana)
    assert client.get(LOGIN, {"next": "/staff/intake/"}).url == "/staff/intake/"
