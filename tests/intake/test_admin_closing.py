"""The pages on which a request is closed: every ending, what is refused, undo, two at once."""

import html
import re

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from intake.models import ContactRequest, Ending, Event, Referral
from intake.models.ending import ONE_STEP, REASON_OF, outcome_of
from tests.intake.conftest import reader
from tests.signing_in import sign_in

WRITTEN = [ending for ending in Ending if ending not in ONE_STEP]
REFUSING = [ending for ending in WRITTEN if outcome_of(ending) in ContactRequest.REFUSING]
TYPED = "Pneumonoultramicroscopic"


@pytest.fixture
def desk(staff_user):
    return changer(staff_user)


def changer(user):
    user.user_permissions.add(Permission.objects.get(codename="change_contactrequest"))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def at_desk(desk):
    return sign_in(Client(), desk)


@pytest.fixture
def referral(db):
    return Referral.objects.create(name="River Street", what_for="Couples", phone="(503) 555-0143")


def url(request, name="close", ending=""):
    address = reverse(f"admin:intake_contactrequest_{name}", args=[request.pk])
    return f"{address}?ending={ending}" if ending else address


def page_of(answer):
    return html.unescape(answer.content.decode())


def written(answer):
    found = re.search(r'<textarea name="message"[^>]*>(.*?)</textarea>', page_of(answer), re.DOTALL)
    return found[1].strip() if found else None


def fields_of(answer):
    pairs = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page_of(answer))
    fields = {name: [v for n, v in pairs if n == name] for name, _ in pairs if name != "csrf"}
    ticked = re.findall(r'name="referrals" value="(\d+)" checked', page_of(answer))
    return {**fields, "message": written(answer) or "", "referrals": ticked}


def press(client, request, do, page, **typed):
    """A button of the page, with what stands on it."""
    answer = client.post(url(request), {**fields_of(page), "do": do, **typed})
    request.refresh_from_db()
    return answer


def errors(answer):
    return re.findall(r'<li><a href="#(\w+)">([^<]+)</a></li>', page_of(answer))


def verbs(request):
    return list(request.events.order_by("seq").values_list("verb", flat=True))


def test_request_leads_to_the_page_and_keeps_the_queue(at_desk, make_request):
    request = make_request()
    page = page_of(at_desk.get(f"{url(request, 'change')}?view=list&only=mine"))
    assert f'href="{url(request)}?view=list&only=mine"' in page
    closing = page_of(at_desk.get(f"{url(request)}?view=list&only=mine"))
    assert f'href="{url(request)}?view=list&only=mine&ending=no_place"' in closing


def test_every_ending_stands_there_once(at_desk, make_request):
    request = make_request()
    page = page_of(at_desk.get(url(request)))
    links = re.findall(r'class="way" href="[^"]*ending=(\w+)"', page)
    buttons = re.findall(r'name="ending"\s+value="(\w+)"', page)
    assert (links, buttons) == ([e for e in WRITTEN if e in links], list(ONE_STEP))
    assert sorted(links + buttons) == sorted(Ending)


@pytest.mark.parametrize("ending", WRITTEN)
def test_each_ending_closes_with_its_words(at_desk, make_request, ending):
    request = make_request()
    page = at_desk.get(url(request, ending=ending))
    words = written(page)
    answer = press(at_desk, request, "close", page)
    assert (answer.status_code, answer.url) == (302, url(request, "change"))
    assert (request.status, request.outcome, request.ending_with, request.ending_reason) == (
        "closed",
        outcome_of(ending),
        "message",
        REASON_OF.get(ending, ""),
    )
    assert request.messages.get().for_staff == words
    assert verbs(request) == ["sent", "closed"]
    assert Event.verify(request.pk) == []


@pytest.mark.parametrize("ending", ONE_STEP)
def test_housekeeping_closes_in_one_step(at_desk, make_request, ending):
    request = make_request()
    fields = {"version": request.version, "seen": request.activity_seq, "ending": ending}
    assert at_desk.post(url(request), fields).status_code == 302
    request.refresh_from_db()
    assert (request.outcome, request.messages.count()) == (ending, 0)


@pytest.mark.parametrize("ending", REFUSING)
def test_a_no_leaves_a_message_or_says_why_not(at_desk, make_request, ending):
    request = make_request()
    page = at_desk.get(url(request, ending=ending))
    answer = press(at_desk, request, "close", page, message=" ")
    assert errors(answer) == [
        ("id_message", "Write what they will read, or close without a message and say why")
    ]
    answer = press(at_desk, request, "silent", page)
    assert errors(answer) == [
        ("id_silence", "Choose why they are told nothing: this ending says no")
    ]
    assert verbs(request) == ["sent"]
    press(at_desk, request, "silent", page, silence="not_safe")
    assert (request.ending_with, request.ending_reason) == (
        "reason",
        REASON_OF.get(ending, "not_safe"),
    )
    assert request.events.get(verb="closed").facts["silence"] == "not_safe"
    assert request.messages.count() == 0


@pytest.mark.parametrize("do", ["close", "silent"])
def test_other_endings_need_no_message(at_desk, make_request, do):
    request = make_request()
    page = at_desk.get(url(request, ending="changed_mind"))
    press(at_desk, request, do, page, message="")
    assert (request.outcome, request.ending_with, request.messages.count()) == (
        "changed_mind",
        "",
        0,
    )


def test_a_blank_that_was_typed_is_not_sent(at_desk, make_request):
    request = make_request()
    page = at_desk.get(url(request, ending="no_place"))
    answer = press(at_desk, request, "close", page, message="Not before {month}.")
    assert errors(answer) == [("id_message", "Fill in {month}, or take it out")]
    assert "<title>Error: Close" in page_of(answer)
    assert written(answer) == "Not before {month}."
    (control,) = re.findall(r'<textarea name="message"[^>]*>', page_of(answer))
    assert 'aria-describedby="message-readers id_message_error"' in control


# Referrals


def test_two_clicks_put_a_referral_into_the_message(at_desk, make_request, referral):
    request = make_request()
    page = at_desk.get(url(request, ending="no_place"))
    assert "River Street" not in written(page)
    shown = press(at_desk, request, "referrals", page, referrals=[referral.pk])
    assert written(shown) == (
        "We have no open spot. You did nothing wrong by asking.\n\n"
        f"These people may have room now:\n{referral.line}"
    )
    press(at_desk, request, "close", shown)
    assert (request.ending_with, request.messages.get().for_staff) == ("referral", written(shown))
    assert request.events.get(verb="closed").facts["referrals"] == 1


def test_a_referral_goes_in_when_close_is_pressed_at_once(at_desk, make_request, referral):
    request = make_request()
    page = at_desk.get(url(request, ending="no_place"))
    press(at_desk, request, "close", page, referrals=[referral.pk])
    assert request.messages.get().for_staff.count(referral.line) == 1


def test_what_was_typed_stays_when_referrals_come_and_go(at_desk, make_request, referral):
    request = make_request()
    other = Referral.objects.create(name="Hill House", what_for="Teens", phone="503-555-0199")
    page = at_desk.get(url(request, ending="no_place"))
    one = press(at_desk, request, "referrals", page, message=TYPED, referrals=[referral.pk])
    assert written(one) == f"{TYPED}\n{referral.line}"
    two = press(at_desk, request, "referrals", one, referrals=[referral.pk, other.pk])
    assert written(two) == f"{TYPED}\n{referral.line}\n{other.line}"
    three = press(at_desk, request, "referrals", two, referrals=[other.pk])
    assert written(three) == f"{TYPED}\n{other.line}"


def test_referrals_that_suit_stand_first_and_late_ones_are_marked(
    at_desk, make_request, practice, referral
):
    Referral.objects.create(name="Aspen", what_for="Teens", for_whom=["children"], phone="211")
    Referral.objects.create(name="Gone", what_for="Teens", phone="211", retired=True)
    Referral.objects.filter(pk=referral.pk).update(checked_on=practice.today())
    request = make_request(seeking_for="me")
    page = page_of(at_desk.get(url(request, ending="no_place")))
    assert re.findall(r'class="referral-name">([^<]+)<', page) == ["River Street", "Aspen"]
    assert page.count("Not yet checked by this practice") == 1


# How they hear of it


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "Call them and say it, once they can talk on their own."),
        ({"contact_method": "text"}, "Text them for a good time, and say it when you talk."),
        ({"contact_method": "own"}, "Do not contact them: say it when they call."),
        (
            {"contact_method": "email", "email": "kim@example.org"},
            "Write that you would like to talk, and say it then.",
        ),
        (
            {
                "contact_method": "email",
                "email": "kim@example.org",
                "contact_private": "no",
                "mail_wanted": True,
            },
            "A mail will say that a message waits, and nothing of what it says.",
        ),
    ],
)
def test_the_desk_is_told_how_they_hear_of_it(at_desk, make_request, answers, said):
    request = make_request(**answers)
    page = at_desk.get(url(request, ending="no_place"))
    assert said in page_of(page)
    press(at_desk, request, "close", page)
    told = page_of(at_desk.get(url(request, "change")))
    assert f'<li class="success">Closed. {said}' in told


def test_nobody_is_to_call_who_wants_to_hear_nothing_more(at_desk, make_request):
    page = page_of(at_desk.get(url(make_request(), ending="changed_mind")))
    assert "No mail goes out, and nobody calls: they want to hear nothing more." in page


def test_insurance_is_named_only_while_the_request_is_read(at_desk, make_request):
    request = make_request(insurer="Honorificabilitudinitatibus Mutual")
    assert "your insurance" in written(at_desk.get(url(request, ending="payer")))
    at_desk.post(url(request, "open"))
    assert "Honorificabilitudinitatibus" in written(at_desk.get(url(request, ending="payer")))


# Two at once


def test_the_later_of_two_is_told_and_keeps_what_they_typed(desk, at_desk, make_request):
    User.objects.filter(pk=desk.pk).update(first_name="Dana")
    request, ana = make_request(), sign_in(Client(), changer(reader("ana")))
    seen_by_ana = ana.get(url(request, ending="no_place"))
    press(at_desk, request, "close", at_desk.get(url(request, ending="became_client")))
    answer = press(ana, request, "close", seen_by_ana, message=TYPED)
    assert answer.status_code == 409
    assert re.findall(r"<li>(Dana [^<]+), just now</li>", page_of(answer)) == [
        "Dana closed it: became a client, and left them a message"
    ]
    assert written(answer) == TYPED
    again = press(ana, request, "close", answer)
    assert (again.status_code, written(again)) == (409, TYPED)
    assert "This request is closed. Reopen it first." in page_of(again)
    assert (request.outcome, verbs(request)) == ("became_client", ["sent", "closed"])
    assert request.messages.count() == 1


def test_after_another_change_the_next_press_counts(desk, at_desk, make_request):
    request, ana = make_request(), sign_in(Client(), changer(reader("ana")))
    seen_by_ana = ana.get(url(request, ending="no_place"))
    ContactRequest.objects.get(pk=request.pk).take(desk)
    told = press(ana, request, "close", seen_by_ana, message=TYPED)
    assert told.status_code == 409
    press(ana, request, "close", told)
    assert (request.status, request.messages.get().for_staff) == ("closed", TYPED)


@pytest.mark.parametrize("version", ["", "x", "99", "9" * 40])
def test_one_step_of_an_older_page_closes_nothing(at_desk, make_request, version):
    request = make_request()
    answer = at_desk.post(url(request), {"version": version, "seen": "1", "ending": "spam"})
    request.refresh_from_db()
    assert (answer.status_code, request.status) == (409, "new")


# Undo


def undo(client, request):
    page = page_of(client.get(url(request, "change")))
    form = re.search(r'<form class="notice ended".*?</form>', page, re.DOTALL)
    fields = dict(re.findall(r'name="(version)" value="(\d+)"', form[0])) if form else {}
    answer = client.post(url(request, "undo_close"), fields, follow=True)
    request.refresh_from_db()
    return answer


def test_undo_stands_on_the_request_and_brings_it_back(at_desk, make_request):
    request = make_request()
    due_at = request.due_at
    press(at_desk, request, "close", at_desk.get(url(request, ending="no_place")))
    answer = undo(at_desk, request)
    assert "Undone. It stands as it did before. Your message was taken back, unread." in page_of(
        answer
    )
    assert (request.status, request.due_at) == ("new", due_at)
    assert "undid the close; its message was taken back, unread" in page_of(answer)
    assert "Taken back before they read it." in page_of(answer)


def test_undo_of_a_close_stands_in_the_history_too(at_desk, desk, make_request):
    request = make_request()
    request.close(desk, "no_reply")
    page = page_of(at_desk.get(url(request, "change")))
    found = re.findall(r'form="ended-form">Undo<span class="visually-hidden">: ([^<]+)<', page)
    assert found == ["dana closed it: no reply after several tries"]


def test_undo_says_that_the_message_was_read(at_desk, make_request):
    request = make_request()
    press(at_desk, request, "close", at_desk.get(url(request, ending="no_place")))
    request.messages.shown()
    answer = undo(at_desk, request)
    assert "Undone, but they had read your message: it stays at My request." in page_of(answer)


def test_undo_of_what_someone_reopened_is_refused_in_words(desk, at_desk, make_request):
    request = make_request()
    request.close(desk, "no_reply")
    seen = request.version
    request.reopen(desk)
    answer = at_desk.post(url(request, "undo_close"), {"version": seen}, follow=True)
    assert "Someone else changed this request meanwhile." in page_of(answer)
    request.refresh_from_db()
    assert request.status == "in_review"


# Who may


@pytest.mark.parametrize("name", ["close", "undo_close"])
def test_who_may_only_read_closes_nothing(staff_user, desk, make_request, name):
    request = make_request()
    request.close(desk, "no_reply") if name == "undo_close" else None
    ana = sign_in(Client(), reader("ana"))
    fields = {"version": request.version, "seen": 1, "ending": "spam"}
    assert ana.post(url(request, name), fields).status_code == 403
    assert Client().post(url(request, name), fields).status_code == 302
    assert ContactRequest.objects.get(pk=request.pk).version == request.version


def test_who_may_only_read_sees_no_undo(desk, make_request):
    request = make_request()
    request.close(desk, "no_reply")
    page = page_of(sign_in(Client(), reader("ana")).get(url(request, "change")))
    assert ("closed it just now" in page, ">Undo<" in page) == (True, False)


def test_a_closed_request_says_so_on_the_page(desk, at_desk, make_request):
    request = make_request()
    request.close(desk, "no_reply")
    assert "It is closed already: No reply after several tries." in page_of(
        at_desk.get(url(request))
    )


def test_undo_and_close_take_the_method_they_are_for(at_desk, make_request):
    request = make_request()
    assert at_desk.get(url(request, "undo_close")).status_code == 405
    assert at_desk.put(url(request)).status_code == 405
