from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from intake.models import Referral

TODAY = date(2031, 11, 24)


def make(name="River Street", **facts):
    return Referral.objects.create(
        **{"name": name, "what_for": "Couples", "phone": "503-555-0143", **facts}
    )


@pytest.mark.parametrize(("days", "late"), [(None, True), (0, False), (180, False), (181, True)])
def test_one_that_nobody_checked_for_half_a_year_is_late(db, days, late):
    checked = None if days is None else TODAY - timedelta(days=days)
    referral = make(checked_on=checked)
    assert referral.is_late(TODAY) is late
    assert list(Referral.objects.to_check(TODAY)) == [referral] * late


def test_retired_is_neither_offered_nor_to_check(db):
    make(retired=True)
    assert Referral.objects.offered().count() == Referral.objects.to_check(TODAY).count() == 0


def test_check_off_says_who_and_when(db):
    referral, dana = make(), User.objects.create_user("dana")
    assert Referral.objects.filter(pk=referral.pk).check_off(dana, TODAY) == 1
    referral.refresh_from_db()
    assert (referral.checked_on, referral.checked_by) == (TODAY, dana)


@pytest.mark.parametrize(
    ("for_whom", "seeking_for", "suits"),
    [
        ([], "couple", True),
        (["couples"], "couple", True),
        (["couples"], "me", False),
        (["children", "families"], "child", True),
        (["parents"], "family", False),
    ],
)
def test_suits_who_it_is_for(for_whom, seeking_for, suits):
    assert Referral(for_whom=for_whom).suits(seeking_for) is suits


def test_line_says_name_reach_and_day(db):
    referral = make(web="https://river.example/", mail="kim@river.example", cost="$50")
    assert referral.line == (
        "– River Street. Couples. $50. Call 503-555-0143, or see https://river.example, or write "
        "to kim@river.example. We have not checked this ourselves yet."
    )
    referral.checked_on = TODAY
    assert referral.line.endswith("We last checked this on November 24, 2031.")


def test_one_that_cannot_be_reached_is_refused(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        make(phone="")
