import re
import secrets
from datetime import date, timedelta
from io import StringIO
from unittest.mock import ANY
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from intake import form_token, views
from intake.models import Bucket, ContactRequest, Event, FormToken, Phrase, SentPage, limits
from pages.models import CrisisLine, Opening, Service, Therapist
from tests.intake.conftest import reader
from tests.intake.reading import Reading

FORM = "application/x-www-form-urlencoded"
WORDS = "canary-words: we argue\r\nevery <night> & day\r\n\r\nuntil two"
CALL = {
    "preferred_name": "Kim",
    "seeking_for": "me",
    "adult": "yes",
    "message": WORDS,
    "location": "here",
    "contact_method": "call",
    "phone": "(503) 555-0177",
    "phone_private": "no",
    "voicemail": "none",
    "times_ok": ["morning", "evening"],
    "contact_note": "Not on Mondays",
}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def people(practice):
    practice.first_reader, practice.first_reader_role = "Dana", "our front desk lead"
    practice.fee, practice.insurers = "$140 to $180", "Moda and Aetna"
    practice.save()
    Service.objects.create(slug="couples", name="Couples counseling")
    ana = Therapist.objects.create(slug="ana", name="Ana Reyes", fees="$160")
    Therapist.objects.create(
        slug="bo", name="Bo Lind", fees="$160", accepting=False, retired_on=date(2026, 1, 1)
    )
    Opening.objects.create(
        therapist=ana,
        format="online",
        day_part="morning",
        confirmed_on=timezone.now().date(),
    )


def made(ago=timedelta(minutes=3), **facts):
    usual = {"send_key": secrets.token_bytes(32), "made_at": timezone.now() - ago}
    return form_token.write(FormToken(**{**usual, **facts}))


def post(client, step="check", path="/contact/", **answers):
    typed = {**CALL, "token": made(), **answers, "step": step}
    return client.post(path, urlencode(typed, doseq=True), content_type=FORM)


def carried(response):
    return dict(Reading(response).fields)


# The form


def test_contact_shows_the_form(client):
    page = Reading(client.get("/contact/"))
    assert page.title == "Contact us"
    assert page.heading == "Contact us"
    assert page.summary == []
    assert [c["value"] for c in page.controls if c["tag"] == "button"] == ["check"]


def test_contact_says_first_who_reads_it_and_when(client, practice):
    CrisisLine.objects.create(
        region=practice.region, group="talk", name="988", call="988", text_number="988"
    )
    html = Reading(client.get("/contact/")).html
    lines = [" ".join(re.sub(r"<[^>]+>", "", line).split()) for line in html.split("\n")]
    for words in (
        "Five questions need an answer. The rest are up to you. It takes about three minutes, "
        "and nothing is sent until the last step.",
        "Dana, our front desk lead, reads it first. After that, only the therapist who may work "
        "with you.",
        "We read requests Monday to Friday, 9 to 5. If tonight is hard, call or text 988. "
        "Someone is awake there.",
        "Could someone check this phone? Read how to stay private first",
        "A session is $140 to $180. We bill Moda and Aetna. The first 15-minute talk is free.",
    ):
        assert words in lines


def test_a_new_token_comes_with_every_form(client):
    first, second = (Reading(client.get("/contact/")).fields["token"][0] for _ in range(2))
    assert form_token.read(first)
    assert form_token.read(second)
    assert first != second


def test_a_therapist_is_prefilled_by_public_name(client):
    page = Reading(client.get("/contact/with/ana/"))
    assert page.fields["therapist"] == ["ana"]
    assert "You asked about Ana Reyes." in page.html
    assert '<details class="fold" open>' in page.html


def test_a_service_is_prefilled_by_public_name(client):
    page = Reading(client.get("/contact/about/couples/"))
    assert page.fields["service"] == ["couples"]
    assert "You asked about Couples counseling." in page.html


LEFT = (
    "Bo Lind no longer works here, so we left that name out. "
    "You can choose someone else, or send this without a name, and we suggest someone."
)
ANA_LEFT = LEFT.replace("Bo Lind", "Ana Reyes")
FULL = "Ana Reyes takes no new people now. You can still ask for Ana Reyes"
NOT_YET = "Nothing was sent yet. Your words are all below: press “Send my request” once more"


def retire(slug):
    Therapist.objects.filter(slug=slug).update(accepting=False, retired_on=date(2026, 11, 1))


def fill_up(slug):
    Therapist.objects.filter(slug=slug).update(accepting=False)


def test_an_old_address_of_someone_who_left_leads_to_the_form_with_a_sentence(client):
    response = client.get("/contact/with/bo/")
    page = Reading(response)
    assert response.status_code == 200
    assert page.all("notice") == [LEFT]
    assert page.fields.get("therapist", [""]) == [""]
    assert "You asked about" not in page.html


def test_the_address_of_someone_who_takes_no_one_says_so(client):
    fill_up("ana")
    page = Reading(client.get("/contact/with/ana/"))
    assert page.all("notice")[0].startswith(FULL)
    assert page.fields["therapist"] == ["ana"]


def test_someone_who_left_before_the_check_is_left_out_and_said(client):
    retire("ana")
    response = post(client, path="/contact/with/ana/", therapist="ana")
    page = Reading(response)
    assert response.status_code == 200
    assert page.heading == "One last look"
    assert page.all("notice") == [ANA_LEFT]
    assert (page.fields["therapist"], page.fields["message"]) == ([""], [WORDS])
    assert client.post("/contact/", {**page.fields, "step": "send"}).status_code == 303
    assert ContactRequest.objects.get().therapist is None


def test_someone_who_left_before_the_sending_is_said_first_and_words_are_kept(client):
    hidden = carried(post(client, therapist="ana"))
    retire("ana")
    response = client.post("/contact/", {**hidden, "step": "send"})
    page = Reading(response)
    assert response.status_code == 422
    assert page.all("notice")[0].startswith(f"{ANA_LEFT} {NOT_YET}")
    assert page.fields["message"] == [WORDS]
    assert ContactRequest.objects.count() == 0
    assert client.post("/contact/", {**page.fields, "step": "send"}).status_code == 303
    assert ContactRequest.objects.get().message == WORDS.replace("\r\n", "\n")


def test_another_may_be_chosen_instead(client):
    Therapist.objects.create(slug="cy", name="Cy Oda", fees="$160")
    hidden = carried(post(client, therapist="ana"))
    retire("ana")
    again = Reading(client.post("/contact/", {**hidden, "step": "change"}))
    assert again.all("notice") == [ANA_LEFT]
    assert again.fields["message"] == [WORDS]
    checked = client.post("/contact/", {**again.fields, "therapist": "cy", "step": "check"})
    assert Reading(checked).all("notice") == []
    assert client.post("/contact/", {**carried(checked), "step": "send"}).status_code == 303
    assert ContactRequest.objects.get().therapist.name == "Cy Oda"


def test_errors_say_it_too(client):
    retire("ana")
    page = Reading(post(client, therapist="ana", phone=""))
    assert page.all("notice") == [ANA_LEFT]
    assert [words for _, words in page.summary] == [
        "Enter a phone number, or choose another way to reach you"
    ]


def test_under_18_the_name_is_not_lost_unsaid(client):
    retire("ana")
    young = carried(post(client, therapist="ana", adult="no"))
    assert young["therapist"] == ["ana"]
    back = Reading(client.post("/contact/", {**young, "step": "change"}))
    assert back.all("notice") == [ANA_LEFT]


def test_someone_who_stops_taking_people_meanwhile_is_said_and_stays_chosen(client):
    hidden = carried(post(client, therapist="ana"))
    fill_up("ana")
    page = Reading(client.post("/contact/", {**hidden, "step": "send"}))
    assert page.all("notice")[0].startswith(FULL)
    assert NOT_YET in page.all("notice")[0]
    assert ContactRequest.objects.count() == 0
    assert client.post("/contact/", {**page.fields, "step": "send"}).status_code == 303
    assert ContactRequest.objects.get().therapist.slug == "ana"


def test_whoever_was_told_sends_at_once(client):
    fill_up("ana")
    page = Reading(post(client, therapist="ana"))
    assert page.all("notice")[0].startswith(FULL)
    assert client.post("/contact/", {**page.fields, "step": "send"}).status_code == 303


def test_what_was_sent_before_someone_left_gets_the_same_answer(client):
    token = made()
    sent = post(client, step="send", therapist="ana", token=token)["Location"]
    retire("ana")
    assert post(client, step="send", therapist="ana", token=token)["Location"] == sent
    assert post(client, therapist="ana", token=token)["Location"] == f"{sent}again/"
    other = post(client, step="send", therapist="ana", token=token, message="Second thoughts")
    assert other.status_code == 409


def test_what_was_sent_after_someone_left_gets_the_same_answer(client):
    token = made()
    retire("ana")
    page = Reading(post(client, therapist="ana", token=token))
    sent = client.post("/contact/", {**page.fields, "step": "send"})["Location"]
    assert post(client, therapist="ana", token=token)["Location"] == f"{sent}again/"
    assert ContactRequest.objects.count() == 1


@pytest.mark.parametrize("path", ["/contact/with/nobody/", "/contact/about/nothing/"])
def test_an_unknown_name_is_not_here(client, path):
    assert client.get(path).status_code == 404


def test_nothing_is_taken_from_the_query(client):
    page = Reading(client.get("/contact/?preferred_name=Eve&service=couples&step=send"))
    assert page.fields["preferred_name"] == [""]
    assert "You asked about" not in page.html


def test_a_full_practice_says_so_first(client):
    assert "We have no open spots today." not in client.get("/contact/").content.decode()
    Opening.objects.update(confirmed_on=date(2026, 1, 1))  # to be asked about: not full
    assert "We have no open spots today." not in client.get("/contact/").content.decode()
    Opening.objects.all().delete()
    html = client.get("/contact/").content.decode()
    assert "We have no open spots today. You can join our list" in html
    assert html.index("no open spots") < html.index("Five questions need an answer.")


def test_a_paused_practice_says_until_when(client, practice):
    practice.paused_until = date(2125, 12, 1)
    practice.save()
    html = client.get("/contact/").content.decode()
    assert "We are away until Saturday, December 1. You can still write to us." in html
    assert "by Tuesday, December 4, 5 pm" in html


def test_a_pause_that_is_over_is_not_mentioned(client, practice):
    practice.paused_until = date(2020, 1, 1)
    practice.save()
    assert "We are away" not in client.get("/contact/").content.decode()


def test_only_a_new_visit_forgets_what_the_tab_kept(client):
    fresh = [
        "data-fresh" in response.content.decode()
        for response in (
            client.get("/contact/"),
            post(client, phone=""),
            post(client, step="change"),
        )
    ]
    assert fresh == [True, False, False]


# Errors


def test_errors_stand_first_and_beside_their_question(client):
    response = client.post("/contact/", "step=check", content_type=FORM)
    page = Reading(response)
    words = [
        ("id_preferred_name", "Enter a name we can call you"),
        ("id_seeking_for_0", "Choose who this is for"),
        ("id_adult_0", "Choose yes or no for 18 or older"),
        ("id_location_0", "Choose where you will be for sessions"),
        ("id_contact_method_0", "Choose how we can reach you"),
    ]
    assert response.status_code == 422
    assert page.title == "Error: Contact us"
    assert page.summary == words
    assert page.inline == [error for _, error in words]
    main = page.html[page.html.index("<main") :]
    assert main.index("There is a problem") < main.index("<h1")
    for target, _ in words:
        assert f'id="{target}"' in page.html


def test_every_answer_survives_an_error_as_it_was_typed(client):
    typed = {
        "preferred_name": "  Kim \u202e<b>\"' ",
        "phone": "12",
        "email": "not an address",
        "message": WORDS,
        "needs": "step-free",
        "therapist": "ana",
        "payment": "insurance",
        "insurer": "Moda",
        "contact_note": "  two  blanks",
    }
    response = post(client, **typed)
    fields = carried(response)
    assert response.status_code == 422
    assert Reading(response).summary == [
        ("id_phone", "Enter the whole phone number, with area code")
    ]
    assert {name: fields[name][0] for name in typed} == typed
    assert fields["times_ok"] == ["morning", "evening"]
    assert fields["seeking_for"] == ["me"]


def test_ten_thousand_characters_come_back_whole(client):
    long = "\U0001f469 long " * 1428 + "abcd"
    response = post(client, message=long)
    assert response.status_code == 422
    assert Reading(response).inline == [
        "Your message must be 1,500 characters or less. It is 10,000 now"
    ]
    assert carried(response)["message"] == [long]


def test_the_token_survives_an_error(client):
    token = made()
    assert carried(post(client, phone="1", token=token))["token"] == [token]


# The check page


def test_check_shows_the_plan_and_stores_nothing(client):
    response = post(client)
    page = Reading(response)
    assert response.status_code == 200
    assert page.heading == "One last look"
    assert page.all("plan") == [
        "We will call the number ending in 77 in the morning or early evening. "
        "We will not leave a message."
    ]
    assert [c["value"] for c in page.controls if c["tag"] == "button"][-2:] == ["send", "change"]
    assert ContactRequest.objects.count() == 0


def test_check_carries_every_answer_on(client):
    fields = carried(post(client, therapist="ana"))
    assert {name: fields[name] for name in CALL} == {
        name: value if isinstance(value, list) else [value] for name, value in CALL.items()
    }
    assert fields["therapist"] == ["ana"]


def test_check_folds_what_was_written(client):
    html = Reading(post(client)).html
    fold = html[html.index("<details") : html.index("</details>")]
    assert " open" not in fold[: fold.index(">")]
    assert "every &lt;night&gt; &amp; day" in fold
    shown = re.sub(r'<input type="hidden"[^>]*>', "", html.replace(fold, ""), flags=re.DOTALL)
    assert "canary-words" not in shown


def test_check_warns_where_someone_else_may_answer(client):
    html = Reading(post(client, phone_private="yes", voicemail="full")).html
    assert (
        "You told us someone else may see or answer. "
        "We will say only a first name, and not why we called." in html
    )
    assert "leave a first name and our number only" in html


def test_somewhere_else_is_explained_not_refused(client):
    response = post(client, location="elsewhere")
    assert response.status_code == 200
    assert "Our licenses cover Oregon only. You can still send this." in Reading(response).html


def test_change_gives_the_form_back_without_judging(client):
    response = post(client, step="change", preferred_name="", phone="1")
    page = Reading(response)
    assert response.status_code == 200
    assert page.summary == []
    assert page.title == "Contact us"
    assert page.fields["message"] == [WORDS]
    assert page.fields["phone"] == ["1"]
    assert page.fields["times_ok"] == ["morning", "evening"]


def test_an_address_never_holds_an_answer(client):
    html = Reading(post(client, path="/contact/with/ana/")).html
    assert set(re.findall(r'(?:form)?action="([^"#]*)', html)) == {"/contact/with/ana/"}


def test_under_18_leads_to_the_phone_with_nothing_sent(client):
    response = post(client, step="send", adult="no")
    page = Reading(response)
    assert response.status_code == 200
    assert page.heading == "You can still talk to someone"
    assert "Nothing was sent. Your answers are still here if you want to go back." in page.html
    assert page.fields["message"] == [WORDS]
    assert ContactRequest.objects.count() == 0


# Sending


def test_send_stores_and_leads_to_the_sent_page(client):
    response = post(client, step="send")
    stored = ContactRequest.objects.get()
    assert response.status_code == 303
    assert re.fullmatch(r"/contact/sent/[\w-]{32}/", response["Location"])
    assert (stored.contact_method, stored.contact_private, stored.times_ok, stored.phone) == (
        "call", "no", ["morning", "evening"], "+15035550177",
    )  # fmt: skip
    assert stored.message == WORDS.replace("\r\n", "\n")
    assert stored.held_reason == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("staff", [1, 3])
def test_a_send_asks_little_of_the_database(practice, client, staff, monkeypatch):
    """Once what it is taken under was read: the revision, then what is stored, whoever reads.

    PostgreSQL takes in one statement what is stored once it is counted.
    """
    monkeypatch.setattr(views.current_offer, "_kept", None)
    for number in range(staff):
        reader(f"reader{number}")
    post(client, "send")
    with CaptureQueriesContext(connection) as captured:
        post(client, "send")
    asked = [query["sql"].split()[0] for query in captured]
    stored = ["request", "event", "receipt", "sent page", "notice"]
    assert [word for word in asked if word not in ("BEGIN", "COMMIT")] == [
        "SELECT",
        "INSERT",
        *(["WITH"] if connection.vendor == "postgresql" else ["INSERT"] * len(stored)),
    ]


@pytest.mark.django_db(transaction=True)
def test_what_staff_change_counts_from_the_next_send_on(practice, client, monkeypatch):
    monkeypatch.setattr(views.current_offer, "_kept", None)
    post(client, "send", message="Nobody sleeps here.")
    Phrase.objects.create(text="nobody sleeps")
    post(client, "send", message="Nobody sleeps here.")
    requests = ContactRequest.objects.order_by("received_at")
    assert [request.urgent for request in requests] == [False, True]


def test_send_needs_no_private_key(client, settings):
    settings.INTAKE_PRIVATE_KEYS = []
    settings.INTAKE_INDEX_KEY = None
    settings.SURFACE = "public"
    response = post(client, step="send")
    assert response.status_code == 303
    assert client.get(response["Location"]).status_code == 200


def test_the_sent_page_says_what_happens_next(client):
    page = Reading(client.get(post(client, step="send")["Location"]))
    stored = ContactRequest.objects.get()
    blocks = page.all("code-block")
    assert page.title == "Request sent"
    assert page.heading == "Your request reached us"
    assert len(blocks) == 6
    assert "".join(blocks[:2]) == stored.reference
    assert "Dana will read it, think about who may fit, and call you." in page.html
    assert "canary-words" not in page.html
    assert [number for number in ("555-0177", "5550177") if number in page.html] == []
    assert "sent already" not in page.html


def test_the_sent_page_of_someone_who_calls_us_promises_no_call(client):
    page = Reading(client.get(post(client, step="send", contact_method="own")["Location"]))
    assert "We are waiting for your call, and there is no hurry." in page.html
    assert "You will hear from us by" not in page.html
    assert "We will reach you either way." not in page.html
    assert "Without it, tell us the name you gave and the day you wrote." in page.html
    assert "and give the first two blocks of the code below." in page.html


def test_nobody_who_calls_us_is_told_that_they_will_hear(client):
    page = post(client, contact_method="own", location="elsewhere").content.decode()
    assert "We will look for names near you and tell you when you call." in page
    assert "tell you by" not in page
    page = post(client, contact_method="call", location="elsewhere").content.decode()
    assert "We will look for names near you and tell you by" in page


def test_sending_twice_stores_once(client):
    token = made()
    first = post(client, step="send", token=token)
    second = post(client, step="send", token=token)
    assert first["Location"] == second["Location"]
    assert ContactRequest.objects.count() == 1


def test_coming_back_after_sending_says_sent_already(client):
    token = made()
    sent = post(client, step="send", token=token)["Location"]
    for step in ("check", "change"):
        response = post(client, step=step, token=token)
        assert (response.status_code, response["Location"]) == (303, f"{sent}again/")
    page = Reading(client.get(f"{sent}again/"))
    assert "This request was sent already. You do not need to send it again." in page.html


def test_another_version_under_the_same_key_is_given_back(client):
    token = made()
    sent = post(client, step="send", token=token)["Location"]
    response = post(client, step="send", token=token, message="Second thoughts")
    page = Reading(response)
    assert response.status_code == 409
    assert page.all("code-block") == [ContactRequest.objects.get().blocks]
    assert page.all("words") == ["Second thoughts", "Not on Mondays"]
    assert sent in page.html
    assert ContactRequest.objects.count() == 1


def test_the_other_version_may_be_sent_as_well(client):
    token = made()
    post(client, step="send", token=token)
    given_back = carried(post(client, step="send", token=token, message="Second thoughts"))
    given_back.pop("step", None)
    checked = client.post("/contact/", {**given_back, "step": "check"})
    response = client.post("/contact/", {**carried(checked), "step": "send"})
    assert response.status_code == 303
    assert ContactRequest.objects.count() == 2


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"homepage": "https://spam.example"}, "trap"),
        ({"ago": timedelta(seconds=0)}, "fast"),
        ({"ago": timedelta(days=3)}, "expired"),
    ],
)
def test_signs_of_a_program_hold_a_request_and_say_nothing(client, settings, answers, reason):
    settings.INTAKE_MIN_FILL_SECONDS = 3
    plain = post(client, step="send")
    ago = answers.pop("ago", timedelta(minutes=3))
    held = post(client, step="send", token=made(ago), **answers)
    assert ContactRequest.objects.get(held_reason=reason)
    pages = [client.get(response["Location"]).content.decode() for response in (plain, held)]
    plain_html, held_html = (
        re.sub(r'code-block">[0-9A-Z]{4}|/sent/[\w-]+', "", page) for page in pages
    )
    assert plain_html == held_html


@pytest.mark.parametrize("change", ["", "x", "forged:token:here"])
def test_a_token_that_is_not_ours_gives_the_words_back_with_a_new_one(client, change):
    response = post(client, step="send", token=change and made()[:-1] + change)
    page = Reading(response)
    assert (response.status_code, page.title) == (422, "Contact us: not sent yet")
    assert (
        "This page was open a long time, so we checked again. Your words are all below. "
        "Press “Send my request” once more." in page.html
    )
    assert ContactRequest.objects.count() == 0
    again = client.post("/contact/", {**page.fields, "step": "send"})
    assert again.status_code == 303
    assert ContactRequest.objects.get().message == WORDS.replace("\r\n", "\n")


def test_a_token_of_another_kind_is_not_ours(client):
    from django.core import signing

    other = signing.dumps(["a", 1, None, None], salt="another")
    assert form_token.read(other) is None
    assert form_token.read(signing.dumps({"a": 1}, salt=form_token.SALT)) is None


def test_answers_are_checked_again_when_sent(client):
    response = post(client, step="send", phone="")
    assert response.status_code == 422
    assert ContactRequest.objects.count() == 0


# The sent page's address


@pytest.mark.parametrize("address", ["x", "A" * 32, "é" * 32, "a%00b", "%ff" * 32])
def test_an_unknown_sent_page_is_closed(client, address):
    response = client.get(f"/contact/sent/{address}/")
    page = Reading(response)
    assert response.status_code == 410
    assert (
        "This page has closed to keep things private. If you sent a request, we have it."
        in page.html
    )


def test_a_sent_page_closes_after_half_an_hour(client):
    address = post(client, step="send")["Location"]
    assert client.get(address).status_code == 200
    SentPage.objects.update(expires_at=timezone.now())
    assert client.get(address).status_code == 410


def test_closed_and_unknown_pages_read_alike(client):
    address = post(client, step="send")["Location"]
    SentPage.objects.update(expires_at=timezone.now())
    closed, unknown = client.get(address), client.get(f"/contact/sent/{'A' * 32}/")
    assert closed.content == unknown.content


def test_the_sent_page_takes_no_post(client):
    assert client.post(post(client, step="send")["Location"]).status_code == 405


# What is odd


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://testserver.evil.example"},
        {"origin": "null"},
        {"origin": "https://testserver"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
        {"sec-fetch-site": "same-site", "origin": "http://other.testserver"},
    ],
)
def test_another_site_is_refused_and_the_words_given_back(client, headers):
    typed = urlencode({**CALL, "token": made(), "step": "send"}, doseq=True)
    response = client.post("/contact/", typed, content_type=FORM, headers=headers)
    page = Reading(response)
    assert response.status_code == 403
    assert page.fields["message"] == [WORDS]
    assert [c["value"] for c in page.controls if c["tag"] == "button"] == ["check"]
    assert ContactRequest.objects.count() == 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://testserver", "sec-fetch-site": "same-origin"},
        {"origin": "null", "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
    ],
)
def test_our_own_pages_and_plain_programs_are_let_in(client, headers):
    typed = urlencode({**CALL, "token": made(), "step": "send"}, doseq=True)
    response = client.post("/contact/", typed, content_type=FORM, headers=headers)
    assert response.status_code == 303


def test_the_site_may_be_named_otherwise_by_a_proxy(client, settings):
    settings.SITE_URL = "https://practice.example"
    response = client.post(
        "/contact/", "step=check", content_type=FORM, headers={"origin": settings.SITE_URL}
    )
    assert response.status_code == 422


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("", b"step=check"),
        ("text/plain", b"step=check"),
        ("application/json", b"{}"),
        (f"{FORM}; charset=utf-16", b"step=check"),
        (f"{FORM}; charset=rot13", b"step=check"),
        (f"{FORM}; charset=no-such", b"step=check"),
        ("multipart/form-data; boundary=x; charset=rot13", b"--x--"),
        ("multipart/form-data; boundary=x; charset=utf-7", b"--x--"),
        ("multipart/form-data", b"--x--"),
        ("multipart/form-data; boundary=\xe9", b"--x--"),
        (FORM, b"a=1&" * 1001),
    ],
)
def test_what_is_no_form_is_refused_in_plain_words(client, content_type, body):
    response = client.generic("POST", "/contact/", body, content_type)
    assert response.status_code == 400
    assert "Nothing was sent." in Reading(response).html
    assert ContactRequest.objects.count() == 0


def test_a_form_of_several_parts_is_read_too(client):
    response = client.post("/contact/", {**CALL, "token": made(), "step": "send"})
    assert response.status_code == 303


@pytest.mark.parametrize("broken", [b"%FF%FE", b"%ED%A0%80", b"\xff\xfe", b"%C3"])
def test_broken_letters_are_shown_before_anything_is_sent(client, broken):
    typed = urlencode({**CALL, "token": made()}, doseq=True).encode()
    body = typed.replace(b"canary-words", b"caf" + broken) + b"&step=check"
    response = client.post("/contact/", body, content_type=FORM)
    assert response.status_code == 200
    assert Reading(response).fields["message"][0].startswith("caf")
    assert ContactRequest.objects.count() == 0


def test_nul_is_left_out_everywhere(client):
    typed = {name: f"{value}\x00" for name, value in CALL.items() if isinstance(value, str)}
    response = post(client, step="send", **typed)
    assert response.status_code == 303
    assert ContactRequest.objects.get().preferred_name == "Kim"
    assert "\x00" not in post(client, preferred_name="\x00").content.decode()


def test_of_doubled_answers_the_last_counts(client):
    typed = urlencode({**CALL, "token": made()}, doseq=True)
    body = f"preferred_name=Eve&adult=no&{typed}&step=send"
    assert client.post("/contact/", body, content_type=FORM).status_code == 303
    assert ContactRequest.objects.get().preferred_name == "Kim"


def test_fields_nobody_asked_for_are_dropped(client):
    assert set(carried(post(client, csrfmiddlewaretoken="x", status="closed"))) <= {
        *CALL, "token",
    }  # fmt: skip


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_methods_are_not_known(client, method):
    response = getattr(client, method)("/contact/")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST")


# Headers, cookies, caches

OUR_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": ANY,  # compared as a whole where it is made
    "Permissions-Policy": ANY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def headers(response):
    return {name: value for name, value in response.items() if name != "Content-Length"}


@pytest.mark.parametrize("path", ["/contact/sent/x/", "/contact/sent/x/again/"])
def test_sent_pages_are_kept_nowhere(client, path):
    assert headers(client.get(path)) == OUR_HEADERS


@pytest.mark.parametrize("path", ["/contact/", "/contact/with/ana/"])
def test_empty_form_is_kept_nowhere_and_compressed(client, path):
    assert headers(client.get(path)) == {**OUR_HEADERS, "Vary": "Accept-Encoding"}
    client.defaults["HTTP_ACCEPT_ENCODING"] = "gzip"
    compressed = client.get(path)
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert len(compressed.content) < 8_000
    assert "Content-Encoding" not in post(client).headers  # it shows what was typed


def test_answers_to_posts_are_kept_nowhere(client):
    for response in (post(client), post(client, phone=""), post(client, adult="no")):
        assert headers(response) == OUR_HEADERS
    sent = post(client, step="send")
    assert headers(sent) == {**OUR_HEADERS, "Location": sent["Location"]}
    assert headers(client.get(sent["Location"])) == OUR_HEADERS


def test_no_page_sets_a_cookie(client):
    for path in ("/contact/", "/contact/with/ana/", "/contact/sent/x/"):
        assert client.get(path).cookies.output() == ""
    sent = post(client, step="send")
    for response in (post(client), post(client, phone=""), sent, client.get(sent["Location"])):
        assert response.cookies.output() == ""
    assert client.cookies.output() == ""


def test_no_csrf_cookie_is_asked_for():
    strict = Client(enforce_csrf_checks=True)
    assert post(strict, step="send").status_code == 303


def test_check_and_sent_are_kept_out_of_search_engines(client):
    sent = client.get(post(client, step="send")["Location"])
    noindex = '<meta name="robots" content="noindex">'
    assert noindex not in client.get("/contact/").content.decode()
    for response in (post(client), sent, client.get("/contact/sent/x/")):
        assert noindex in response.content.decode()


def test_the_two_addresses_differ_in_name_only():
    assert reverse("intake:contact_with", args=["ana"]) == "/contact/with/ana/"
    assert reverse("intake:contact_about", args=["couples"]) == "/contact/about/couples/"


# Limits


@pytest.fixture
def full(settings, monkeypatch):
    """One request an hour and address, and no room for suspects."""
    settings.INTAKE_RATE = 1
    monkeypatch.setattr(limits, "HELD_A_DAY", 0)


def test_over_the_rate_the_page_is_as_ever(client, settings):
    settings.INTAKE_RATE = 1
    pages = [client.get(post(client, "send").headers["Location"]) for _ in range(2)]
    held = ContactRequest.objects.order_by("received_at").values_list("held_reason", flat=True)
    assert list(held) == ["", "rate"]
    assert len({Reading(page).heading for page in pages}) == 1


def test_beyond_the_cap_the_words_are_given_back_with_when_to_try_again(client, full):
    post(client, "send")
    response = post(client, "send")
    page = Reading(response)
    assert (response.status_code, page.title) == (429, "Contact us: not sent yet")
    minutes = int(response.headers["Retry-After"]) // 60
    assert 1 <= minutes <= 60
    assert (
        "Many requests came from this connection. Yours is not lost: it is below. "
        f"Wait {minutes} minute" in response.content.decode()
    )
    assert carried(response)["message"] == [WORDS]
    assert response.headers["Cache-Control"] == "no-store"
    assert response.cookies == {}
    assert ContactRequest.objects.count() == 1


def test_what_was_stored_is_answered_even_when_all_is_full(client, full):
    token = made()
    first, again = (post(client, "send", token=token) for _ in range(2))
    assert (first.status_code, again.headers["Location"]) == (303, first.headers["Location"])


def test_no_address_stands_in_a_table_or_a_log(client, full, caplog):
    for address in ("203.0.113.77", "2001:db8:77::77"):
        for _ in range(2):
            client.defaults["REMOTE_ADDR"] = address
            post(client, "send")
    out = StringIO()
    call_command("dumpdata", "intake", stdout=out)
    rows = [bytes(key) for key in Bucket.objects.values_list("key", flat=True)]
    assert len(rows) == 2
    kept = (out.getvalue() + caplog.text).encode() + b"".join(rows)
    for trace in (b"203.0.113", b"2001:db8", bytes([203, 0, 113, 77]), b"\xcb\x00\x71"):
        assert trace not in kept


def test_a_phrase_opens_the_sent_page_with_the_crisis_card(client, caplog):
    Phrase.objects.create(text="every night")
    bodies = [
        client.get(post(client, "send", message=text).headers["Location"]).content.decode()
        for text in ("Every NIGHT.", "Every day.")
    ]
    found, plain = (body.partition("<main")[2] for body in bodies)
    card, code = 'crisis-card"', 'class="code'
    assert found.count(card) == plain.count(card)
    assert found.index(card) < found.index(code)
    assert plain.index(card) > plain.index(code)
    assert "every night" not in found.lower()
    assert "every night" not in caplog.text.lower()
    facts = str(list(Event.objects.values_list("facts", flat=True))).lower()
    assert "every night" not in facts
