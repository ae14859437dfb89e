"""The right column: six results, what they ask first, undo, the next step, what stands beside."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from intake.admin import wishes_broken
from intake.clock import practice_clock
from intake.models import Attempt, ContactRequest, Event
from tests.intake.conftest import reader
from tests.signing_in import sign_in

# A Monday, 10 am in Oregon, in years to come.
MONDAY = datetime(2031, 11, 24, 18, tzinfo=UTC)
NOTE = "Pneumonoultramicroscopic"
SIX = ["Talked", "No answer", "Left message", "Someone else answered", "Sent text or email",
       "Not safe now"]  # fmt: skip


@pytest.fixture
def at(monkeypatch, practice):
    def set_clock(moment=MONDAY):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_clock()
    return set_clock


@pytest.fixture
def desk(staff_user, at):
    return changer(staff_user, "Dana")


def changer(user, name):
    user.user_permissions.add(Permission.objects.get(codename="change_contactrequest"))
    User.objects.filter(pk=user.pk).update(first_name=name)
    return User.objects.get(pk=user.pk)


@pytest.fixture
def at_desk(desk):
    return sign_in(Client(), desk)


@pytest.fixture
def ana(practice):
    return changer(reader("ana"), "Ana")


def url(request, name="change"):
    return reverse(f"admin:intake_contactrequest_{name}", args=[request.pk])


def shown(client, request):
    return html.unescape(client.get(url(request)).content.decode())


def hidden(page):
    return dict(re.findall(r'type="hidden" name="(version|seen)" value="(\d+)"', page))


def press(client, request, step, fields=None, **typed):
    fields = fields or hidden(shown(client, request))
    answer = client.post(url(request, "do"), {**fields, "step": step, **typed})
    request.refresh_from_db()
    return answer


def question(answer):
    """What is asked, and the buttons that answer: (words, {label: step})."""
    page = html.unescape(answer.content.decode())
    found = re.search(r'<div class="notice notice-care question".*?</div>', page, re.DOTALL)
    if not found:
        return None
    words = re.search(r"<strong>([^<]+)</strong>", found[0])
    buttons = re.findall(r'name="step"\s+value="([^"]+)">([^<]+)</button>', found[0])
    return words[1], {label: step for step, label in buttons}


def verbs(request):
    return list(request.events.order_by("seq").values_list("verb", flat=True))


def alerts(page):
    return re.findall(r'<p role="status">([^<]+)</p>', page)


# Results


def test_six_results_stand_there_for_every_open_request(at_desk, desk, make_request):
    request, closed = make_request(), make_request()
    closed.close(desk, "changed_mind")
    for status in ("new", "in_review", "contacted", "talking", "booked", "waiting"):
        if status != "new":
            request.set_status(desk, status, MONDAY + timedelta(days=2))
        (group,) = re.findall(
            r'aria-label="What happened">(.*?)</div>', shown(at_desk, request), re.DOTALL
        )
        assert re.findall(r">([^<]+)</button>", group) == SIX
    assert "What happened" not in shown(at_desk, closed)


def test_nobody_chooses_a_status_by_hand(at_desk, make_request):
    request = make_request()
    for status in ("new", "in_review", "contacted", "talking", "closed"):
        assert press(at_desk, request, status).status_code == 200
    assert verbs(request) == ["sent"]


def test_a_result_saves_at_once_and_says_when_next(at_desk, desk, make_request):
    request, other = make_request(), make_request()
    answer = press(at_desk, request, "no_answer", note=NOTE)
    assert answer.url == f"{url(request)}#next"
    assert (request.status, request.owner, request.due_part) == ("contacted", desk, "midday")
    assert request.notes.get().text == NOTE
    page = shown(at_desk, request)
    assert alerts(page) == ["Saved. Try again: tomorrow midday."]
    assert f'action="{url(other, "open")}"' in page
    assert "No answer, Dana, just now" in page


def test_what_was_saved_is_news_to_who_saved_it_and_not_for_long(at_desk, at, ana, make_request):
    request = make_request()
    press(at_desk, request, "no_answer")
    assert alerts(shown(sign_in(Client(), ana), request)) == []
    at(MONDAY + timedelta(minutes=11))
    page = shown(at_desk, request)
    assert alerts(page) == []
    assert 'value="undo"' in page


def test_the_next_try_is_said_before_anything_is_pressed(at_desk, make_request):
    assert "The next try would be tomorrow midday." in shown(at_desk, make_request())
    evenings = make_request(times_ok=["morning"])
    assert "The next try would be tomorrow morning." in shown(at_desk, evenings)


def test_next_is_the_one_after_it_in_the_queue(at_desk, desk, make_request):
    passed, tried, after = make_request(), make_request(), make_request()
    for n, request in enumerate((passed, tried, after)):
        due = MONDAY + timedelta(days=1, hours=n)
        ContactRequest.objects.filter(pk=request.pk).update(due_at=due)
        Event.append(request, Event.Verb.OPENED, desk)
    press(at_desk, tried, "no_answer")
    assert f'action="{url(after, "open")}"' in shown(at_desk, tried)
    press(at_desk, after, "no_answer")
    assert f'action="{url(passed, "open")}"' in shown(at_desk, after)


def test_open_next_shows_the_words_with_one_click(at_desk, make_request):
    request, other = make_request(), make_request(message="Absquatulate")
    press(at_desk, request, "no_answer")
    page = at_desk.post(url(other, "open"), follow=True).content.decode()
    assert "Absquatulate" in page
    assert verbs(other) == ["sent", "opened"]


# What breaks a wish is asked first


@pytest.mark.parametrize(
    ("answers", "result", "hour", "against"),
    [
        ({"voicemail": ""}, "left_message", 10, "voicemail"),
        ({"voicemail": "none"}, "left_message", 10, "voicemail"),
        ({"voicemail": "first_name"}, "left_message", 10, ""),
        ({"voicemail": "full", "contact_private": "no"}, "left_message", 10, ""),
        ({}, "wrote", 10, "way"),
        ({"contact_method": "text"}, "wrote", 10, ""),
        ({"contact_method": "text"}, "left_message", 10, "way"),
        ({"contact_method": "email", "email": "kim@example.org"}, "wrote", 10, ""),
        ({"contact_method": "email", "email": "kim@example.org"}, "no_answer", 10, ""),
        ({"contact_method": "own"}, "talked", 10, ""),
        ({"contact_method": "own"}, "no_answer", 10, "own"),
        ({"times_ok": ["morning"]}, "no_answer", 10, ""),
        ({"times_ok": ["morning"]}, "no_answer", 11, "times"),
        ({"times_ok": ["morning"]}, "someone_else", 15, "times"),
        ({"times_ok": ["morning"]}, "not_safe", 15, "times"),
        ({"times_ok": ["morning"]}, "talked", 15, ""),
        ({"times_ok": ["afternoon"], "contact_method": "text"}, "wrote", 10, "times"),
        ({"times_ok": []}, "no_answer", 20, ""),
    ],
)
def test_which_wish_a_try_breaks(make_request, at, answers, result, hour, against):
    request = make_request(**answers)
    moment = MONDAY + timedelta(hours=hour - 10)
    assert wishes_broken.broken(request, result, practice_clock(), moment) == against


def test_a_voicemail_that_they_did_not_want_is_asked_about(at_desk, make_request):
    request = make_request()
    asked = press(at_desk, request, "left_message", note=NOTE)
    words, steps = question(asked)
    assert (asked.status_code, words) == (
        200, "They asked for no voicemail. Did you leave one?",
    )  # fmt: skip
    assert steps == {"No, I hung up": "no_answer", "Yes, I did": "left_message.sure"}
    assert NOTE in asked.content.decode()
    assert verbs(request) == ["sent"]
    press(at_desk, request, steps["No, I hung up"])
    assert request.attempts.get().result == "no_answer"


def test_what_broke_a_wish_is_noted_and_told(at_desk, make_request):
    request = make_request()
    assert press(at_desk, request, "left_message.sure").status_code == 302
    attempt = request.attempts.get()
    assert (attempt.result, attempt.against_wishes) == ("left_message", "voicemail")
    assert request.notices.filter(kind="against").count() == 1
    page = shown(at_desk, request)
    assert "Dana tried: left message (they asked for no voicemail), try again by Tue 2 pm" in page


def test_other_times_are_asked_about(at_desk, desk, at, make_request):
    request = make_request(times_ok=["morning"])
    at(MONDAY + timedelta(hours=5))
    sign_in(at_desk, desk)
    words, steps = question(press(at_desk, request, "no_answer"))
    assert words == "They asked for mornings only. Did you try now?"
    assert steps == {"No, earlier": "no_answer.earlier", "Yes, just now": "no_answer.sure"}
    press(at_desk, request, "no_answer.earlier")
    press(at_desk, request, "no_answer.sure")
    kept = request.attempts.values_list("result", "against_wishes")
    assert list(kept) == [("no_answer", ""), ("no_answer", "times")]


def test_a_wrong_button_saves_nothing_and_keeps_what_was_typed(at_desk, make_request):
    request = make_request()
    _, steps = question(press(at_desk, request, "wrote"))
    page = press(at_desk, request, steps["No, a wrong button"], note=NOTE)
    assert (page.status_code, question(page)) == (200, None)
    assert f"{NOTE}</textarea>" in page.content.decode()
    assert verbs(request) == ["sent"]


def test_sure_of_what_breaks_nothing_is_an_ordinary_try(at_desk, make_request):
    request = make_request()
    press(at_desk, request, "no_answer.sure")
    assert request.attempts.get().against_wishes == ""


@pytest.mark.parametrize(
    ("answers", "hour", "said"),
    [
        ({"times_ok": ["morning"]}, 10, ""),
        ({"times_ok": ["morning"]}, 15, "Not one of their times now: mornings only."),
        ({}, 18, "The practice is closed at this hour."),
        ({"contact_method": "email", "email": "kim@example.org"}, 18, ""),
        ({"contact_method": "own"}, 18, ""),
    ],
)
def test_the_page_says_when_it_is_no_time_to_call(
    at_desk, desk, at, make_request, answers, hour, said
):
    request = make_request(**answers)
    at(MONDAY + timedelta(hours=hour - 10))
    sign_in(at_desk, desk)
    found = re.findall(r'<p class="not-now">([^<]+)</p>', shown(at_desk, request))
    assert found == ([said] if said else [])


# Undo


def test_undo_stands_there_for_a_day_and_takes_it_back(at_desk, desk, at, make_request):
    request = make_request()
    press(at_desk, request, "talked")
    at(MONDAY + timedelta(hours=23))
    at_desk = sign_in(Client(), desk)
    assert "Talked, Dana, 23 h ago" in shown(at_desk, request)
    press(at_desk, request, "undo")
    assert (request.status, request.owner, request.first_talk_at) == ("new", None, None)
    page = shown(at_desk, request)
    assert 'value="undo"' not in page
    assert "Dana took the last try back" in page
    press(at_desk, request, "talked")
    at(MONDAY + timedelta(hours=48))
    assert 'value="undo"' not in shown(sign_in(Client(), desk), request)


def test_undo_stands_in_the_history_as_it_does_at_the_top(at_desk, desk, at, make_request):
    request = make_request()
    press(at_desk, request, "no_answer")
    press(at_desk, request, "note", note=NOTE)
    assert undos(shown(at_desk, request)) == ["Dana tried: no answer, try again by Tue 2 pm"]
    at(MONDAY + timedelta(hours=25))
    assert undos(shown(sign_in(Client(), desk), request)) == []


def undos(page):
    """The lines of the history that can be taken back."""
    history = page[page.index('<details class="history">') :]
    return re.findall(r'value="undo">Undo<span class="visually-hidden">: ([^<]+)<', history)


def test_undo_is_not_offered_where_something_came_after(at_desk, make_request):
    request = make_request()
    press(at_desk, request, "no_answer")
    press(at_desk, request, "booked", talk_on="2031-11-27", talk_at="10:00")
    assert 'value="undo"' not in shown(at_desk, request)
    answer = press(at_desk, request, "undo", note=NOTE)
    assert answer.status_code == 409
    assert "Something else was done since." in answer.content.decode()
    assert request.status == "booked"


# After three tries


def tried(request, at_desk, *results):
    for result in results:
        press(at_desk, request, result)


def test_after_three_tries_an_ending_with_care_is_offered(at_desk, make_request):
    request = make_request()
    tried(request, at_desk, "no_answer", "someone_else")
    assert "Close with care?" not in shown(at_desk, request)
    tried(request, at_desk, "no_answer")
    page = shown(at_desk, request)
    assert "<strong>Three tries. Close with care?</strong>" in page
    assert "We tried three times and did not want to crowd you." in page


@pytest.mark.parametrize("then", ["talked", "undo"])
def test_tries_are_counted_since_they_were_last_talked_to(at_desk, make_request, then):
    request = make_request()
    tried(request, at_desk, "no_answer", "no_answer", "no_answer", then)
    assert "Close with care?" not in shown(at_desk, request)


# The next step and its day


def test_the_day_can_be_another_after_saving(at_desk, make_request):
    request = make_request()
    press(at_desk, request, "no_answer")
    typed = {"next_kind": "attempt", "next_on": "2031-11-26", "next_part": "afternoon"}
    press(at_desk, request, "plan", **typed)
    due = request.due_at.astimezone(practice_clock().tz)
    assert (due.isoformat()[:16], request.due_part) == ("2031-11-26T17:00", "afternoon")
    assert 'value="undo"' in shown(at_desk, request)


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({}, "Enter the day of the next step"),
        ({"next_on": "soon"}, "Enter the day of the next step"),
        ({"next_on": "2031-11-23"}, "Enter a day that is not over"),
        ({"next_on": "2031-12-09"}, "Choose why: this is later than they were told"),
    ],
)
def test_what_is_missing_of_a_next_step_is_said(at_desk, make_request, typed, error):
    request = make_request()
    answer = press(at_desk, request, "plan", next_kind="snooze", note=NOTE, **typed)
    page = html.unescape(answer.content.decode())
    assert re.findall(r'<li><a href="#\w+">([^<]+)</a></li>', page) == [error]
    assert f"{NOTE}</textarea>" in page
    assert verbs(request) == ["sent"]


def test_a_reason_is_asked_for_only_while_they_wait_for_the_first_word(at_desk, make_request):
    request = make_request()
    assert 'name="next_reason"' in shown(at_desk, request)
    later = {"next_kind": "snooze", "next_on": "2031-12-09"}
    press(at_desk, request, "plan", **later, next_reason="they_asked")
    assert request.events.last().facts["reason"] == "they_asked"
    press(at_desk, request, "no_answer")
    assert 'name="next_reason"' not in shown(at_desk, request)
    assert press(at_desk, request, "plan", **later).status_code == 302


# The waiting list


def test_a_check_in_is_answered_with_one_button(at_desk, desk, make_request):
    request = make_request()
    request.set_status(desk, "waiting", MONDAY)
    assert "Still looking?" not in shown(at_desk, request)
    request.ask_check_in(MONDAY)
    assert "Still looking?" in shown(at_desk, request)
    press(at_desk, request, "still_keep")
    assert (request.status, request.due_kind) == ("waiting", "check_in")
    event = request.events.last()
    assert (event.verb, event.actor, event.facts["answer"]) == ("answered", desk, "keep")
    assert "Still looking?" not in shown(at_desk, request)
    assert press(at_desk, request, "still_keep").status_code == 409


@pytest.mark.parametrize(
    ("step", "status", "urgent"),
    [("still_found", "closed", False), ("still_harder", "waiting", True)],
)
def test_other_answers_to_a_check_in(at_desk, desk, make_request, step, status, urgent):
    request = make_request()
    request.set_status(desk, "waiting", MONDAY)
    request.ask_check_in(MONDAY)
    press(at_desk, request, step)
    assert (request.status, request.urgent) == (status, urgent)


# The first talk


def ticks(page):
    found = re.findall(r'<input type="checkbox" name="asked"[^>]*value="(\w+)"([^>]*)>', page)
    return {name: "checked" in rest for name, rest in found}


def test_only_what_the_form_left_open_is_to_be_asked(at_desk, practice, make_request):
    practice.state = "Oregon"
    practice.save()
    full = make_request(format="online", payment="self")
    at_desk.post(url(full, "open"))
    page = shown(at_desk, full)
    assert ticks(page) == {"service": False, "conflict": False, "estimate": False}
    assert "In Oregon during sessions" in page
    unsure = make_request(location="unsure")
    at_desk.post(url(unsure, "open"))
    assert "region" in ticks(shown(at_desk, unsure))


def test_ticks_are_saved_with_whatever_is_pressed(at_desk, make_request):
    request = make_request()
    at_desk.post(url(request, "open"))
    ticked = {"ticks_shown": "True", "asked": ["conflict", "estimate"], "how_found": "friend"}
    press(at_desk, request, "talked", **ticked)
    assert (request.checklist, request.how_found) == (["conflict", "estimate"], "friend")
    assert verbs(request) == ["sent", "opened", "tried", "ticked"]
    assert ticks(shown(at_desk, request))["conflict"] is True
    press(at_desk, request, "talked", **ticked)  # as before: nothing to note
    assert verbs(request)[-1] == "tried"


def test_a_page_without_the_boxes_unticks_nothing(at_desk, desk, make_request):
    request = make_request()
    request.tick(desk, ["conflict"])
    press(at_desk, request, "no_answer")
    assert request.checklist == ["conflict"]


# Two people


def test_who_else_opened_it_is_said(at_desk, at, ana, desk, make_request):
    request = make_request()
    request.open_words(ana)
    request.open_words(desk)
    at(MONDAY + timedelta(minutes=3))
    assert "Ana opened this 3 min ago." in shown(at_desk, request)
    at(MONDAY + timedelta(minutes=11))
    assert "Ana opened this" not in shown(at_desk, request)


def test_two_results_at_once_the_later_is_told(at_desk, ana, make_request):
    request = make_request()
    at_anas = sign_in(Client(), ana)
    fields = hidden(shown(at_anas, request))
    press(at_desk, request, "talked")
    answer = press(at_anas, request, "no_answer", fields=fields, note=NOTE)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 409
    assert re.findall(r"<li>(Dana [^<]+), just now</li>", page) == [
        "Dana tried: talked, look again by Wed 5 pm"
    ]
    assert (request.status, Attempt.objects.count()) == ("talking", 1)


def test_acting_is_having_seen(at_desk, desk, make_request):
    request = make_request()
    at_desk.post(url(request, "open"))
    press(at_desk, request, "no_answer", note=NOTE)
    seen = ContactRequest.objects.with_seen(desk).get()
    assert seen.seen_seq == seen.activity_seq


def test_only_who_may_change_it_sees_buttons(practice, at, make_request):
    rita = sign_in(Client(), reader("rita"))
    request = make_request()
    assert "What happened" not in shown(rita, request)
    assert press(rita, request, "talked", fields={"version": 1, "seen": 1}).status_code == 403
    assert verbs(request) == ["sent"]
