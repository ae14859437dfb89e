"""The clock of a sign-in: the moments in its session are moved, nobody waits."""

import pytest

from practice_site.sign_in import session
from tests.signing_in import app_of

TODAY = "/staff/"
AWAKE = "/staff/awake/"
MINUTE = 60
BACKGROUND = [
    {"Sec-Fetch-Dest": "empty"},
    {"Sec-Fetch-Dest": "iframe"},
    {"Sec-Fetch-Dest": "image"},
    {"Accept": "*/*"},
]

IN_PLACE = {"Sec-Fetch-Dest": "empty", session.BY_HAND: "1"}


def move(client, seen=0.0, signed_in=0.0):
    """As if so many seconds had passed since they were last seen, or signed in."""
    kept = client.session
    kept[session.SEEN_AT] -= seen
    kept[session.SIGNED_IN_AT] -= signed_in
    kept.save()


def is_in(client):
    return client.get(TODAY).status_code == 200


@pytest.mark.parametrize(("idle", "stays"), [(15 * MINUTE - 2, True), (15 * MINUTE, False)])
def test_fifteen_idle_minutes_end_it(at_work, idle, stays):
    move(at_work, seen=idle)
    assert is_in(at_work) == stays


def test_every_page_begins_the_fifteen_minutes_anew(at_work):
    for _ in range(3):
        move(at_work, seen=10 * MINUTE)
        assert is_in(at_work)


@pytest.mark.parametrize("headers", BACKGROUND)
def test_requests_in_the_background_keep_nobody_in(at_work, headers):
    for _ in range(2):
        move(at_work, seen=7 * MINUTE)
        assert at_work.get(TODAY, headers=headers).status_code == 200
        assert at_work.get(AWAKE, headers=headers).status_code == 200
    move(at_work, seen=MINUTE)
    assert not is_in(at_work)


def test_going_on_in_place_of_a_page_load_keeps_one_in(at_work):
    for _ in range(3):
        move(at_work, seen=10 * MINUTE)
        assert at_work.get(TODAY, headers=IN_PLACE).status_code == 200


@pytest.mark.parametrize("whole", [12 * 60 * MINUTE - 2, 12 * 60 * MINUTE])
def test_twelve_hours_end_it_however_busy(at_work, whole):
    move(at_work, signed_in=whole)
    assert is_in(at_work) == (whole < 12 * 60 * MINUTE)


def test_asking_how_long_tells_and_changes_nothing(at_work):
    move(at_work, seen=13 * MINUTE)
    left = [at_work.get(AWAKE, headers=BACKGROUND[0]).json()["left"] for _ in range(2)]
    assert 2 * MINUTE - 5 < left[1] <= left[0] <= 2 * MINUTE


def test_saying_that_one_is_there_gives_fifteen_minutes_more(at_work, dana):
    move(at_work, seen=13 * MINUTE)
    told = at_work.post(AWAKE, headers=BACKGROUND[0]).json()
    assert 15 * MINUTE - 5 < told["left"] <= 15 * MINUTE
    assert told["user"] == dana.pk


def test_nobody_says_it_for_one_who_is_out(at_work):
    move(at_work, seen=15 * MINUTE)
    assert at_work.post(AWAKE, headers=BACKGROUND[0]).status_code == 302
    assert not is_in(at_work)


def test_the_time_left_is_never_more_than_twelve_hours_allow(at_work):
    move(at_work, signed_in=12 * 60 * MINUTE - MINUTE)
    assert at_work.post(AWAKE).json()["left"] <= MINUTE


def test_session_that_nobody_began_is_none(client, dana):
    client.force_login(dana)
    assert not is_in(client)


def test_what_is_left_of_a_session_opens_nothing(at_work):
    move(at_work, seen=15 * MINUTE)
    at_work.get(TODAY)
    assert sorted(at_work.session.keys()) == ["ended"]


def test_sign_in_that_is_woken_keeps_its_beginning(client, rf, dana):
    began = session.now() - 60 * MINUTE
    request = rf.get(TODAY)
    request.session, request.user = client.session, dana
    session.begin(request, dana, app_of(dana), since=began)
    assert request.session[session.SIGNED_IN_AT] == began
    assert session.seconds_left(request.session) > 14 * MINUTE


def test_after_twelve_hours_nobody_is_woken(at_work):
    move(at_work, seen=16 * MINUTE, signed_in=12 * 60 * MINUTE)
    response = at_work.get(TODAY)
    assert session.ended(response.wsgi_request) is None


def test_page_seen_within_seconds_is_not_written_anew(at_work, django_assert_num_queries):
    before = at_work.session[session.SEEN_AT]
    at_work.get(TODAY)
    assert at_work.session[session.SEEN_AT] == before
    move(at_work, seen=session.GRAIN.total_seconds())
    at_work.get(TODAY)
    assert at_work.session[session.SEEN_AT] >= before
