"""The next step: what each button does to status and due time, and what it refuses."""

import html
import re
from datetime import UTC, date, datetime, time

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from intake.admin.steps import StepForm
from intake.models import ContactRequest, Event
from tests.intake.conftest import reader
from tests.signing_in import sign_in

# A Monday, 10 am in Oregon, in years to come.
MONDAY = datetime(2031, 11, 24, 18, tzinfo=UTC)
NOTE = "Pneumonoultramicroscopic"
TALK = {"talk_on": "2031-11-27", "talk_at": "10:00"}


@pytest.fixture
def monday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: MONDAY)


@pytest.fixture
def desk(staff_user):
    return changer(staff_user)


def changer(user):
    user.user_permissions.add(Permission.objects.get(codename="change_contactrequest"))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def at_desk(desk):
    return signed_in(desk)


def signed_in(user):
    client = Client()
    sign_in(client, user)
    return client


def url(request, name="change"):
    return reverse(f"admin:intake_contactrequest_{name}", args=[request.pk])


def hidden(client, request):
    page = client.get(url(request)).content.decode()
    return dict(re.findall(r'type="hidden" name="(version|seen)" value="(\d+)"', page))


def press(client, request, step, fields=None, **typed):
    fields = fields or hidden(client, request)
    answer = client.post(url(request, "do"), {**fields, "step": step, **typed})
    request.refresh_from_db()
    return answer


def errors(answer):
    return re.findall(
        r'<li><a href="#(\w+)">([^<]+)</a></li>', html.unescape(answer.content.decode())
    )


def verbs(request):
    return list(request.events.order_by("seq").values_list("verb", flat=True))


@pytest.mark.parametrize(
    ("step", "typed", "status", "due_at", "due_kind"),
    [
        ("booked", TALK, "booked", (28, 17), "consultation"),
        ("waiting", {"check_in_on": "2031-11-27"}, "waiting", (27, 17), "check_in"),
        ("waiting", {"check_in_on": "2031-11-29"}, "waiting", (31, 17), "check_in"),  # a Saturday
    ],
)  # fmt: skip
def test_a_step_sets_status_and_due(
    practice, monday, desk, at_desk, make_request, step, typed, status, due_at, due_kind
):
    request = make_request()
    answer = press(at_desk, request, step, **typed)
    assert (answer.status_code, answer.url) == (302, url(request))
    day, hour = due_at
    expected = datetime.combine(date(2031, 11, 1), time(hour), tzinfo=practice.tz)
    expected = expected.replace(day=day) if day <= 30 else expected.replace(month=12, day=day - 30)
    assert (request.status, request.due_at, request.due_kind) == (status, expected, due_kind)
    assert verbs(request) == ["sent", "status_set"]
    assert request.events.get(verb="status_set").actor == desk


def test_saved_is_said_with_the_next_time(monday, at_desk, make_request):
    request = make_request()
    press(at_desk, request, "booked", **TALK)
    page = at_desk.get(url(request)).content.decode()
    assert '<li class="success">Saved. Next by Fri 5 pm.</li>' in page


def test_take(desk, at_desk, make_request):
    request = make_request()
    press(at_desk, request, "take")
    assert request.owner == desk
    assert 'value="take"' not in at_desk.get(url(request)).content.decode()


@pytest.mark.parametrize(
    ("step", "typed", "expected"),
    [
        ("note", {}, [("id_note", "Write the note first")]),
        (
            "booked",
            {},
            [
                ("id_talk_on", "Enter the day of the first talk"),
                ("id_talk_at", "Enter the hour of the first talk"),
            ],
        ),
        (
            "booked",
            {**TALK, "talk_on": "soon"},
            [("id_talk_on", "Enter the day of the first talk")],
        ),
        ("waiting", {}, [("id_check_in_on", "Enter the day on which you will check in")]),
        ("note", {"note": "x" * 4001}, [("id_note", "The note must be 4,000 characters or less")]),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_and_nothing_saved(at_desk, make_request, step, typed, expected):
    request = make_request()
    answer = press(at_desk, request, step, **{"check_in_on": "", **typed})
    assert answer.status_code == 200
    assert errors(answer) == expected
    assert "<title>Error: Request" in answer.content.decode()
    assert verbs(request) == ["sent"]


@pytest.mark.parametrize(("name", "hint"), [("note", "note-hint"), ("message", "message-readers")])
def test_hint_and_error_are_tied_to_their_control(at_desk, make_request, name, hint):
    request = make_request()
    page = press(at_desk, request, "note", **{"note": NOTE, name: "x" * 4001}).content.decode()
    (control,) = re.findall(rf'<textarea name="{name}"[^>]*>', page)
    assert f'aria-describedby="{hint} id_{name}_error"' in control
    assert 'aria-invalid="true"' in control
    ids = re.findall(r' id="([^"]+)"', page)
    assert [ids.count(each) for each in (hint, f"id_{name}_error")] == [1, 1]
    other = next(iter({"note", "message"} - {name}))
    assert f"id_{other}_error" not in page


def test_reopen_brings_it_back(desk, at_desk, make_request):
    request = make_request()
    request.close(desk, "changed_mind")
    page = at_desk.get(url(request)).content.decode()
    assert re.findall(r'name="step" value="(\w+)"', page) == ["note", "reopen"]
    press(at_desk, request, "reopen")
    assert (request.status, request.outcome) == ("in_review", "")
    assert request.due_at is not None


def test_release_and_spam_stand_only_where_it_is_held(at_desk, make_request):
    plain, person, spam = make_request(), make_request("trap"), make_request("fast")
    assert 'value="release"' not in at_desk.get(url(plain)).content.decode()
    press(at_desk, person, "release")
    assert (person.held_reason, verbs(person)) == ("", ["sent", "released"])
    press(at_desk, spam, "spam")
    assert (spam.status, spam.outcome) == ("closed", "spam")


def test_release_of_what_is_not_held_is_refused_in_words(at_desk, make_request):
    request = make_request()
    answer = press(at_desk, request, "release", note=NOTE)
    assert answer.status_code == 409
    assert "This request is not held for review. Nothing was saved" in answer.content.decode()
    assert NOTE in answer.content.decode()
    assert verbs(request) == ["sent"]


@pytest.mark.parametrize("step", ["", "close", "closed", "new", "erase", "delete", "open_words"])
def test_other_steps_do_nothing(at_desk, make_request, step):
    request = make_request()
    assert press(at_desk, request, step).status_code == 200
    assert verbs(request) == ["sent"]


def test_note_is_saved_with_the_step_or_not_at_all(at_desk, make_request):
    request = make_request()
    press(at_desk, request, "no_answer", note=NOTE)
    assert verbs(request) == ["sent", "tried", "noted"]
    assert request.notes.get().text == NOTE
    request.refresh_from_db()
    press(at_desk, request, "reopen", note="a second one")  # it is open: refused
    assert [note.text for note in request.notes.all()] == [NOTE]
    assert Event.verify(request.pk) == []


def test_a_note_that_cannot_be_kept_takes_its_step_back(at_desk, make_request):
    """The words are gone, and notes with them."""
    request = make_request()
    ContactRequest.objects.filter(pk=request.pk).update(
        words_purged_at=timezone.now(), words_key=None, sealed_words_key=None, answers_mac=None,
        message=None, needs=None,
    )  # fmt: skip
    answer = press(at_desk, request, "no_answer", note=NOTE)
    assert (answer.status_code, request.status) == (409, "new")
    assert verbs(request) == ["sent"]
    assert NOTE in answer.content.decode()


def test_later_save_is_told_what_changed_and_keeps_the_note(desk, at_desk, make_request):
    User.objects.filter(pk=desk.pk).update(first_name="Dana")
    request = make_request()
    ana = signed_in(changer(reader("ana")))
    as_ana_saw_it = hidden(ana, request)
    request.open_words(desk)
    ContactRequest.objects.get(pk=request.pk).close(desk, "changed_mind")
    answer = press(ana, request, "no_answer", fields=as_ana_saw_it, note=NOTE)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 409
    assert re.findall(r"<li>(Dana [^<]+), just now</li>", page) == [
        "Dana closed it: chose another or changed their mind"
    ]
    assert f"{NOTE}</textarea>" in page
    assert (request.status, request.outcome) == ("closed", "changed_mind")
    assert verbs(request) == ["sent", "opened", "closed"]


def test_after_a_conflict_the_next_press_counts(desk, at_desk, make_request):
    request = make_request()
    ana = signed_in(changer(reader("ana")))
    as_ana_saw_it = hidden(ana, request)
    press(at_desk, request, "take")
    told = press(ana, request, "no_answer", fields=as_ana_saw_it, note=NOTE).content.decode()
    again = dict(re.findall(r'type="hidden" name="(version|seen)" value="(\d+)"', told))
    assert press(ana, request, "no_answer", fields=again, note=NOTE).status_code == 302
    assert verbs(request) == ["sent", "taken", "tried", "noted"]


def test_reading_by_another_is_no_conflict(at_desk, make_request):
    request = make_request()
    fields = hidden(at_desk, request)
    request.open_words(reader("ana"))
    assert press(at_desk, request, "no_answer", fields=fields).status_code == 302


def test_a_conflict_keeps_the_words_open_for_who_reads(desk, at_desk, make_request):
    request = make_request(message="Absquatulate")
    ana = signed_in(changer(reader("ana")))
    ana.post(url(request, "open"))
    fields = hidden(ana, request)
    press(at_desk, request, "take")
    answer = press(ana, request, "no_answer", fields=fields)
    assert (answer.status_code, "Absquatulate" in answer.content.decode()) == (409, True)


def test_way_back_leads_to_the_queue_they_came_from(at_desk, make_request):
    request = make_request()
    address = f"{url(request, 'do')}?view=theirs&only=mine"
    answer = at_desk.post(address, {**hidden(at_desk, request), "step": "take"})
    assert answer.url == f"{url(request)}?view=theirs&only=mine"


@pytest.mark.parametrize(("weeks", "day"), [(3, date(2031, 12, 15)), (5, date(2031, 12, 29))])
def test_check_in_is_proposed_as_the_practice_says(practice, monday, make_request, weeks, day):
    practice.waiting_list_weeks = weeks
    form = StepForm.fresh(make_request(), practice)
    assert form.initial["check_in_on"] == day
