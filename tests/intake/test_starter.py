"""What every site begins with: nothing is missing, and nothing staff did is written over."""

import pytest

from intake import blanks, starter
from intake.models import OutcomeText, Referral
from intake.models.ending import WITH_WORDS


def test_every_ending_has_words_and_every_blank_is_known():
    words = starter.ending_words()
    assert set(words) == {str(ending) for ending in WITH_WORDS}
    assert [name for text in words.values() for name in blanks.unknown(text)] == []


def test_begin_writes_a_row_for_each_ending_once(db):
    assert OutcomeText.objects.begin() == len(WITH_WORDS)
    assert OutcomeText.objects.begin() == 0
    for row in OutcomeText.objects.all():
        row.full_clean()


def test_begin_keeps_what_staff_wrote(db):
    OutcomeText.objects.create(ending="no_reply", text="Our own.")
    OutcomeText.objects.begin()
    assert OutcomeText.objects.get(ending="no_reply").text == "Our own."


def test_referrals_begin_with_four_that_nobody_has_checked(db):
    assert Referral.objects.begin() == 4
    assert set(Referral.objects.values_list("checked_on", "checked_by", "retired")) == {
        (None, None, False)
    }
    for row in Referral.objects.all():
        row.full_clean()


@pytest.mark.parametrize("gone", [True, False])
def test_referrals_that_staff_changed_or_deleted_stay_so(db, gone):
    Referral.objects.begin()
    first = Referral.objects.earliest("pk")
    if gone:
        first.delete()
    else:
        Referral.objects.filter(pk=first.pk).update(name="Renamed", phone="503-555-0100")
    left = list(Referral.objects.order_by("pk").values_list("name", "phone"))
    assert Referral.objects.begin() == 0
    assert list(Referral.objects.order_by("pk").values_list("name", "phone")) == left
