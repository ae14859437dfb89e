"""A pause: what the form, the promise and the mail say, and that it ends by itself."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from intake import notices
from intake.models import ContactRequest
from intake.promise import OFFICE_HOURS, Clock
from pages.models import Practice, SiteRevision
from tests.intake.conftest import reader
from tests.intake.reading import Reading

PORTLAND = ZoneInfo("America/Los_Angeles")
# Later than any run, so that whatever it stored is there and due by then.
YEAR = 2082
BACK = date(YEAR, 12, 7)  # a Monday
AWAY = "We are away until Monday, December 7."
STILL = "You can still write to us."
PROMISE = "You will hear from us by Tuesday, December 8, 5 pm."


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=PORTLAND)


@pytest.fixture
def clock_at(monkeypatch):
    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_to(at(YEAR, 11, 24, 10))
    return set_to


@pytest.fixture
def paused(practice, clock_at) -> Practice:
    practice.paused_until, practice.pause_sentence = BACK, "We are on our yearly break."
    practice.save()
    return practice


def words(client, path="/contact/"):
    return " ".join(Reading(client.get(path)).html.split())


def test_form_says_until_when_why_and_the_promise(client, paused):
    page = Reading(client.get("/contact/"))
    lead = " ".join(page.all("lead")[0].split())
    assert lead == f"{AWAY} We are on our yearly break. {STILL} {PROMISE}"


def test_form_without_a_sentence_says_the_date_alone(client, paused):
    Practice.objects.update(pause_sentence="")
    lead = " ".join(Reading(client.get("/contact/")).all("lead")[0].split())
    assert lead == f"{AWAY} {STILL} {PROMISE}"


def test_whoever_calls_is_told_from_when(client, paused):
    assert "Monday to Friday, 9 to 5, from Monday, December 7." in words(client)
    assert paused.call_hours == "Monday to Friday, 9 to 5, from Monday, December 7"


def test_request_during_a_pause_is_promised_after_it(paused, make_request):
    assert make_request().promised_at == at(YEAR, 12, 8, 17)


def test_mail_to_staff_says_the_date_and_that_the_site_says_so(paused, make_request):
    reader("dana")
    make_request()
    notices.send_due()
    (letter,) = mail.outbox
    assert letter.subject.endswith("answer by Dec 8, 5 pm")
    assert "\n\nThe site says that you are away until Monday, December 7.\n" in letter.body


def test_mail_outside_a_pause_says_nothing_of_one(practice, clock_at, make_request):
    reader("dana")
    make_request()
    notices.send_due()
    assert mail.outbox[0].body.count("\n") == 1


def test_pause_ends_at_the_practices_midnight(client, paused, clock_at):
    clock_at(at(YEAR, 12, 6, 23, 59))
    assert AWAY in words(client)
    clock_at(at(YEAR, 12, 7))
    assert (AWAY in words(client), paused.call_hours) == (False, "Monday to Friday, 9 to 5")
    assert ContactRequest.objects.count() == 0


def test_pages_in_memory_are_made_anew_at_that_midnight(paused, clock_at):
    clock_at(at(YEAR, 12, 6, 18))
    before = SiteRevision.raise_()
    clock_at(at(YEAR, 12, 6, 23, 59))
    assert SiteRevision.current() == before
    clock_at(at(YEAR, 12, 7))
    assert SiteRevision.current() == before + 1


def test_every_page_says_so_where_it_says_how_to_connect(client, starter, clock_at):
    clock_at(at(YEAR, 11, 24, 10))
    assert "When you are ready, we are here." in words(client, "/")
    Practice.objects.update(paused_until=BACK, pause_sentence="")
    assert f"{AWAY} {STILL} You can write two lines or none." in words(client, "/")
    assert "When you are ready, we are here." not in words(client, "/")
    clock_at(at(YEAR, 12, 7))
    assert "When you are ready, we are here." in words(client, "/")


@pytest.mark.parametrize(("weeks", "said"), [(1, "week"), (3, "three weeks"), (12, "12 weeks")])
def test_form_says_how_often_we_check_in_when_we_are_full(client, practice, weeks, said):
    Practice.objects.update(waiting_list_weeks=weeks)
    assert f"we will check in every {said}." in words(client)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(PORTLAND))


@given(
    now=moments,
    back=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    days=st.integers(1, 10),
    holidays=st.frozensets(st.dates(date(2026, 1, 1), date(2028, 12, 31)), max_size=30),
)
def test_no_promise_falls_inside_a_pause(now, back, days, holidays):
    """Not before the day someone is back has begun, and never sooner than without the pause."""
    here = Clock(OFFICE_HOURS, holidays, PORTLAND, days)
    away = Clock(OFFICE_HOURS, holidays, PORTLAND, days, back)
    promised = away.promised_at(now)
    if now.date() < back:
        assert promised >= datetime.combine(back, datetime.min.time(), tzinfo=PORTLAND)
        assert promised >= here.promised_at(now)
    else:
        assert promised == here.promised_at(now)
