"""My request, from the code to each state and each action."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from intake import throttle
from intake.forms.request import WRONG
from intake.models import ContactRequest, Ending, Event, OutcomeText, SentPage
from intake.models.ending import words_of
from intake.receipts import in_blocks, new_code
from pages.sentences import weekday_and_date
from tests.intake.conftest import CANARY, make_answers, make_token
from tests.intake.reading import Reading
from tests.intake.test_given_back import for_reading_only

FORM = "application/x-www-form-urlencoded"
WRONG_SAID = WRONG.format(phone="(503)\u00a0555-0142")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def first_reader(practice):
    practice.first_reader = "Dana"
    practice.save()


@pytest.fixture
def coming_back(practice):
    """coming_back(**answers) -> (the request, its code), as someone who sent it has them."""

    def make(held_reason="", **answers):
        usual = {"voicemail": "full", "times_ok": ["morning"], "contact_private": "no"}
        told = make_answers(**{**usual, **answers})
        sent = ContactRequest.objects.send(told, make_token(), held_reason)
        content = SentPage.objects.open(sent.address)
        return ContactRequest.objects.get(reference=sent.reference), content.receipt

    return make


@pytest.fixture
def mine(coming_back):
    return coming_back()


def post(client, code, step="", **typed):
    fields = {"code": code, **({"step": step} if step else {}), **typed}
    return client.post("/request/", urlencode(fields, doseq=True), content_type=FORM)


def said(response) -> str:
    """The words of the page's main part, on one line."""
    page = Reading(response)
    return page._text("main")


def lead(response) -> list[str]:
    page = Reading(response)
    return [unescape(words) for words in page.all("lead") + page.all("apology")]


def fresh(request) -> ContactRequest:
    return ContactRequest.objects.get(pk=request.pk)


def buttons(response) -> list[str]:
    controls = Reading(response).controls
    return [c["value"] for c in controls if c["tag"] == "button" and c.get("name") == "step"]


# The door


def test_request_asks_for_the_code(client):
    page = Reading(client.get("/request/"))
    assert (page.title, page.heading, page.summary) == ("My request", "My request", [])
    (field,) = (c for c in page.controls if c.get("name") == "code")
    assert (field["autocomplete"], field["spellcheck"]) == ("off", "false")
    assert "Six blocks of four. Capital letters and spaces do not matter" in page.html


def test_code_opens_the_request_as_typed(client, mine):
    request, code = mine
    response = post(client, in_blocks(code, "-").lower().replace("0", "o"))
    page = Reading(response)
    assert (response.status_code, page.title) == (200, "My request")
    assert page.fields["code"] == [in_blocks(code, "-").lower().replace("0", "o")]
    assert buttons(response) == ["reach", "take_back", "erase"]
    assert request.blocks in said(response)


def test_every_answer_is_private(client, mine):
    _, code = mine
    for step in ("", "reach", "take_back", "erase", "narrow", "withdraw", "erase_all", "none"):
        response = post(client, code, step)
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert '<meta name="robots" content="noindex">' in response.content.decode()
        assert response.cookies == {}
        assert Reading(response).title.startswith(("My request", "Error: My request"))


def test_title_says_first_what_came_of_a_button(client, mine):
    """It is what a screen reader reads of a new page before anything else."""
    _, code = mine
    steps = [
        ("", {}, "My request"),
        ("narrow", {"were": "morning", "times_ok": ["evening"]}, "My request: saved"),
        ("keep", {}, "My request: nothing was changed"),
        ("take_back", {}, "My request: one question"),
        ("withdraw", {}, "My request: taken back"),
        ("erase_all", {}, "My request: erased"),
    ]
    titles = [Reading(post(client, code, step, **typed)).title for step, typed, _ in steps]
    assert titles == [title for _, _, title in steps]


def test_what_erasing_means_is_said_before_its_button(client, mine):
    _, code = mine
    html = post(client, code, "take_back").content.decode()
    assert html.index("Erasing cannot be undone.") < html.index('value="withdraw_and_erase"')


def test_no_page_shows_what_was_written_or_the_number(client, mine):
    request, code = mine
    assert (request.message, request.phone[-4:]) == (CANARY, "0187")
    for step in ("", "reach", "take_back", "erase", "withdraw"):
        html = post(client, code, step).content.decode()
        assert [w for w in (CANARY, "0187", "Robin") if w in html] == []


def test_another_site_cannot_act(client, mine):
    request, code = mine
    fields = urlencode({"code": code, "step": "erase_all"})
    response = client.post(
        "/request/", fields, content_type=FORM, headers={"Origin": "https://evil.example"}
    )
    assert response.status_code == 403
    assert Reading(response).fields["code"] == [code]
    assert fresh(request).message == CANARY


@pytest.mark.parametrize("body", [b"code=%ff%fe", b"code=a%00b", b"step=erase_all"])
def test_odd_bytes_are_a_wrong_code(client, practice, body):
    response = client.post("/request/", body, content_type=FORM)
    assert response.status_code == 422


def test_a_body_that_is_no_form_is_refused_in_words(client, practice):
    response = client.post("/request/", b"{}", content_type="application/json")
    assert response.status_code == 400


# Codes that open nothing


@pytest.fixture
def dead_codes(coming_back):
    """One of each kind that opens nothing."""
    _, known = coming_back()
    erased, of_erased = coming_back()
    erased.erase()
    purged, of_purged = coming_back()
    ContactRequest.objects.filter(pk=purged.pk).update(
        words_purged_at=timezone.now(), identity_purged_at=timezone.now(), gone_by="retention",
        words_key=None, sealed_words_key=None, message=None, needs=None, answers_mac=None,
        identity_key=None, sealed_identity_key=None, preferred_name=None, phone=None, email=None,
        contact_note=None, insurer=None,
    )  # fmt: skip
    return {
        "unknown": str(new_code()),
        "another secret": known[:8] + new_code().secret,
        "reference alone": known[:8],
        "malformed": "what was it",
        "empty": "",
        "very long": "A" * 5000,
        "erased": of_erased,
        "purged": of_purged,
    }


@pytest.mark.parametrize("step", ["", "erase_all", "withdraw", "narrow", "keep"])
def test_codes_that_open_nothing_get_the_same_answer(client, dead_codes, step):
    answers, queries = {}, {}
    post(client, "warm")
    for kind, code in dead_codes.items():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            response = post(client, code, step)
        answers[kind] = (response.status_code, dict(response.headers), response.content)
        queries[kind] = [query["sql"].split(" WHERE")[0] for query in captured]
    assert len(set(map(str, answers.values()))) == 1
    assert len(set(map(str, queries.values()))) == 1
    status, headers, body = answers["unknown"]
    assert (status, headers["Cache-Control"]) == (422, "no-store")
    assert str(new_code()).encode() not in body


def test_a_code_that_opens_nothing_is_an_error_with_a_way_on(client, practice):
    page = Reading(post(client, "nothing"))
    assert page.title == "Error: My request"
    assert page.summary == [("id_code", WRONG_SAID)]
    assert page.inline == [WRONG_SAID]


def test_too_many_wrong_codes_are_slowed_down_and_right_ones_are_not(client, mine, monkeypatch):
    _, code = mine
    monkeypatch.setattr(throttle, "WRONG_CODES", 2)
    wrong = [post(client, "7QK4 M2XD").status_code for _ in range(2)]
    response = post(client, "7QK4 M2XD")
    assert wrong == [422, 422]
    assert (response.status_code, response.headers["Retry-After"]) == (429, "600")
    page = Reading(response)
    assert (page.title, page.fields["code"]) == ("My request: not opened", ["7QK4 M2XD"])
    assert "Wait 10 minutes" in said(response)
    assert post(client, code).status_code == 200


# States


def open_states(request, user, now):
    soon = now + timedelta(days=2)
    return {
        "new": lambda: None,
        "in_review": lambda: request.set_status(user, "in_review"),
        "contacted": lambda: request.set_status(user, "contacted", soon),
        "talking": lambda: request.set_status(user, "talking", soon),
        "booked": lambda: request.set_status(user, "booked", soon),
        "waiting": lambda: request.set_status(user, "waiting", soon),
    }


def days(practice, moment):
    local = moment.astimezone(practice.tz)
    return f"{local:%A, %B} {local.day}"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("new", "We have your request. You will hear from us by {promise}."),
        (
            "in_review",
            "We are reading it and thinking about who may fit. You will hear from us by {promise}.",
        ),
        (
            "contacted",
            "We tried to reach you on {today}. We will try again by {soon}. You can call us too.",
        ),
        ("talking", "We are in touch. Next: you hear from us by {soon}."),
        (
            "booked",
            "Your first talk is booked. If the time no longer works, call us. "
            "You will not lose your place.",
        ),
        (
            "waiting",
            "You are on our list. We will check in by {soon}. "
            "If you miss a check-in, you keep your place for two more weeks.",
        ),
    ],
)
def test_state_in_the_practices_words(client, mine, staff_user, practice, status, words):
    request, code = mine
    now = timezone.now()
    open_states(request, staff_user, now)[status]()
    from intake.promise import in_words

    told = words.format(
        promise=in_words(request.promised_at, practice.tz),
        today=days(practice, now),
        soon=days(practice, now + timedelta(days=2)),
    )
    assert lead(post(client, code)) == [told]


@pytest.mark.parametrize("held", ["", "trap"])
@pytest.mark.parametrize("status", ["new", "in_review"])
def test_late_says_so_by_itself_the_minute_the_promise_passes(
    client, coming_back, staff_user, freezer_at, held, status
):
    request, code = coming_back(held_reason=held)
    if status != "new":
        request.set_status(staff_user, status)
    freezer_at(request.promised_at - timedelta(seconds=1))
    assert "We are late" not in said(post(client, code))
    freezer_at(request.promised_at)
    (words,) = lead(post(client, code))
    assert words.startswith("We said you would hear from us by ")
    assert words.endswith(
        "We are late, and we are sorry. Dana has been told. Call (503) 555-0142 and you go first."
    )


@pytest.fixture
def freezer_at(monkeypatch):
    """freezer_at(moment): what the page takes for now."""

    def set_now(moment):
        monkeypatch.setattr("intake.request_views.timezone.now", lambda: moment)

    return set_now


def test_held_for_review_reads_like_new(client, coming_back):
    pages = []
    for held in ("", "trap"):
        request, code = coming_back(held_reason=held)
        html = post(client, code).content.decode()
        pages.append(html.replace(code, "").replace(request.blocks, ""))
    assert pages[0] == pages[1]


def test_who_calls_us_is_waited_for(client, coming_back):
    _, code = coming_back(contact_method="own", phone="", voicemail="", times_ok=[])
    assert lead(post(client, code)) == [
        "We are waiting for your call, and there is no hurry. We will not contact you first."
    ]


ENDINGS = {
    "became_client": "You have a place here.",
    "referred": "We think someone else may fit you better.",
    "no_reply": "We tried and did not want to crowd you.",
    "changed_mind": "Thank you for telling us.",
    "not_a_fit": "We are not the right people for this one.",
    "region": "We are not licensed where you will be",
    "no_place": "We have no open spot.",
    "list_ended": "We have not heard from you, so we have given your place",
    "crisis_help": "You needed someone sooner than we could be there.",
    "already_client": "You are already with us",
    "duplicate": "We have two requests from you and put them together.",
    "not_inquiry": "This one is closed. If you wrote to us for help, we made a mistake.",
    "spam": "This one is closed. If you wrote to us for help, we made a mistake.",
}


@pytest.mark.parametrize("outcome", ENDINGS)
def test_each_ending_has_its_words(client, mine, staff_user, outcome):
    request, code = mine
    request.close(staff_user, outcome, "message")
    response = post(client, code)
    assert lead(response)[0].startswith(ENDINGS[outcome])
    assert buttons(response) == ["erase"]
    assert "spam" not in response.content.decode().lower()


@pytest.mark.parametrize(
    ("reason", "words"),
    [("couple", "We do not think couple sessions"), ("payer", "We cannot bill your insurance.")],
)
def test_ending_with_words_for_its_reason(client, mine, staff_user, reason, words):
    request, code = mine
    request.close(staff_user, "not_a_fit", "reason", reason)
    assert lead(post(client, code))[0].startswith(words)


@pytest.mark.parametrize("outcome", ENDINGS)
def test_the_words_at_an_ending_are_those_that_staff_wrote(client, mine, staff_user, outcome):
    request, code = mine
    ending = words_of(Ending(outcome))
    OutcomeText.objects.create(ending=ending, text="In our own words: call {phone}.")
    request.close(staff_user, outcome, "reason", "other")
    assert lead(post(client, code)) == ["In our own words: call (503) 555-0142."]


def test_message_that_came_with_the_end_stands_first_and_once(client, mine, staff_user):
    request, code = mine
    request.write(staff_user, "An earlier one")
    farewell = (
        "We have no place.\n\nBut:\n– Jo Ellery. Call (503) 555-0143, or see https://jo.example."
    )
    request.close(staff_user, "no_place", "referral", message=farewell, referrals=1)
    response = post(client, code)
    page = Reading(response)
    assert lead(response) == ["We have no place."]
    assert page.all("words") == ["An earlier one"]
    html = response.content.decode()
    assert html.count("Jo Ellery") == 1
    assert re.findall(r'<ul class="elsewhere">.*?</ul>', html, re.DOTALL)
    assert '<a href="tel:+15035550143" aria-label="Call (503) 555-0143">(503) 555-0143</a>' in html
    assert '<a href="https://jo.example" rel="noreferrer">https://jo.example</a>.' in html


def test_message_at_the_end_is_escaped(client, mine, staff_user):
    request, code = mine
    request.close(staff_user, "changed_mind", "message", message="<b>Bye</b> & thanks")
    assert "&lt;b&gt;Bye&lt;/b&gt; &amp; thanks" in post(client, code).content.decode()


def test_a_closed_page_says_when_it_closes(client, mine, staff_user):
    request, code = mine
    request.close(staff_user, "became_client")
    words, identity = fresh(request).words_purge_on, fresh(request).identity_purge_on
    assert f"This page closes on {weekday_and_date(identity)}." in said(post(client, code))
    assert f"What you wrote is erased on {weekday_and_date(words)}" in said(post(client, code))
    ContactRequest.objects.filter(pk=request.pk).update(hold_kind="legal", hold_by=staff_user)
    assert "closes on" not in said(post(client, code))


def test_what_was_shown_counts_as_read(client, mine, staff_user):
    request, code = mine
    message = request.close(staff_user, "no_reply", "message", message="Until then")
    assert request.messages.get().read_at is None
    post(client, "0" * 24)
    assert request.messages.get().read_at is None
    post(client, code)
    read_at = request.messages.get(pk=message.pk).read_at
    assert read_at is not None
    post(client, code)
    assert request.messages.get().read_at == read_at


def test_a_close_undone_unseen_is_not_told(client, mine, staff_user):
    request, code = mine
    request.close(staff_user, "no_reply", "message", message="Farewell")
    request.undo_close(staff_user)
    response = post(client, code)
    assert "Farewell" not in response.content.decode()
    assert Reading(response).all("dated")[-1].endswith("Your request reached us.")
    assert buttons(response) == ["reach", "take_back", "erase"]


def test_a_close_undone_after_they_read_it_is_told(client, mine, staff_user):
    request, code = mine
    request.close(staff_user, "no_reply", "message", message="Farewell")
    post(client, code)
    assert request.undo_close(staff_user) == "read"
    page = Reading(post(client, code))
    assert page.all("words") == ["Farewell"]
    assert page.all("dated")[-1].endswith("That was too soon: it is open again.")


# What happened so far


def test_what_happened_is_told_without_who_read_it(client, coming_back, staff_user):
    request, code = coming_back(held_reason="trap")
    request.release(staff_user)
    request.open_words(staff_user)
    request.take(staff_user)
    request.add_note(staff_user, "a note")
    request.set_status(staff_user, "contacted", timezone.now() + timedelta(days=2))
    request.narrow(no_voicemail=True, times=["evening"])
    request.write(staff_user, "Tuesday at noon?")
    request.set_status(staff_user, "booked", timezone.now() + timedelta(days=2))
    html = post(client, code).content.decode()
    told = html[html.index("What happened so far") : html.index("How we reach you")]
    import re

    lines = [" ".join(x.split()) for x in re.findall(r"</time>([^<]+)<", told)]
    assert lines == [
        "Your request reached us.",
        "We tried to reach you.",
        "You changed the times.",
        "You stopped voicemail.",
        "We wrote you a message.",
        "We agreed on a first talk.",
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_messages_open_with_the_code_in_one_query(
    client, mine, staff_user, count, django_assert_num_queries
):
    request, code = mine
    for n in range(count):
        request.write(staff_user, f"Line one\n<b>{n}</b>")
    post(client, code)
    # receipt, practice, events, messages and that they were shown, hours; the rest is what every
    # page reads
    with django_assert_num_queries(8):
        page = Reading(post(client, code))
    assert page.all("words") == [f"Line one <b>{n}</b>" for n in range(count)]


def test_message_that_does_not_open_breaks_no_page(client, mine, staff_user):
    request, code = mine
    message = request.write(staff_user, "one")
    type(message).objects.update(for_person=b"\x01nonsense")
    page = Reading(post(client, code))
    assert page.all("words") == [
        "This message cannot be shown. Call us and we will read it to you."
    ]


# Actions


def test_narrowing_takes_effect_at_once_and_is_said(client, mine):
    request, code = mine
    form = Reading(post(client, code, "reach"))
    assert (form.fields["were"], form.fields["times_ok"]) == (["morning"], ["morning"])
    response = post(
        client, code, "narrow", were="morning", times_ok=["evening"], less=["voicemail"]
    )
    assert Reading(response).all("notice") == [
        "Saved. From now on: We will call the number you gave us in the early evening. "
        "We will not leave a message."
    ]
    row = fresh(request)
    assert (row.times_ok, row.voicemail, row.contact_method) == (["evening"], "none", "call")


def test_stopping_is_said_and_lasts(client, mine):
    request, code = mine
    response = post(client, code, "narrow", were="morning", times_ok=["morning"], less=["stop"])
    assert fresh(request).contact_method == "own"
    assert lead(response) == [
        "We are waiting for your call, and there is no hurry. We will not contact you first."
    ]
    again = post(client, code, "narrow", were="morning", times_ok=["morning"], less=["stop"])
    assert Reading(again).all("notice") == ["Nothing was different, so nothing was changed."]
    assert "narrow" not in buttons(post(client, code, "reach"))


def test_an_old_tab_that_stops_voicemail_leaves_newer_times(client, mine):
    request, code = mine
    request.narrow(times=["evening"])
    post(client, code, "narrow", were="morning", times_ok=["morning"], less=["voicemail"])
    row = fresh(request)
    assert (row.times_ok, row.voicemail) == (["evening"], "none")


@pytest.mark.parametrize("typed", [{"phone": "5035550199"}, {"contact_method": "call"}, {"x": 1}])
def test_nothing_posted_sets_a_new_way(client, mine, typed):
    request, code = mine
    post(client, code, "narrow", were="morning", times_ok=["morning"], less=["stop"])
    post(client, code, "narrow", were="morning", times_ok=["morning"], **typed)
    row = fresh(request)
    assert (row.contact_method, row.phone) == ("own", "(503) 555-0187")


def test_taking_back_asks_once_and_is_done(client, mine):
    request, code = mine
    asked = post(client, code, "take_back")
    assert lead(asked) == [
        "We will stop and not contact you. "
        "Your words are erased in 30 days, or right now if you choose."
    ]
    assert buttons(asked) == ["withdraw", "show", "withdraw_and_erase"]
    assert fresh(request).status == "new"
    for _ in range(2):  # a repeated POST
        done = post(client, code, "withdraw")
        assert lead(done) == [
            "You have taken back your request. We will not contact you. "
            "You can write again any time."
        ]
    assert fresh(request).outcome == "withdrew"
    assert request.events.filter(verb="withdrew").count() == 1


def test_taking_back_and_erasing_in_one(client, mine):
    request, code = mine
    done = post(client, code, "withdraw_and_erase")
    assert "You have taken back your request." in said(done)
    assert "Everything is erased." in said(done)
    assert code not in done.content.decode()
    assert (fresh(request).outcome, fresh(request).message) == ("withdrew", "")


def test_erasing_asks_once_and_is_done(client, mine):
    request, code = mine
    asked = post(client, code, "erase")
    assert lead(asked) == [
        "This erases your name, your number and your words from our inbox. It cannot be undone. "
        "Copies in our locked backups are gone within 35 days."
    ]
    assert fresh(request).message == CANARY
    done = post(client, code, "erase_all")
    assert lead(done) == ["Everything is erased. We kept one count with no name. We wish you well."]
    assert code not in done.content.decode()
    assert Event.verify(request.pk) == []
    assert post(client, code, "erase_all").status_code == 422


def test_what_must_be_kept_is_said(client, mine, staff_user):
    request, code = mine
    ContactRequest.objects.filter(pk=request.pk).update(hold_kind="legal", hold_by=staff_user)
    response = post(client, code, "erase_all")
    assert "We have to keep this request for now" in said(response)
    assert fresh(request).message == CANARY


@pytest.mark.parametrize("step", ["reach", "narrow"])
def test_a_request_closed_meanwhile_is_said(client, mine, staff_user, step):
    request, code = mine
    request.close(staff_user, "became_client")
    response = post(client, code, step, were="", less=["stop"])
    assert Reading(response).all("notice") == [
        "This request was closed meanwhile, so nothing was changed."
    ]
    assert fresh(request).contact_method == "call"


def test_a_check_in_that_is_no_longer_open_is_said(client, mine):
    _, code = mine
    assert Reading(post(client, code, "harder")).all("notice") == [
        "There is no open question any more, so nothing was changed."
    ]


# The waiting list


@pytest.fixture
def asked(coming_back, staff_user):
    """asked(**answers): someone on the list whose check-in is open, and their code."""

    def make(**answers):
        request, code = coming_back(**answers)
        now = timezone.now()
        request.set_status(staff_user, "waiting", now - timedelta(days=1))
        assert fresh(request).ask_check_in(now)
        return fresh(request), code

    return make


def test_open_check_in_is_asked(client, asked):
    _, code = asked()
    response = post(client, code)
    assert lead(response) == ["You are on our list."]
    assert buttons(response) == ["keep", "found", "harder", "reach", "take_back", "erase"]
    assert "If you miss this one, you keep your place for two more weeks." in said(response)


def test_second_check_in_says_until_when_the_place_is_kept(client, asked, practice):
    request, code = asked()
    first = request.open_check_in().expires_at
    assert request.miss_check_in(first)
    until = days(practice, first + timedelta(weeks=2))
    assert f"We asked you before. We keep your place until {until}." in said(post(client, code))


def test_keeping_the_place(client, asked, practice):
    request, code = asked()
    response = post(client, code, "keep")
    kept = f"We will check in again by {days(practice, fresh(request).due_at)}."
    assert lead(response) == [f"Your place is kept. {kept}"]
    assert buttons(response) == ["reach", "take_back", "erase"]


def test_having_found_help(client, asked):
    request, code = asked()
    response = post(client, code, "found")
    assert lead(response) == [
        "We are glad. We will erase your request in 30 days, or now if you like."
    ]
    assert (fresh(request).outcome, buttons(response)) == ("changed_mind", ["erase"])


# A Monday, 10 am in Oregon: the next whole working day is Tuesday, the second Wednesday.
MONDAY = datetime(2031, 11, 24, 18, tzinfo=UTC)
BY = "You will hear from us by Wednesday, November 26, 5 pm."


def test_harder_is_answered_with_the_crisis_card_first(client, asked, monkeypatch):
    _, code = asked()
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY)
    response = post(client, code, "harder")
    assert lead(response) == [
        f"Thank you for telling us. Dana sees this first thing on Tuesday. {BY} "
        "We do not read this at night."
    ]
    html = response.content.decode()
    assert html.index('class="panel crisis-card"') < html.index("Thank you for telling us.")
    assert lead(post(client, code)) == [
        f"You told us that it has gotten harder. {BY} Your place on our list is kept."
    ]


@pytest.mark.parametrize(
    ("back", "hour", "said_when"),
    [
        (None, 15, "first thing today."),  # 7 am in Oregon
        (None, 18, "first thing on Tuesday."),
        (date(2031, 12, 1), 15, "first thing on Monday, December 1."),
    ],
)
def test_harder_says_when_it_is_read(client, asked, practice, monkeypatch, back, hour, said_when):
    _, code = asked()
    type(practice).objects.update(paused_until=back)
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY.replace(hour=hour))
    assert said_when in lead(post(client, code, "harder"))[0]


def test_broken_promise_on_the_list_is_said_the_minute_it_passes(
    client, asked, staff_user, monkeypatch
):
    request, code = asked()
    now = [MONDAY]
    monkeypatch.setattr("django.utils.timezone.now", lambda: now[0])
    post(client, code, "harder")
    due = fresh(request).due_at
    for now[0], words in [
        (due - timedelta(seconds=1), "You told us that it has gotten harder."),
        (due, "We said you would hear from us by Wednesday, November 26, 5 pm. We are late"),
    ]:
        assert lead(post(client, code))[0].startswith(words)
    fresh(request).set_status(staff_user, "waiting", due + timedelta(days=7))
    assert lead(post(client, code))[0].startswith("You are on our list. We will check in by ")


def test_harder_keeps_to_the_wish_not_to_be_contacted(client, asked, monkeypatch):
    request, code = asked(contact_method="own", phone="", voicemail="", times_ok=[])
    pages = [post(client, code, "harder"), post(client, code)]
    due = fresh(request).due_at
    monkeypatch.setattr("django.utils.timezone.now", lambda: due + timedelta(days=1))
    for page in [*pages, post(client, code)]:
        assert "We will not contact you first: call (503) 555-0142 and you go" in lead(page)[0]
        assert "You will hear from us" not in said(page)


# When something goes wrong


def test_with_a_database_for_reading_only_the_code_comes_back(client, mine):
    request, code = mine
    with for_reading_only():
        response = post(client, code, "withdraw")
    assert response.status_code == 503
    assert (response.headers["Retry-After"], response.headers["Cache-Control"]) == (
        "60",
        "no-store",
    )
    assert Reading(response).fields["code"] == [code]
    assert fresh(request).status == "new"


def test_a_fault_of_ours_gives_the_code_back_and_logs_none(client, mine, settings, caplog):
    _, code = mine
    settings.INTAKE_EVENT_KEY = None
    response = post(client, code)
    page = Reading(response)
    assert response.status_code == 500
    assert page.fields["code"] == [code]
    assert [r.msg for r in caplog.records if r.name == "intake.given_back"] == [
        "A page of the intake broke"
    ]
    assert page.all("code-block") == [response.headers["X-Request-ID"]]
    assert code not in caplog.text


def test_an_old_tab_of_an_erased_request_is_told_so(client, practice):
    from tests.intake.test_views import made
    from tests.intake.test_views import post as send

    token = made()
    assert send(client, step="send", token=token).status_code == 303
    ContactRequest.objects.get().erase()
    response = send(client, step="send", token=token)
    page = Reading(response)
    assert (response.status_code, page.heading) == (409, "This form was used before")
    assert page.fields["token"] != [token]
    assert ContactRequest.objects.count() == 1


def test_no_cookie_and_no_session(mine):
    _, code = mine
    client = Client()
    assert post(client, code).status_code == 200
    assert dict(client.cookies) == {}
