"""People who do not exist: made, told apart, and gone in one step."""

import re
import time
from io import StringIO

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from intake import retention, samples
from intake.digest import Digest
from intake.models import Attempt, ContactRequest, Event, Notice, PracticeHistory
from intake.models.choices import ContactMethod, Outcome, Private, Status, Voicemail
from tests.intake.conftest import reader
from tests.signing_in import sign_in

QUEUE = reverse("admin:intake_contactrequest_changelist")


@pytest.fixture
def made(practice, staff_user) -> list[ContactRequest]:
    samples.make(300, [staff_user, reader("ana")])
    return list(ContactRequest.objects.samples())


def test_they_stand_everywhere_and_chose_everything(made):
    assert len(made) == 300
    assert {each.kind for each in made} == {"sample"}
    assert {each.status for each in made} == set(Status.values)
    assert {each.outcome for each in made} == {"", *Outcome.values} - {"erased"}
    assert {each.contact_method for each in made} == set(ContactMethod.values)
    assert {each.contact_private for each in made} == {"", *Private.values}
    assert {each.voicemail for each in made} == {"", *Voicemail.values}
    assert {each.owner for each in made} == {None, *User.objects.all()}


def test_they_wrote_over_months_and_some_are_late(made):
    now = timezone.now()
    assert max((now - each.received_at).days for each in made) > 150
    assert min((now - each.received_at).days for each in made) == 0
    assert any(each.due_at and each.due_at < now for each in made)


def test_numbers_and_addresses_belong_to_nobody(made):
    for each in made:
        assert re.fullmatch(r"(\(503\) 555-01\d\d)?", each.phone)
        assert re.fullmatch(r"([a-z-]+@example\.com)?", each.email)


def test_histories_verify(made):
    assert [said for each in made for said in Event.verify(each.pk)] == []
    each = made[0]
    ContactRequest.objects.filter(pk=each.pk).update(urgent=True)
    assert Event.verify(each.pk) != []


def test_whoever_was_tried_has_tries(made):
    tried = {each.pk for each in made if each.first_attempt_at}
    assert set(Attempt.objects.values_list("request", flat=True)) == tried != set()


def test_the_same_seed_makes_the_same_people(made):
    before = sorted((each.preferred_name, each.outcome) for each in made)
    samples.remove()
    samples.make(300, list(User.objects.order_by("pk")))
    again = ContactRequest.objects.samples()
    assert sorted((each.preferred_name, each.outcome) for each in again) == before


def test_nobody_but_staff_did_what_was_done(practice):
    samples.make(20, [])
    assert set(ContactRequest.objects.values_list("status", flat=True)) == {"new"}
    assert set(Event.objects.exclude(kind="practice").values_list("verb", flat=True)) == {"sent"}


def test_real_rows_can_be_made_to_measure(practice, staff_user):
    samples.make(50, [staff_user], kind="real", open_share=1)
    assert ContactRequest.objects.real().open().count() == 50


def test_every_history_can_be_read(at_desk, made):
    for each in made[:60]:
        page = at_desk.get(reverse("admin:intake_contactrequest_change", args=[each.pk]))
        assert page.status_code == 200


# They count nowhere


def test_no_mail_no_digest_no_purge(made, practice):
    ContactRequest.objects.update(words_purge_on=practice.today(), identity_purge_on=None)
    due = retention.due(practice.today())
    assert (due.words, due.identity, due.held, Notice.objects.count()) == (0, 0, 0, 0)
    assert retention.purge().all == 0
    assert Digest.at(timezone.now(), practice).is_empty
    assert {each.why_no_mail for each in made} == {"not_real"}


def test_the_worker_asks_and_tells_none_of_them(made, mailoutbox):
    ContactRequest.objects.open().update(due_at=timezone.now())
    call_command("work", "--once")
    assert mailoutbox == []


# They stand in the inbox, and go


@pytest.fixture
def at_desk(client, staff_user):
    for name in ("change_contactrequest", "erase_request"):
        staff_user.user_permissions.add(Permission.objects.get(codename=name))
    return sign_in(client, User.objects.get(pk=staff_user.pk))


def test_the_inbox_says_what_they_are(at_desk, practice, staff_user, make_request):
    real = make_request()
    page = at_desk.get(QUEUE).content.decode()
    assert ("Practice data." in page, "practice data" in page) == (False, False)
    samples.make(30, [staff_user])
    page = at_desk.get(QUEUE).content.decode()
    assert "Practice data. No real people here." in page
    assert real.blocks.replace(" ", "-") in page
    rows = page.count('class="row-name"')
    assert page.count(">practice data<") == rows - 1


def test_they_go_in_one_step_after_a_question(at_desk, made, make_request):
    real = make_request()
    url = reverse("admin:intake_contactrequest_samples")
    assert "300 requests" in at_desk.get(url).content.decode()
    assert ContactRequest.objects.count() == 301
    assert at_desk.post(url).status_code == 302
    assert list(ContactRequest.objects.all()) == [real]
    assert set(Event.objects.values_list("kind", flat=True)) == {"real", "practice"}
    last = Event.objects.filter(verb="samples_removed").get()
    assert (last.facts["count"], last.actor.username) == (300, "dana")
    assert Event.verify(PracticeHistory.objects.get().pk) == []


def test_who_may_not_erase_removes_nothing(client, made, staff_user):
    sign_in(client, staff_user)
    url = reverse("admin:intake_contactrequest_samples")
    assert (client.get(url).status_code, client.post(url).status_code) == (403, 403)
    assert ContactRequest.objects.count() == 300


def test_what_was_done_with_them_goes_too(made, staff_user):
    each = next(each for each in made if each.status == "new")
    each.add_note(staff_user, "Ring twice")
    each.write(staff_user, "Come on Tuesday")
    assert samples.remove(staff_user) == 300
    assert ContactRequest.objects.count() == 0


def test_a_real_request_is_never_removed(make_request):
    make_request()
    with pytest.raises(ValueError, match="never removed"):
        ContactRequest.objects.remove("real")


# The command


def run(*arguments) -> str:
    out = StringIO()
    call_command("make_sample_requests", *arguments, stdout=out)
    return out.getvalue()


def test_command_makes_and_removes(practice, staff_user):
    assert run("12") == "Made: 12 requests. Remove them with --remove, or in the inbox.\n"
    assert ContactRequest.objects.samples().count() == 12
    assert run("--remove") == "Removed: 12 requests.\n"
    assert ContactRequest.objects.count() == 0


@pytest.mark.parametrize("n", ["0", "100001"])
def test_command_refuses_what_makes_no_sense(practice, n):
    with pytest.raises(CommandError, match="Make 1 to 100,000"):
        run(n)


def test_many_are_made_quickly(practice, staff_user):
    started = time.process_time()  # whatever else this machine does
    samples.make(500, [staff_user])
    assert time.process_time() - started < 2.5  # 10,000 in less than a minute
