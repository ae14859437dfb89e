from datetime import timedelta

import pytest
from django.utils import timezone

from intake.models import Bucket, ContactRequest, Notice, TooMany, limits
from tests.intake.conftest import at_once, make_answers, make_token

HERE, THERE = b"h" * 16, b"t" * 16
RATE = 3


@pytest.fixture(autouse=True)
def few(settings, monkeypatch, practice):
    settings.INTAKE_RATE = RATE
    monkeypatch.setattr(limits, "HELD_A_DAY", 2)


def send(sign="", came_from=HERE, token=None, answers=None):
    return ContactRequest.objects.send(
        answers or make_answers(), token or make_token(), sign, came_from
    )


def reasons() -> list[str]:
    return list(
        ContactRequest.objects.order_by("received_at").values_list("held_reason", flat=True)
    )


def counted() -> list[int]:
    return sorted(Bucket.objects.values_list("n", flat=True))


def test_over_the_rate_a_request_is_held_and_another_address_is_not():
    for _ in range(RATE + 1):
        send()
    send(came_from=THERE)
    assert reasons() == [""] * RATE + ["rate", ""]


def test_beyond_the_cap_nothing_is_stored_and_the_wait_is_to_the_hour():
    for _ in range(RATE + 2):
        send()
    for _ in range(2):
        before = counted()
        with pytest.raises(TooMany) as refusal:
            send()
        assert timedelta(0) < refusal.value.wait <= timedelta(hours=1)
        assert counted() == before
    assert reasons() == [""] * RATE + ["rate"] * 2


@pytest.mark.parametrize("sign", ["trap", "fast"])
def test_signs_count_against_the_cap_from_wherever_they_come(sign):
    send(sign, HERE)
    send(sign, THERE)
    with pytest.raises(TooMany) as refusal:
        send(sign, None)
    assert refusal.value.wait == timedelta(minutes=10)
    assert reasons() == [sign] * 2


def test_a_person_is_stored_however_full_the_review_is():
    for _ in range(2):
        send("trap", None)
    send("", THERE)
    send("expired", THERE)
    send("", None)
    assert reasons() == ["trap", "trap", "", "expired", ""]


def test_an_old_form_is_no_way_around_the_cap():
    for _ in range(RATE + 2):
        send("expired")
    with pytest.raises(TooMany):
        send("expired")


def test_without_a_rate_nobody_is_held(settings):
    settings.INTAKE_RATE = 0
    for _ in range(RATE + 2):
        send()
    assert (reasons(), counted()) == ([""] * (RATE + 2), [])


def test_the_same_again_is_not_counted_again():
    token, answers = make_token(), make_answers()
    for _ in range(RATE + 2):
        send(token=token, answers=answers)
    assert (reasons(), counted()) == ([""], [1])


def test_a_send_that_failed_is_not_counted(monkeypatch):
    def fail(*_):
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(Notice, "about", fail)
        with pytest.raises(RuntimeError):
            send()
    assert counted() == []
    send()
    assert counted() == [1]


@pytest.mark.django_db(transaction=True)
def test_sends_at_once_from_two_addresses_are_counted_exactly():
    """Also that their locks never cross: both addresses end at the row of the cap."""
    results = at_once(*(lambda n=n: send(came_from=(HERE, THERE)[n % 2]) for n in range(12)))
    refused = [result for result in results if isinstance(result, TooMany)]
    assert len(refused) == 12 - 2 * RATE - 2
    assert sorted(reasons()) == [""] * 2 * RATE + ["rate"] * 2
    assert Bucket.objects.filter(key__in=[HERE, THERE]).count() == 2
    assert sum(counted()) == (2 * RATE + 2) + 2


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_at_once_counts_once():
    token, answers = make_token(), make_answers()
    results = at_once(*[lambda: send(token=token, answers=answers)] * 4)
    assert (results, counted()) == ([results[0]] * 4, [1])


def test_an_hour_later_all_is_as_before(monkeypatch):
    for _ in range(RATE + 1):
        send()
    later = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    send()
    assert reasons()[-1] == ""
