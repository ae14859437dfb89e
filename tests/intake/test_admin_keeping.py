"""What the request's page says about how long it is kept, and the page to hold or erase it."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from intake.admin.keeping import kept
from intake.models import ContactRequest
from tests.intake.conftest import CANARY
from tests.signing_in import sign_in

TODAY = date(2026, 11, 24)


def url(request, name="keeping"):
    return reverse(f"admin:intake_contactrequest_{name}", args=[request.pk])


@pytest.fixture
def desk(staff_user):
    for name in ("change_contactrequest", "hold_request", "erase_request"):
        staff_user.user_permissions.add(Permission.objects.get(codename=name))
    return User.objects.get(pk=staff_user.pk)


@pytest.fixture
def at_desk(client, desk):
    return sign_in(client, desk)


@pytest.fixture
def request_(make_request):
    return make_request()


def fresh(request) -> ContactRequest:
    return ContactRequest.objects.get(pk=request.pk)


def typed(request, prefix, **given):
    return {f"{prefix}-{name}": value for name, value in {"version": 1, **given}.items()}


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, ""),
        (
            {"words": 12, "identity": 72},
            "Words are erased in 12 days, name and number in 72 days.",
        ),
        ({"words": 1, "identity": 61}, "Words are erased tomorrow, name and number in 61 days."),
        ({"words": 0, "identity": 60}, "Words are erased within the hour, name and number in 60 "
         "days."),
        ({"words": 30, "identity": 30}, "Everything is erased in 30 days."),
        ({"identity": 5}, "The words are erased. Name and number are erased in 5 days."),
        ({"words": 12, "identity": 72, "kind": "sample"}, ""),
        ({"words": 12, "identity": 72, "hold": "legal"},
         "Held (legal request), until someone lifts it. Nothing of it is erased."),
        ({"words": 12, "identity": 72, "hold": "safety", "until": 10},
         "Held (safety), until the end of Friday, December 4. Nothing of it is erased."),
    ],
)  # fmt: skip
def test_how_long_it_is_kept_in_words(facts, said):
    days = {name: TODAY + timedelta(days=facts[name]) for name in ("words", "identity", "until")
            if name in facts}  # fmt: skip
    request = ContactRequest(
        kind=facts.get("kind", "real"),
        words_purge_on=days.get("words"),
        identity_purge_on=days.get("identity"),
        hold_kind=facts.get("hold", ""),
        hold_until=days.get("until"),
    )
    assert kept(request, TODAY).words == said


def test_the_request_s_page_counts_down(at_desk, desk, request_):
    page = at_desk.get(url(request_, "change")).content.decode()
    assert "erased in" not in page
    request_.close(desk, "became_client")
    page = at_desk.get(url(request_, "change")).content.decode()
    assert "Words are erased in 30 days, name and number in 90 days." in page
    assert f'href="{url(request_)}"' in page


def test_who_may_neither_sees_no_way_there(client, staff_user, request_):
    sign_in(client, staff_user)
    assert url(request_) not in client.get(url(request_, "change")).content.decode()
    assert client.get(url(request_)).status_code == 403
    for verb in ("hold", "lift", "erase"):
        assert client.post(url(request_, verb)).status_code == 403
    assert fresh(request_).message == CANARY


@pytest.mark.parametrize(("name", "verb"), [("hold_request", "erase"), ("erase_request", "hold")])
def test_each_takes_its_own_permission(client, staff_user, request_, name, verb):
    staff_user.user_permissions.add(Permission.objects.get(codename=name))
    sign_in(client, User.objects.get(pk=staff_user.pk))
    page = client.get(url(request_)).content.decode()
    assert f'action="{url(request_, verb)}"' not in page
    assert client.post(url(request_, verb)).status_code == 403


# Holding


def test_hold_and_lift(at_desk, request_):
    given = typed(request_, "hold", kind="legal", until="2027-03-01", note="Letter of the court")
    assert at_desk.post(url(request_, "hold"), given).status_code == 302
    row = fresh(request_)
    assert (row.hold_kind, row.hold_by.username, row.hold_until) == (
        "legal", "dana", date(2027, 3, 1),
    )  # fmt: skip
    assert row.notes.get(kind="hold").text == "Letter of the court"
    page = at_desk.get(url(request_, "change")).content.decode()
    assert "Held (legal request), until the end of Monday, March 1" in page
    assert "held it back from erasing: legal request, until 2027-03-01" in page
    assert "Letter of the court" not in page  # sealed: it shows once the request is opened
    assert at_desk.post(url(request_, "lift")).status_code == 302
    assert fresh(request_).hold_kind == ""


def test_hold_needs_a_reason_and_keeps_what_was_typed(at_desk, request_):
    answer = at_desk.post(url(request_, "hold"), typed(request_, "hold", note="Why"))
    page = answer.content.decode()
    assert ("Choose why it must be kept" in page, ">Error: " in page) == (True, True)
    assert ("Why</textarea>" in page, fresh(request_).hold_kind) == (True, "")


def test_hold_to_a_day_that_is_over_says_so(at_desk, request_):
    given = typed(request_, "hold", kind="legal", until="2020-01-01")
    answer = at_desk.post(url(request_, "hold"), given)
    assert answer.status_code == 409
    assert "A hold ends on a day to come." in answer.content.decode()


def test_later_hold_does_not_overwrite(at_desk, desk, request_):
    given = typed(request_, "hold", kind="legal")
    request_.take(desk)
    answer = at_desk.post(url(request_, "hold"), given)
    assert answer.status_code == 409
    assert "Someone else changed this request meanwhile" in answer.content.decode()
    assert fresh(request_).hold_kind == ""


# Erasing


@pytest.mark.parametrize("between", ["", " ", "-"])
def test_erase_takes_the_typed_reference(at_desk, request_, between):
    name = request_.reference[:4] + between + request_.reference[4:].lower()
    answer = at_desk.post(url(request_, "erase"), typed(request_, "erase", reference=name))
    assert answer.status_code == 302
    row = fresh(request_)
    assert (row.gone_by, row.outcome, row.message) == ("staff", "erased", "")
    assert row.events.order_by("seq").last().actor.username == "dana"
    page = at_desk.get(url(request_, "change")).content.decode()
    assert "is erased. Choices and history stay." in page
    assert url(request_) not in page


@pytest.mark.parametrize("name", ["", "7QK4M2XD", "erase"])
def test_another_reference_erases_nothing(at_desk, request_, name):
    answer = at_desk.post(url(request_, "erase"), typed(request_, "erase", reference=name))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'class="field-error"' in page
    assert fresh(request_).message == CANARY


def test_what_is_held_is_not_erased(at_desk, desk, request_):
    request_.hold(desk, "legal")
    given = typed(request_, "erase", reference=request_.reference, version=2)
    answer = at_desk.post(url(request_, "erase"), given)
    assert answer.status_code == 409
    assert "It is held. Lift the hold first" in answer.content.decode()
    assert fresh(request_).message == CANARY


def test_erasing_twice_says_that_it_was_erased(at_desk, desk, request_):
    request_.erase()
    given = typed(request_, "erase", reference=request_.reference, version=2)
    answer = at_desk.post(url(request_, "erase"), given)
    assert (answer.status_code, "was erased before" in answer.content.decode()) == (409, True)
