import pytest

from tests.intake.conftest import CANARY, make_answers, make_token


@pytest.mark.parametrize(
    ("answers", "masked"),
    [
        ({"contact_method": "call", "phone": "(503) 555-0142 "}, "42"),
        ({"contact_method": "text", "phone": "5035550142"}, "42"),
        ({"contact_method": "email", "email": "kim@example.com"}, "k…@example.com"),
        ({"contact_method": "own", "phone": "5035550142"}, ""),
    ],
)
def test_masked_contact_is_enough_to_recognize(answers, masked):
    assert make_answers(**answers).masked_contact() == masked


def test_answers_and_token_show_nothing():
    token = make_token()
    shown = f"{make_answers()!r} {make_answers()} {token!r} {token}"
    assert (CANARY in shown, repr(token.send_key) in shown) == (False, False)


def test_mac_of_tells_any_other_answer():
    token = make_token()
    macs = {
        token.mac_of(make_answers(**answers))
        for answers in ({}, {"message": "other"}, {"times_ok": ["morning"]}, {"mail_wanted": True})
    }
    assert len(macs) == 4
    assert token.mac_of(make_answers()) in macs
    assert make_token().mac_of(make_answers()) not in macs
