"""The questions of the contact form: their order, their words, their errors."""

from django import forms

from intake.forms.questions import Choice, Choices, Text, Words, line, select
from intake.models.choices import (
    ContactMethod,
    DayPart,
    Format,
    Payment,
    Private,
    SeekingFor,
    Voicemail,
    YesNo,
)

HERE, ELSEWHERE, UNSURE = "here", "elsewhere", "unsure"
BY_PHONE = ("call", "text")
CHOOSE_PRIVATE = "Choose no, yes or not sure"


class Asked(forms.Form):
    """What is asked, in this order. `ContactForm` fills in what the practice offers."""

    use_required_attribute = False

    preferred_name = Text(
        label="What name can we use?",
        help_text="Any name is fine. Add your pronouns if you like",
        widget=line(autocomplete="nickname"),
        limit=100,
        too_long="This name must be 100 characters or less",
        error_messages={"required": "Enter a name we can call you"},
    )
    seeking_for = Choice(
        *SeekingFor.choices,
        label="Who is this for?",
        wrong="Choose who this is for",
        help_lines={
            "couple": "We talk with each of you alone first. We do this with every couple",
            "other_adult": "They will need to contact us themselves. "
            "We can tell you how to help them do that",
        },
    )
    adult = Choice(
        *YesNo.choices,
        label="Are you 18 or older?",
        wrong="Choose yes or no for 18 or older",
        in_a_row=True,
    )
    message = Words(
        label="What would you like help with?",
        help_text="A few words are enough. You can leave this blank and tell us when we talk",
        optional=True,
        required=False,
        limit=1500,
        too_long="Your message must be 1,500 characters or less. It is {length:,} now",
    )
    location = Choice(
        (HERE, "Yes"),
        (ELSEWHERE, "No, somewhere else"),
        (UNSURE, "Not sure"),
        wrong="Choose where you will be for sessions",
    )
    service = Choice(
        label="What kind of help?",
        wrong="Choose a kind of help from the list",
        optional=True,
        required=False,
        widget=select(),
    )
    therapist = Choice(
        label="Someone in particular?",
        wrong="Choose a name from the list",
        optional=True,
        required=False,
        widget=select(),
    )
    format = Choice(
        ("", "Either is fine"),
        *Format.choices,
        label="In person or online?",
        wrong="Choose in person or online from the list",
        optional=True,
        required=False,
        widget=select(),
    )
    payment = Choice(
        *Payment.choices,
        label="How would you pay?",
        wrong="Choose how you would pay",
        optional=True,
        required=False,
    )
    insurer = Text(
        label="Name of the insurance",
        optional=True,
        required=False,
        when="payment",
        values=("insurance",),
        widget=line(autocomplete="off"),
        limit=100,
        too_long="The name of the insurance must be 100 characters or less",
    )
    needs = Text(
        label="What would make this easier for you?",
        help_text="For example: step-free entry, Spanish, a quiet room, a woman therapist",
        optional=True,
        required=False,
        widget=line(autocomplete="off"),
        limit=300,
        too_long="What would make this easier must be 300 characters or less",
    )
    contact_method = Choice(
        *ContactMethod.choices,
        label="How can we reach you?",
        wrong="Choose how we can reach you",
    )
    phone = Text(
        label="Phone number",
        required=False,
        when="contact_method",
        values=BY_PHONE,
        widget=line("tel", autocomplete="tel", width="input-phone"),
    )
    phone_private = Choice(
        *Private.choices,
        label="Could someone else answer this phone or see its messages?",
        wrong=CHOOSE_PRIVATE,
        required=False,
        when="contact_method",
        values=BY_PHONE,
        in_a_row=True,
    )
    email = Text(
        label="Email address",
        required=False,
        when="contact_method",
        values=("email",),
        widget=line("email", autocomplete="email"),
    )
    email_private = Choice(
        *Private.choices,
        label="Could someone else read this email?",
        wrong=CHOOSE_PRIVATE,
        required=False,
        when="contact_method",
        values=("email",),
        in_a_row=True,
    )
    mail_wanted = Choice(
        *YesNo.choices,
        label="May we mail you when something waits for you?",
        help_text="Only if no one else can read this email, and the mail never says what it is "
        "about",
        wrong="Choose yes or no for mail",
        optional=True,
        required=False,
        when="contact_method",
        values=("email",),
        in_a_row=True,
    )
    voicemail = Choice(
        *Voicemail.choices,
        label="If you do not pick up, may we leave a message?",
        wrong="Choose whether we may leave a message",
        required=False,
        when="contact_method",
        values=("call",),
    )
    times_ok = Choices(
        *DayPart.choices,
        label="When is a good time?",
        wrong="Choose times from the list",
        optional=True,
        required=False,
        when="contact_method",
        values=BY_PHONE,
    )
    contact_note = Text(
        label="What else would help us reach you safely?",
        help_text="For example: not on Mondays, or ask for another name",
        optional=True,
        required=False,
        widget=line(autocomplete="off"),
        limit=300,
        too_long="This note must be 300 characters or less",
    )
    # A field that only programs fill in; see intake.spam.
    homepage = forms.CharField(
        label="Leave this empty",
        required=False,
        widget=forms.TextInput({"tabindex": "-1", "autocomplete": "off"}),
    )
    token = forms.CharField(required=False, widget=forms.HiddenInput)
