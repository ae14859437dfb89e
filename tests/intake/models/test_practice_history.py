import pytest

from intake.models import AnonymousWrite, Event, PracticeHistory
from intake.models.practice_history import PRACTICE
from tests.intake.conftest import at_once

Verb = Event.Verb


def record(by, **facts):
    return PracticeHistory.objects.record(Verb.OPENED, by, facts)


def lines():
    return list(Event.objects.of_stream(PRACTICE).values_list("seq", "kind", "request_id"))


def test_each_line_follows_the_one_before(staff_user):
    first, second = record(staff_user, hits=2), record(staff_user)
    assert lines() == [(1, "practice", None), (2, "practice", None)]
    assert second.prev == first.mac
    assert Event.verify(PRACTICE) == []


def test_what_nobody_did_is_not_recorded(practice):
    with pytest.raises(AnonymousWrite):
        record(None)
    assert lines() == []


def test_text_does_not_fit_into_a_line(staff_user):
    with pytest.raises(ValueError, match="belongs into a sealed note"):
        record(staff_user, query="Robin, 503")
    assert lines() == []


@pytest.mark.django_db(transaction=True)
def test_two_at_once_both_get_a_line(staff_user):
    record(staff_user)
    at_once(lambda: record(staff_user), lambda: record(staff_user))
    assert [seq for seq, *_ in lines()] == [1, 2, 3]
    assert Event.verify(PRACTICE) == []
