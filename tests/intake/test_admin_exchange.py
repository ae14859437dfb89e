"""Writing to a person, and what staff see of all that went between."""

import html
import re

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone

from intake.models import ContactRequest, Event, Message, Notice, Receipt, SentPage
from pages.models import Page
from tests.intake.conftest import make_answers, make_token, reader, sent_request
from tests.signing_in import sign_in

WORDS = "Sesquipedalian <b>regards</b>\nfrom us"
SHOWN = "Sesquipedalian &lt;b&gt;regards&lt;/b&gt;<br>from us"
KEPT = ("privacy", "help-now")
NOTE = "Pneumonoultramicroscopic"


@pytest.fixture
def desk(staff_user):
    return changer(staff_user)


def changer(user):
    user.user_permissions.add(Permission.objects.get(codename="change_contactrequest"))
    User.objects.filter(pk=user.pk).update(first_name=user.username.title())
    return User.objects.get(pk=user.pk)


@pytest.fixture
def at_desk(client, desk):
    sign_in(client, desk)
    return client


@pytest.fixture
def request_(make_request):
    return make_request()


def url(request, name="change"):
    return reverse(f"admin:intake_contactrequest_{name}", args=[request.pk])


def page_of(client, request):
    return client.get(url(request)).content.decode()


def opened(client, request):
    return client.post(url(request, "open"), follow=True).content.decode()


def press(client, request, step, page="", **typed):
    page = page or page_of(client, request)
    hidden = dict(re.findall(r'type="hidden" name="(version|seen)" value="(\d+)"', page))
    return client.post(url(request, "do"), {**hidden, "step": step, **typed})


def typed_message(answer):
    (area,) = re.findall(
        r'<textarea name="message"[^>]*>(.*?)</textarea>', answer.content.decode(), re.DOTALL
    )
    return html.unescape(area).strip()


def entries(page):
    (section,) = re.findall(r'<section class="exchange".*?</section>', page, re.DOTALL)
    found = re.findall(r"<li>(.*?)</li>", section, re.DOTALL)
    return [html.unescape(" ".join(re.sub(r"<[^>]+>", " ", each).split())) for each in found]


def without_time(lines):
    return [re.sub(r"^\w+ \d+, \d{4}, [\d:]+ [ap]m ", "", line) for line in lines]


def test_writing_stores_it_for_both(at_desk, desk, practice):
    sent = ContactRequest.objects.send(make_answers(), make_token())
    request, code = sent_request(sent.reference), SentPage.objects.open(sent.address).receipt
    opened(at_desk, request)
    answer = press(at_desk, request, "write", message=WORDS)
    assert (answer.status_code, answer.url) == (302, url(request))
    message = Message.objects.get()
    assert (message.by, message.for_staff, message.opened_with(code)) == (desk, WORDS, WORDS)
    page = page_of(at_desk, request)
    assert "Written. They can read it at My request, with their code." in page
    assert SHOWN in page


def test_words_of_a_message_show_only_while_the_reading_lasts(at_desk, request_):
    opened(at_desk, request_)
    press(at_desk, request_, "write", message=WORDS)
    at_desk.post(url(request_, "shut"))
    page = page_of(at_desk, request_)
    assert "Sesquipedalian" not in page
    assert without_time(entries(page))[0] == (
        "Dana wrote to them They can read it with their code. No mail: they did not choose email."
    )


def test_a_note_is_saved_with_the_message(at_desk, request_):
    opened(at_desk, request_)
    press(at_desk, request_, "write", message=WORDS, note=NOTE)
    assert list(request_.events.order_by("seq").values_list("verb", flat=True)) == [
        "sent", "opened", "wrote", "noted",
    ]  # fmt: skip
    assert Event.verify(request_.pk) == []


def test_there_is_nothing_to_write_in_before_it_is_opened(at_desk, request_):
    assert 'name="message"' not in page_of(at_desk, request_)
    assert 'name="message"' in opened(at_desk, request_)


def test_nothing_is_sent_after_the_reading_and_the_words_stay(at_desk, request_):
    page = opened(at_desk, request_)
    at_desk.post(url(request_, "shut"))
    answer = press(at_desk, request_, "write", page, message=WORDS, note=NOTE)
    assert answer.status_code == 409
    assert "Your reading of this request is over." in answer.content.decode()
    assert typed_message(answer) == WORDS
    assert NOTE in answer.content.decode()
    assert Message.objects.count() == 0


def test_a_conflict_says_what_changed_and_keeps_the_words(at_desk, request_):
    page = opened(at_desk, request_)
    ana = changer(reader("ana"))
    ContactRequest.objects.get(pk=request_.pk).take(ana)
    answer = press(at_desk, request_, "write", page, message=WORDS)
    assert answer.status_code == 409
    assert "Ana took it" in answer.content.decode()
    assert typed_message(answer) == WORDS
    assert Message.objects.count() == 0


def test_a_double_click_sends_once_and_keeps_the_words(at_desk, request_):
    page = opened(at_desk, request_)
    press(at_desk, request_, "write", page, message=WORDS)
    again = press(at_desk, request_, "write", page, message=WORDS)
    assert again.status_code == 409
    assert "Dana wrote a message" in again.content.decode()
    assert typed_message(again) == WORDS
    assert Message.objects.count() == 1


def test_words_stay_where_it_was_closed_meanwhile(at_desk, desk, request_):
    page = opened(at_desk, request_)
    ContactRequest.objects.get(pk=request_.pk).close(desk, "changed_mind")
    answer = press(at_desk, request_, "write", page, message=WORDS)
    assert answer.status_code == 409
    assert typed_message(answer) == WORDS
    assert Message.objects.count() == 0


@pytest.mark.parametrize(
    ("step", "message", "error"),
    [
        ("write", "", "Write the message first"),
        ("write", "x" * 4001, "The message must be 4,000 characters or less"),
        ("contacted", WORDS, "You have written to them: send the message, or empty its box"),
        ("note", WORDS, "You have written to them: send the message, or empty its box"),
    ],
)
def test_what_is_wrong_is_said_and_the_words_stay(at_desk, request_, step, message, error):
    opened(at_desk, request_)
    answer = press(at_desk, request_, step, message=message, note=NOTE)
    assert f'<li><a href="#id_message">{error}</a></li>' in answer.content.decode()
    assert typed_message(answer) == message
    assert NOTE in answer.content.decode()
    assert list(request_.events.values_list("verb", flat=True)) == ["sent", "opened"]


def test_only_who_may_change_requests_writes(client, request_):
    sign_in(client, reader("rita"))
    page = opened(client, request_)
    assert 'name="message"' not in page
    assert press(client, request_, "write", page, message=WORDS).status_code == 403


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "No mail will say that it waits: they did not choose email."),
        (
            {"contact_method": "email", "email": "kim@example.org", "mail_wanted": True},
            "No mail will say that it waits: someone else may read it.",
        ),
        (
            {"contact_method": "email", "email": "kim@example.org", "contact_private": "no"},
            "No mail will say that it waits: they did not ask for mail.",
        ),
        (
            {
                "contact_method": "email", "email": "kim@example.org", "contact_private": "no",
                "mail_wanted": True,
            },
            "A mail will say that a message waits, and nothing of what it says.",
        ),
    ],
)  # fmt: skip
def test_who_will_read_it_is_said_before_it_is_written(at_desk, make_request, answers, said):
    page = html.unescape(opened(at_desk, make_request(**answers)))
    (hint,) = re.findall(r'id="message-readers">([^<]+)<', page)
    assert hint == (
        "Read by staff who may open this request, and by whoever has the person’s private code, "
        f"at My request. {said}"
    )


def test_without_a_code_staff_are_told_that_nobody_else_reads_it(at_desk, request_):
    Receipt.objects.filter(request=request_).delete()
    page = html.unescape(opened(at_desk, request_))
    (hint,) = re.findall(r'id="message-readers">([^<]+)<', page)
    assert hint == (
        "Read by staff who may open this request, and by nobody else: the person’s code is gone. "
        "No mail will say that it waits: they did not choose email."
    )
    press(at_desk, request_, "write", message=WORDS)
    assert "Kept for staff only: their code is gone." in page_of(at_desk, request_)


def test_all_that_went_between_stands_in_one_list(at_desk, desk, make_request):
    request = make_request(contact_method="email", email="kim@example.org", contact_private="no")
    with request.recorded("asked", None, {"check_in": 1}):
        pass
    made = Notice.objects.create(
        kind="check_in", request=request, to_person=True, dedupe="check_in:1"
    )
    Notice.objects.filter(pk=made.pk).update(sent_at=timezone.now())
    with request.recorded("answered", None, {"check_in": 1, "answer": "keep"}):
        pass
    request.write(desk, "Hello")
    Notice.objects.create(
        kind="written", request=request, to_person=True, dedupe="written:1", attempts=2,
        error_class="SMTPServerDisconnected",
    )  # fmt: skip
    lines = without_time(entries(opened(at_desk, request)))
    waiting, *rest = lines
    assert re.fullmatch(
        r"Mail to them: a message waits Not sent yet \(SMTPServerDisconnected, 2 tries\)\. "
        r"Again \w+ \d+, \d{4}, [\d:]+ [ap]m\.",
        waiting,
    )
    assert rest == [
        "Dana wrote to them Hello They can read it with their code. "
        "No mail: they did not ask for mail.",
        "They answered: Yes, keep my place",
        "Mail to them: are they still looking? Sent.",
        "The site asked: are you still looking?",
        "It reached us No mail said so: they did not ask for mail.",
    ]


# Outside a transaction, as a running site is: what is kept in memory is kept.
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("worker_alive")
@pytest.mark.parametrize("rows", [1, 3])
def test_page_takes_the_same_queries_for_any_exchange(
    at_desk, desk, request_, django_assert_num_queries, rows
):
    for number in range(rows):
        request_.write(desk, "Hello")
        Notice.objects.create(
            kind="written", request=request_, to_person=True, dedupe=f"written:{number}"
        )
    page_of(at_desk, request_)
    with django_assert_num_queries(11):
        page_of(at_desk, request_)


# Outside a transaction, as a running site is: what is kept in memory is kept.
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("worker_alive")
@pytest.mark.parametrize("rows", [1, 3])
def test_page_with_all_that_can_stand_on_it_takes_twelve_queries(
    at_desk, desk, make_request, django_assert_num_queries, rows
):
    request = make_request(contact_private="no", voicemail="full")
    for number in range(rows):
        request.write(desk, "Hello")
        request.add_note(desk, NOTE)
        Notice.objects.create(
            kind="written", request=request, to_person=True, dedupe=f"written:{number}"
        )
    page = opened(at_desk, request)
    found = [page.count(words) for words in (NOTE, ">Hello<", "a message waits", "9 to 5. No rush")]
    assert found == [rows, rows, rows, 1]
    with django_assert_num_queries(12):
        page_of(at_desk, request)


def history_of(page):
    return re.findall(r"<time[^>]*>[^<]+</time>\s*<span>([^<]+)</span>", html.unescape(page))


def test_history_says_who_did_what(at_desk, desk, request_):
    for verb, facts in [
        ("narrowed", {"stop": True}),
        ("narrowed", {"voicemail": "none", "times": "morning+evening"}),
        ("narrowed", {"times": ""}),
        ("asked", {"check_in": 1}),
        ("answered", {"check_in": 1, "answer": "harder"}),
        ("list_ended", {}),
        ("withdrew", {}),
        ("erased", {}),
    ]:
        with request_.recorded(verb, None, facts):
            pass
    request_.write(desk, "Hello")
    assert history_of(page_of(at_desk, request_)) == [
        "Dana wrote a message",
        "They erased everything",
        "They took it back",
        "The site ended the place on the list",
        "They answered the check-in: It has gotten harder",
        "The site asked whether they are still looking",
        "They changed how to reach them: any time of day",
        "They changed how to reach them: no voicemail, mornings or early evenings only",
        "They changed how to reach them: do not contact them, they will call",
        "They sent it on the website",
    ]


def test_a_narrowing_is_on_the_banner(at_desk, practice, request_):
    with request_.recorded("narrowed", None, {"voicemail": "none"}):
        request_.voicemail = "none"
    local = timezone.now().astimezone(practice.tz)
    assert (
        f'<p class="wishes-changed">Changed on {local:%b} {local.day} by the person: no voicemail. '
        "Keep only to this.</p>" in page_of(at_desk, request_)
    )


def test_harder_stands_on_top_until_someone_acts(at_desk, desk, request_):
    with request_.recorded("answered", None, {"check_in": 1, "answer": "harder"}):
        pass
    assert "It has gotten harder. They said so on " in page_of(at_desk, request_)
    request_.set_status(desk, "talking")
    assert "It has gotten harder. They said so on " not in page_of(at_desk, request_)


def test_a_request_taken_back_offers_no_way_to_them(at_desk, request_):
    now = timezone.now()
    with request_.recorded("withdrew", None):
        request_._move("closed", None, "")
        request_._end("withdrew", "", "", now)
        request_.words_purge_on = now.date()
    page = opened(at_desk, request_)
    assert "They took this request back. Do not contact them." in page
    assert "DO NOT CONTACT" in page
    assert re.findall(r'href="(?:tel|sms|mailto):[^"]*"', page) == []
    assert "555-0187" not in page
    assert "What to say" not in page


def test_an_erased_request_has_nothing_left_to_open(at_desk, request_):
    now = timezone.now()
    with request_.recorded("erased", None):
        request_._move("closed", None, "")
        request_._end("erased", "", "", now)
    empty = dict.fromkeys(ContactRequest.sealed_columns())
    ContactRequest.objects.filter(pk=request_.pk).update(
        **empty, words_purged_at=now, identity_purged_at=now, words_key=None, identity_key=None,
        sealed_words_key=None, sealed_identity_key=None, answers_mac=None, gone_by="person",
    )  # fmt: skip
    Receipt.objects.filter(request=request_).delete()
    page = page_of(at_desk, request_)
    assert re.search(r"They erased everything on [^.]+\. Nothing is left to open\.", page)
    assert "Open this request" not in page
    assert "DO NOT CONTACT" in page


def test_who_calls_us_has_a_state_of_their_own(at_desk, make_request):
    request = make_request(contact_method="own", phone="")
    page = opened(at_desk, request)
    assert "<strong>Waiting for their call</strong>" in page
    assert "We wait for their call, and do not contact them first" in page
    assert "Told they would hear by" not in page
    assert "What to say" not in page


def test_statement_leads_to_what_they_were_shown(at_desk, practice, request_):
    assert "What they were shown" not in page_of(at_desk, request_)
    pages = {
        name: Page.objects.create(slug=name, title=name, heading=f"{name} then") for name in KEPT
    }
    kept = {name: page.publish(by=None) for name, page in pages.items()}
    sent = ContactRequest.objects.send(
        make_answers(),
        make_token(privacy_edition_id=kept["privacy"].pk, help_edition_id=kept["help-now"].pk),
    )
    for page in pages.values():
        page.heading = "today"
        page.save()
        page.publish(by=None)
    shown = page_of(at_desk, sent_request(sent.reference))
    links = re.findall(r'<a href="([^"]+)">(?:Privacy|Get help now), as shown then</a>', shown)
    assert len(links) == 2
    headings = [
        re.findall(r"<h1[^>]*>(.*?)</h1>", at_desk.get(link).content.decode()) for link in links
    ]
    assert headings == [["privacy then"], ["help-now then"]]
