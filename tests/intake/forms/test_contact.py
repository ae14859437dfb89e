import re
from dataclasses import replace
from typing import Any

import pytest
from crispy_forms.utils import render_crispy_form
from django.http import QueryDict

from intake.forms.contact import ContactForm, SentForm
from intake.forms.options import Options

OPTIONS = Options(
    states=("Oregon",),
    channels=("call", "text", "email", "own"),
    services=(("couples", "Couples counseling"), ("individual", "Individual therapy")),
    therapists=(("ana", "Ana Reyes"), ("bo", "Bo Lind")),
    phone="(503) 555-0142",
    hours="Monday to Friday, 9 to 5",
)
TWO_STATES = Options(states=("Oregon", "Washington"), channels=("call", "email"))
CALL = {
    "preferred_name": "Kim",
    "seeking_for": "me",
    "adult": "yes",
    "location": "here",
    "contact_method": "call",
    "phone": "(503) 555-0177",
}


def typed(**answers):
    typed = QueryDict(mutable=True)
    for name, value in {**CALL, **answers}.items():
        typed.setlist(name, value if isinstance(value, list) else [value])
    return typed


def filled(options=OPTIONS, **answers):
    return ContactForm(typed(**answers), options=options)


def errors(form):
    return {name: list(words) for name, words in form.errors.items()}


def question(form, name) -> Any:
    return form.fields[name]


def answers(**typed):
    form = filled(**typed)
    assert errors(form) == {}
    return form.answers


def test_questions_stand_in_order_with_their_labels():
    form = ContactForm(options=OPTIONS)
    assert [(field.name, field.label) for field in form] == [
        ("preferred_name", "What name can we use?"),
        ("seeking_for", "Who is this for?"),
        ("adult", "Are you 18 or older?"),
        ("message", "What would you like help with?"),
        ("location", "Will you be in Oregon during sessions?"),
        ("service", "What kind of help?"),
        ("therapist", "Someone in particular?"),
        ("format", "In person or online?"),
        ("payment", "How would you pay?"),
        ("insurer", "Name of the insurance"),
        ("needs", "What would make this easier for you?"),
        ("contact_method", "How can we reach you?"),
        ("phone", "Phone number"),
        ("phone_private", "Could someone else answer this phone or see its messages?"),
        ("email", "Email address"),
        ("email_private", "Could someone else read this email?"),
        ("mail_wanted", "May we mail you when something waits for you?"),
        ("voicemail", "If you do not pick up, may we leave a message?"),
        ("times_ok", "When is a good time?"),
        ("contact_note", "What else would help us reach you safely?"),
        ("homepage", "Leave this empty"),
        ("token", "Token"),
    ]


def test_an_empty_form_names_five_things():
    form = ContactForm(QueryDict(), options=OPTIONS)
    assert errors(form) == {
        "preferred_name": ["Enter a name we can call you"],
        "seeking_for": ["Choose who this is for"],
        "adult": ["Choose yes or no for 18 or older"],
        "location": ["Choose where you will be for sessions"],
        "contact_method": ["Choose how we can reach you"],
    }


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"phone": ""}, {"phone": ["Enter a phone number, or choose another way to reach you"]}),
        ({"phone": "555-0177"}, {"phone": ["Enter the whole phone number, with area code"]}),
        (
            {"phone": "503 555 0177 ext 4"},
            {
                "phone": [
                    "Enter the number without its extension. "
                    "The last box has room for the extension"
                ]
            },
        ),
        ({"contact_method": "email", "email": ""},
         {"email": ["Enter an email address, or choose another way to reach you"]}),
        ({"contact_method": "email", "email": "kim@example"},
         {"email": ["Enter an email address like name@example.com"]}),
        ({"contact_method": "email", "email": "kim@example.com\r\nBcc: all@example.com"},
         {"email": ["Enter an email address like name@example.com"]}),
        ({"contact_method": "email", "email": "k" * 250 + "@example.com"},
         {"email": ["Enter an email address like name@example.com"]}),
        ({"message": "a" * 1620},
         {"message": ["Your message must be 1,500 characters or less. It is 1,620 now"]}),
        ({"contact_note": "a" * 301},
         {"contact_note": ["This note must be 300 characters or less"]}),
        ({"preferred_name": "a" * 101},
         {"preferred_name": ["This name must be 100 characters or less"]}),
        ({"preferred_name": "\u200b\u202e\x00"},
         {"preferred_name": ["Enter a name we can call you"]}),
        ({"seeking_for": "dog"}, {"seeking_for": ["Choose who this is for"]}),
        ({"location": "Mars"}, {"location": ["Choose where you will be for sessions"]}),
        ({"contact_method": "pigeon"}, {"contact_method": ["Choose how we can reach you"]}),
        ({"service": "magic"}, {"service": ["Choose a kind of help from the list"]}),
        ({"times_ok": ["night"]}, {"times_ok": ["Choose times from the list"]}),
    ],
)  # fmt: skip
def test_errors_say_what_to_do(typed, wrong):
    assert errors(filled(**typed)) == wrong


CHANGED = replace(
    OPTIONS,
    therapists=(("ana", "Ana Reyes"),),
    full=frozenset({"ana", "bo"}),
    left=(("bo", "Bo Lind"),),
)
LEFT = (
    "Bo Lind no longer works here, so we left that name out. "
    "You can choose someone else, or send this without a name, and we suggest someone."
)
FULL = (
    "Ana Reyes takes no new people now. You can still ask for Ana Reyes, choose someone else, "
    "or leave it open. We will tell you who may have room."
)


@pytest.mark.parametrize(
    ("options", "wished", "kept", "news"),
    [
        (OPTIONS, "ana", "ana", ""),
        (OPTIONS, "", "", ""),
        (CHANGED, "", "", ""),
        (CHANGED, "ana", "ana", FULL),
        (CHANGED, "bo", "", LEFT),
        (CHANGED, "x" * 10_000, "", LEFT.replace("Bo Lind", "The one you chose")),
    ],
)
def test_a_therapist_who_is_gone_or_full_is_said_and_keeps_nobody_from_sending(
    options, wished, kept, news
):
    form = filled(options, therapist=wished)
    assert (errors(form), form.answers.therapist, form.news) == ({}, kept, news)
    page = ContactForm(options=options, initial={"therapist": wished})
    assert (page["therapist"].value(), page.news) == (kept, news)


def test_what_the_check_page_hands_on_has_no_name_that_is_gone():
    gone, full = filled(CHANGED, therapist="bo"), filled(CHANGED, therapist="ana", told="bo")
    assert (gone.carried["therapist"], "told" in gone.carried, gone.is_told) == ("", False, False)
    assert (full.carried["therapist"], full.carried["told"], full.is_told) == ("ana", "ana", False)
    assert filled(CHANGED, therapist="ana", told="ana").is_told
    assert gone.typed["therapist"] == "bo"  # other pages give back all that was typed


def test_a_message_is_counted_as_the_page_counts_it():
    astral = "\U0001f469" * 1000
    assert errors(filled(message=astral + "\r\n" * 500)) == {}
    assert errors(filled(message=astral + "\r\n" * 501)) == {
        "message": ["Your message must be 1,500 characters or less. It is 1,501 now"]
    }


def test_only_what_belongs_to_the_chosen_way_is_kept():
    sent = answers(
        email="not an address", email_private="no", phone_private="yes", voicemail="full"
    )
    assert (sent.phone, sent.email, sent.contact_private, sent.voicemail) == (
        "+15035550177", "", "yes", "full",
    )  # fmt: skip


def test_email_keeps_nothing_of_the_phone():
    sent = answers(
        contact_method="email",
        email="kim@example.com",
        email_private="unsure",
        phone="555",
        phone_private="no",
        voicemail="full",
        times_ok=["morning"],
    )
    assert (sent.phone, sent.email, sent.contact_private, sent.voicemail, sent.times_ok) == (
        "", "kim@example.com", "unsure", "", [],
    )  # fmt: skip


def test_someone_who_calls_us_leaves_no_way_to_reach_them():
    typed = {"email": "kim@example.com", "phone_private": "no", "email_private": "no"}
    sent = answers(contact_method="own", **typed)
    assert (sent.phone, sent.email, sent.contact_private) == ("", "", "")


def test_safety_answers_left_blank_stay_blank():
    sent = answers()
    assert (sent.contact_private, sent.voicemail, sent.mail_wanted) == ("", "", False)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ({"contact_method": "email", "mail_wanted": "yes"}, True),
        ({"contact_method": "email", "mail_wanted": "no"}, False),
        ({"contact_method": "email"}, False),
        ({"contact_method": "call", "mail_wanted": "yes"}, False),
        ({"contact_method": "own", "mail_wanted": "yes"}, False),
    ],
)
def test_mail_is_wanted_by_a_yes_alone_and_with_email_alone(typed, wanted):
    assert answers(email="kim@example.com", **typed).mail_wanted is wanted


def test_mail_is_never_ticked_beforehand():
    control = ContactForm(options=OPTIONS)["mail_wanted"]
    assert [option.data["attrs"].get("checked") for option in control] == [None, None]


def test_one_line_answers_hold_one_line():
    sent = answers(preferred_name="Kim\r\nX-Header: 1", contact_note="a\u2028b", needs="\u202eabc")
    assert (sent.preferred_name, sent.contact_note, sent.needs) == ("Kim X-Header: 1", "a b", "abc")


def test_times_come_in_the_order_of_the_day_and_once():
    assert answers(times_ok=["evening", "morning", "evening"]).times_ok == ["morning", "evening"]


def test_an_insurer_belongs_to_insurance():
    assert answers(payment="insurance", insurer="Moda").insurer == "Moda"
    assert answers(payment="self", insurer="Moda").insurer == ""


def test_several_states_are_a_list():
    form = ContactForm(options=TWO_STATES)
    assert form.fields["location"].label == "Where will you be during sessions?"
    assert question(form, "location").choices == [
        ("", "Choose one"),
        ("Oregon", "Oregon"),
        ("Washington", "Washington"),
        ("elsewhere", "Somewhere else"),
        ("unsure", "Not sure"),
    ]
    assert filled(TWO_STATES, location="Washington").is_valid()
    assert errors(filled(TWO_STATES, location="")) == {
        "location": ["Choose where you will be for sessions"]
    }


def test_only_served_channels_are_offered():
    form = ContactForm(options=TWO_STATES)
    assert question(form, "contact_method").choices == [("call", "Call me"), ("email", "Email me")]
    assert question(form, "phone").condition == "If you chose “Call me”."
    assert errors(filled(TWO_STATES, contact_method="text", location="Oregon")) == {
        "contact_method": ["Choose how we can reach you"]
    }


@pytest.mark.parametrize(
    ("initial", "words"),
    [
        ({}, ""),
        ({"service": "couples"}, "You asked about Couples counseling."),
        ({"therapist": "ana"}, "You asked about Ana Reyes."),
        (
            {"service": "couples", "therapist": "ana"},
            "You asked about Couples counseling with Ana Reyes.",
        ),
    ],
)
def test_what_is_prefilled_is_said_in_words(initial, words):
    assert ContactForm(options=OPTIONS, initial=initial).about == words


def test_the_page_asks_without_help_of_the_browser():
    html = render_crispy_form(ContactForm(options=OPTIONS))
    assert " required" not in html
    assert "maxlength" not in html
    assert "placeholder" not in html
    assert "checked" not in html
    assert " novalidate" in html
    assert '<details class="fold">' in html


@pytest.mark.parametrize(
    "form",
    [
        ContactForm(options=OPTIONS, initial={"therapist": "ana"}),
        filled(needs="a" * 301),
        filled(payment="self"),
    ],
)
def test_the_fold_is_open_where_there_is_something_to_see(form):
    assert '<details class="fold" open>' in render_crispy_form(form)


def test_hint_and_error_are_tied_to_their_control():
    html = render_crispy_form(filled(preferred_name="", seeking_for=""))
    assert (
        'aria-invalid="true" aria-describedby="id_preferred_name_helptext id_preferred_name_error"'
        in html
    )
    assert 'aria-describedby="id_seeking_for_error"' in html
    assert 'id="id_seeking_for_1" aria-describedby="id_seeking_for_1_help"' in html


def test_what_belongs_to_an_answer_names_it():
    html = render_crispy_form(ContactForm(options=OPTIONS))
    asked = re.findall(
        r'data-when="(\w+)"\s+data-is="([\w ]+)"[^<]*<(?:label|legend)[^>]*>([^<]+)', html
    )
    assert [(when, values, " ".join(label.split())) for when, values, label in asked] == [
        ("payment", "insurance", "Name of the insurance"),
        ("contact_method", "call text", "Phone number"),
        (
            "contact_method",
            "call text",
            "Could someone else answer this phone or see its messages?",
        ),
        ("contact_method", "email", "Email address"),
        ("contact_method", "email", "Could someone else read this email?"),
        ("contact_method", "email", "May we mail you when something waits for you?"),
        ("contact_method", "call", "If you do not pick up, may we leave a message?"),
        ("contact_method", "call text", "When is a good time?"),
    ]


def test_free_text_is_kept_from_spell_checkers_and_refilling():
    html = render_crispy_form(ContactForm(options=OPTIONS))
    for name in ("message", "needs", "contact_note"):
        control = html[html.index(f'name="{name}"') :].split(">")[0]
        assert 'autocomplete="off"' in control
        assert 'spellcheck="false"' in control


SOME = [
    {},
    {"location": "Washington"},
    {"contact_method": "text", "phone": "12"},
    {"contact_method": "email", "email": "", "mail_wanted": "yes"},
    {"times_ok": ["morning", "noon"], "message": "x" * 1501},
    {"therapist": "gone", "service": "couples", "payment": "insurance", "insurer": "Acme"},
]


@pytest.mark.parametrize("options", [OPTIONS, TWO_STATES])
@pytest.mark.parametrize("given", SOME)
def test_sent_form_judges_as_the_one_that_is_shown(options, given):
    shown, sent = filled(options, **given), SentForm(typed(**given), options=options)
    assert errors(sent) == errors(shown)
    assert sent.cleaned_data == shown.cleaned_data


def test_sent_forms_share_their_fields_under_one_offer():
    one, other = SentForm(typed(), options=OPTIONS), SentForm(typed(), options=OPTIONS)
    elsewhere = SentForm(typed(), options=TWO_STATES)
    assert one.fields is other.fields
    assert question(elsewhere, "location").label == "Where will you be during sessions?"
