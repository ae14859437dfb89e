"""How long a request is kept: its days, what goes on them, and what a hold keeps."""

import json
from datetime import date, timedelta

import pytest
from django.utils import timezone

from intake.models import (
    CheckIn,
    ContactRequest,
    Erasure,
    Event,
    Held,
    NotAllowed,
    Note,
    Notice,
    Receipt,
    SentPage,
)
from intake.models.keeping_dates import retention_dates
from pages.models import Practice
from tests.intake.conftest import CANARY
from tests.intake.models.test_theirs import bytes_of_every_table, ciphertexts, fresh, told

Stage = Erasure.Stage


@pytest.fixture
def today(practice) -> date:
    return practice.today()


@pytest.fixture
def closed(make_request, staff_user) -> ContactRequest:
    """With all that can hang on it, and closed today."""
    request = make_request(
        insurer=f"{CANARY} insurer", needs=f"{CANARY} needs", email="canary@example.com"
    )
    request.fill_indexes()
    request.add_note(staff_user, f"{CANARY} note of staff")
    request.write(staff_user, f"{CANARY} message of staff")
    request.close(staff_user, "became_client")
    return fresh(request)


def verbs(request) -> list[str]:
    return list(request.events.order_by("seq").values_list("verb", flat=True))


# The days


def test_days_follow_the_practice(practice):
    Practice.objects.update(words_kept_days=10, identity_kept_days=20)
    practice.refresh_from_db()
    assert retention_dates(practice, date(2026, 11, 24)) == (date(2026, 12, 4), date(2026, 12, 14))


def test_closing_sets_the_days_and_reopening_takes_them_back(closed, today, staff_user):
    assert closed.words_purge_on == today + timedelta(days=30)
    assert closed.identity_purge_on == today + timedelta(days=90)
    closed.reopen(staff_user)
    row = fresh(closed)
    assert (row.words_purge_on, row.identity_purge_on) == (None, None)


@pytest.mark.parametrize("how", ["withdraw", "found"])
def test_what_the_person_ended_goes_with_its_words(make_request, staff_user, today, how):
    request = make_request()
    if how == "withdraw":
        request.withdraw()
    else:
        now = timezone.now()
        request.set_status(staff_user, "waiting", now + timedelta(days=20))
        CheckIn.objects.create(request=request, number=1, expires_at=now + timedelta(days=14))
        request.answer_check_in("found")
    row = fresh(request)
    assert row.words_purge_on == row.identity_purge_on == today + timedelta(days=30)


def test_closed_again_after_its_words_are_gone_has_one_day_left(closed, today, staff_user):
    closed.purge(today + timedelta(days=30))
    closed.reopen(staff_user)
    closed.close(staff_user, "became_client")
    row = fresh(closed)
    assert (row.words_purge_on, row.identity_purge_on) == (None, today + timedelta(days=90))


# Purging


def test_nothing_goes_before_its_day(closed, today):
    assert closed.purge(today + timedelta(days=29)) == []
    assert fresh(closed).message == CANARY


def test_words_go_first(closed, today):
    before = fresh(closed)
    assert closed.purge(today + timedelta(days=30)) == [Stage.WORDS]
    row = fresh(closed)
    assert (row.message, row.needs, row.answers_mac, row.sealed_words_key) == ("", "", None, None)
    assert (row.preferred_name, row.phone, row.insurer) == (
        "Robin", "(503) 555-0187", f"{CANARY} insurer",
    )  # fmt: skip
    assert row.phone_index == before.phone_index
    assert (row.words_purge_on, row.gone_by) == (None, "retention")
    assert row.identity_purge_on == today + timedelta(days=90)
    assert [note.ciphertext("text") for note in row.notes.all()] == [None]
    assert [m.ciphertext("for_staff") for m in row.messages.all()] == [None]
    assert [m.for_person for m in row.messages.all()] == [None]
    assert (Receipt.objects.count(), SentPage.objects.count()) == (1, 0)


def test_identity_goes_later_and_a_husk_stays(closed, today):
    before = ciphertexts(closed)
    assert [each for each in before if each not in bytes_of_every_table()] == []
    closed.purge(today + timedelta(days=30))
    assert closed.purge(today + timedelta(days=90)) == [Stage.IDENTITY]
    row = fresh(closed)
    left = bytes_of_every_table()
    assert [each for each in before if each in left] == []
    assert (row.outcome, row.seeking_for, row.received_at) == (
        "became_client", "me", closed.received_at,
    )  # fmt: skip
    assert (Receipt.objects.count(), Notice.objects.filter(to_person=True).count()) == (0, 0)


def test_both_on_one_day_is_one_transaction(make_request, today):
    request = make_request()
    request.withdraw()
    assert request.purge(today + timedelta(days=30)) == [Stage.WORDS, Stage.IDENTITY]
    assert verbs(request) == ["sent", "withdrew", "words_purged", "identity_purged"]


def test_history_of_the_site_verifies_afterwards(closed, today):
    closed.purge(today + timedelta(days=30))
    assert Event.verify(closed.pk) == []
    closed.purge(today + timedelta(days=90))
    assert Event.verify(closed.pk) == []
    last = closed.events.order_by("seq").last()
    assert (last.verb, last.actor_kind, last.actor) == ("identity_purged", "system", None)
    ContactRequest.objects.filter(pk=closed.pk).update(seeking_for="couple")
    assert Event.verify(closed.pk) == ["The request's columns are not as its history left them."]


def test_purging_twice_is_purging_once(closed, today):
    stale = fresh(closed)
    day = today + timedelta(days=90)
    assert closed.purge(day) == [Stage.WORDS, Stage.IDENTITY]
    assert stale.purge(day) == []
    assert verbs(closed).count("identity_purged") == 1


def test_one_that_was_reopened_meanwhile_is_kept(closed, today, staff_user):
    stale = fresh(closed)
    closed.reopen(staff_user)
    assert stale.purge(today + timedelta(days=90)) == []
    assert fresh(closed).message == CANARY


def test_a_message_that_waits_is_announced_no_more(make_request, staff_user, today):
    request = make_request(
        contact_method="email", email="k@example.com", contact_private="no", mail_wanted=True
    )
    request.write(staff_user, "Come on Tuesday")
    request.close(staff_user, "became_client")
    assert Notice.objects.filter(kind="written").count() == 1
    request.purge(today + timedelta(days=30))
    assert Notice.objects.filter(kind="written").count() == 0


# Those without days


def test_one_without_days_gets_them_from_the_day_it_was_closed(closed, today):
    ago = timezone.now() - timedelta(days=50)
    ContactRequest.objects.update(words_purge_on=None, identity_purge_on=None, closed_at=ago)
    assert closed.date_erasure() is True
    row = fresh(closed)
    day = Practice.objects.get().today(ago)
    assert (row.words_purge_on, row.identity_purge_on) == (
        day + timedelta(days=30), day + timedelta(days=90),
    )  # fmt: skip
    assert closed.date_erasure() is False
    assert verbs(closed)[-1] == "dated"


# Holding


def test_what_is_held_is_never_purged(closed, today, staff_user):
    closed.hold(staff_user, "legal", note="Letter of the court")
    assert closed.purge(today + timedelta(days=9999)) == []
    assert fresh(closed).message == CANARY
    assert verbs(closed)[-2:] == ["held", "noted"]
    note = Note.objects.get(kind="hold")
    assert (note.text, note.by) == ("Letter of the court", staff_user)
    assert Event.verify(closed.pk) == []


def test_hold_leaves_choices_and_days_in_the_history(closed, today, staff_user):
    until = today + timedelta(days=40)
    closed.hold(staff_user, "complaint", until)
    facts = closed.events.get(verb="held").facts
    assert (facts["hold"], facts["until"]) == ("complaint", until.isoformat())
    assert told(closed)[-1] == ("held", {"hold": "complaint", "until": until.isoformat()})


def test_lifted_it_is_purged(closed, today, staff_user):
    closed.hold(staff_user, "legal")
    closed.lift(staff_user)
    assert closed.purge(today + timedelta(days=90)) == [Stage.WORDS, Stage.IDENTITY]
    with pytest.raises(NotAllowed):
        closed.lift(staff_user)


def test_hold_ends_after_its_last_day(closed, today, staff_user):
    until = today + timedelta(days=3)
    closed.hold(staff_user, "safety", until)
    assert closed.lift_when_over(until) is False
    assert closed.lift_when_over(until + timedelta(days=1)) is True
    row = fresh(closed)
    assert (row.hold_kind, row.hold_by, row.hold_until) == ("", None, None)
    assert closed.events.order_by("seq").last().actor_kind == "system"


def test_hold_that_is_over_keeps_nobody_from_erasing(make_request, staff_user, today):
    request = make_request()
    request.hold(staff_user, "legal")
    with pytest.raises(Held):
        request.erase()
    ContactRequest.objects.update(hold_until=today - timedelta(days=1))
    assert request.erase() is True


def test_hold_to_a_day_that_has_come_is_refused(closed, today, staff_user):
    with pytest.raises(NotAllowed, match="a day to come"):
        closed.hold(staff_user, "legal", today)
    assert fresh(closed).hold_kind == ""


def test_hold_without_words_takes_no_note(closed, today, staff_user):
    closed.purge(today + timedelta(days=30))
    with pytest.raises(NotAllowed, match="Hold it without one"):
        closed.hold(staff_user, "legal", note="Why")
    closed.hold(staff_user, "legal")
    assert closed.purge(today + timedelta(days=90)) == []


def test_nothing_is_left_to_hold(closed, staff_user):
    closed.erase()
    with pytest.raises(NotAllowed, match="nothing left to hold"):
        closed.hold(staff_user, "legal")


# Staff erase


def test_staff_erase_what_they_were_asked_to(make_request, staff_user):
    request = make_request()
    assert request.erase(staff_user) is True
    row = fresh(request)
    assert (row.outcome, row.gone_by, row.preferred_name) == ("erased", "staff", "")
    last = request.events.order_by("seq").last()
    assert (last.verb, last.actor) == ("erased", staff_user)
    assert Event.verify(request.pk) == []


# What was erased is written down outside


def log_lines(settings) -> list[dict[str, str]]:
    path = settings.DATA_DIR / "erasures.log"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_every_erasure_is_written_down(
    closed, make_request, staff_user, today, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.DATA_DIR = tmp_path
    other, third = make_request(), make_request()
    with django_capture_on_commit_callbacks(execute=True):
        closed.purge(today + timedelta(days=30))
        closed.purge(today + timedelta(days=90))
        other.erase()
        third.erase(staff_user)
    assert [(line["request"], line["stage"]) for line in log_lines(settings)] == [
        (str(closed.pk), "words"),
        (str(closed.pk), "identity"),
        (str(other.pk), "identity"),
        (str(third.pk), "identity"),
    ]
    assert {tuple(line) for line in log_lines(settings)} == {("request", "stage", "at")}
    assert (tmp_path / "erasures.log").stat().st_mode & 0o777 == 0o600
    assert Erasure.objects.filter(logged_at=None).count() == 0


def test_what_could_not_be_written_down_stays_erased_and_comes_later(
    closed, today, settings, tmp_path, django_capture_on_commit_callbacks, caplog
):
    settings.DATA_DIR = tmp_path / "away"
    with django_capture_on_commit_callbacks(execute=True):
        assert closed.purge(today + timedelta(days=30)) == [Stage.WORDS]
    assert [line.msg for line in caplog.records] == ["An erasure is not written down yet"]
    settings.DATA_DIR.mkdir()
    assert (Erasure.objects.write_down(), Erasure.objects.write_down()) == (1, 0)
    assert [line["stage"] for line in log_lines(settings)] == ["words"]


def test_the_public_machine_leaves_the_log_to_the_worker(closed, settings, tmp_path):
    settings.DATA_DIR, settings.SURFACE = tmp_path, "public"
    closed.erase()
    assert Erasure.objects.write_down() == 0
    assert log_lines(settings) == []
    settings.SURFACE = "staff"
    assert Erasure.objects.write_down() == 1


# What a backup brings back


def test_purge_again_erases_what_a_backup_brought_back(make_request, today):
    request = make_request()
    assert request.purge_again(Stage.IDENTITY) is True
    row = fresh(request)
    assert (row.status, row.outcome, row.gone_by) == ("closed", "erased", "retention")
    assert (row.preferred_name, row.message) == ("", "")
    assert request.purge_again(Stage.IDENTITY) is False
    assert Event.verify(request.pk) == []


def test_purge_again_of_words_alone_leaves_an_open_request_to_staff(make_request):
    request = make_request()
    assert request.purge_again(Stage.WORDS) is True
    row = fresh(request)
    assert (row.status, row.message, row.preferred_name) == ("new", "", "Robin")


def test_purge_again_goes_past_a_hold_that_is_as_old_as_the_backup(make_request, staff_user):
    request = make_request()
    request.hold(staff_user, "legal")
    assert request.purge_again(Stage.IDENTITY) is True
    assert fresh(request).hold_kind == ""
