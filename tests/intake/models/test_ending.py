import pytest

from intake.models import ContactRequest, Ending
from intake.models.ending import GROUPS, REASON_OF, ending_of, outcome_of, words_of

THEIR_OWN = {"withdrew", "erased"}


def test_every_ending_stands_in_one_group():
    assert sorted(each for group in GROUPS.values() for each in group) == sorted(Ending)


def test_staff_can_say_every_outcome_but_the_person_s_own():
    assert {outcome_of(ending) for ending in Ending} == {*ContactRequest.Outcome.values} - THEIR_OWN


@pytest.mark.parametrize("ending", Ending)
def test_the_row_leads_back_to_the_words(ending):
    row = ContactRequest(outcome=outcome_of(ending), ending_reason=REASON_OF.get(ending, ""))
    assert ending_of(row) == words_of(ending)
