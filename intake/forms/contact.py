"""The contact form: what belongs together, and what it comes to."""

from dataclasses import fields, replace
from functools import lru_cache
from typing import Any, NamedTuple, cast

from crispy_forms.helper import FormHelper
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.http import QueryDict

from intake.forms import phone as telephone
from intake.forms.asked import BY_PHONE, ELSEWHERE, UNSURE, Asked
from intake.forms.layout import CONTACT
from intake.forms.options import Options
from intake.forms.questions import Question, select
from intake.models import Answers
from intake.models.choices import ContactMethod, DayPart
from intake.plan import Way
from pages.phone import spoken

EMAIL_LIMIT = 254
ENTER_PHONE = "Enter a phone number, or choose another way to reach you"
WHOLE_PHONE = "Enter the whole phone number, with area code"
GONE = (
    "{name} no longer works here, so we left that name out. "
    "You can choose someone else, or send this without a name, and we suggest someone."
)
FULL = (
    "{name} takes no new people now. You can still ask for {name}, choose someone else, "
    "or leave it open. We will tell you who may have room."
)
NO_EXTENSION = "Enter the number without its extension. The last box has room for the extension"
ENTER_EMAIL = "Enter an email address, or choose another way to reach you"
WHOLE_EMAIL = "Enter an email address like name@example.com"

# On the check page: what stands in view, and what only the person opens.
CHOSEN = (
    "preferred_name",
    "seeking_for",
    "location",
    "service",
    "therapist",
    "format",
    "payment",
    "insurer",
    "contact_method",
    "phone",
    "email",
)
WRITTEN = ("message", "needs", "contact_note")

ANSWERS = tuple(answer.name for answer in fields(Answers))

_is_email = EmailValidator(WHOLE_EMAIL)


class Answered(NamedTuple):
    """A question with its answer, in words, and the id of its first control."""

    id: str
    label: str
    answer: str


class ContactForm(Asked):
    """Asks what the practice offers now. Nothing is stored from here."""

    is_fresh = True  # a new visit: what this tab kept of an earlier one is over

    def __init__(
        self,
        typed: QueryDict | None = None,
        *,
        options: Options,
        initial: dict[str, Any] | None = None,
        **rest: Any,
    ) -> None:
        self.options = options
        self.typed = typed if typed is not None else QueryDict()
        self.wished = str(self.typed.get("therapist") or (initial or {}).get("therapist") or "")
        if self.wished_is_gone:
            typed, initial = _without_therapist(typed), _without_therapist(initial)
        super().__init__(typed, initial=initial, **rest)
        self._offer()

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.disable_csrf = True  # the form token and the origin stand in for the cookie
        helper.form_class = "grid form"
        # Another address than the page's own: where the answer is lost, the browser's page that
        # says so would else take this page's place in the history, and Back could not find it.
        helper.form_action = "#check"
        fresh = self.is_fresh and not self.is_bound
        helper.attrs = {
            "novalidate": True,
            "data-private": True,
            "data-keep": True,
            "data-fresh": fresh,
        }
        helper.layout = CONTACT
        return helper

    @property
    def about(self) -> str:
        """What the page they came from chose for them, in words."""
        service = dict(self.options.services).get(str(self["service"].value() or ""))
        therapist = dict(self.options.therapists).get(str(self["therapist"].value() or ""))
        who = [f"with {therapist}"] if service and therapist else [therapist] if therapist else []
        chosen = " ".join(filter(None, [service, *who]))
        return f"You asked about {chosen}." if chosen else ""

    @property
    def wished_is_gone(self) -> bool:
        """The therapist they chose is not here any more: the form goes on without."""
        return bool(self.wished) and self.wished not in dict(self.options.therapists)

    @property
    def news(self) -> str:
        """What they must know of the therapist they chose, before they send."""
        if self.wished_is_gone:
            return GONE.format(name=dict(self.options.left).get(self.wished, "The one you chose"))
        if self.wished in self.options.full:
            return FULL.format(name=dict(self.options.therapists)[self.wished])
        return ""

    @property
    def is_told(self) -> bool:
        """Whether an earlier page said the news. Where someone is gone, the page after it has no
        name to tell of any more."""
        return not self.news or self.typed.get("told") == self.wished

    @property
    def may_be_sent(self) -> bool:
        """They pressed "Send", and there is nothing more to ask or to say."""
        return (
            self.typed.get("step") == "send"
            and not self.is_minor
            and self.is_valid()
            and self.is_told
        )

    @property
    def carried(self) -> QueryDict:
        """What the check page hands on: as typed, without a name that is gone."""
        carried = cast("QueryDict", self.data).copy()
        carried.pop("told", None)
        if self.news and not self.wished_is_gone:
            carried["told"] = self.wished
        return carried

    @property
    def versions(self) -> list[Answers]:
        """The answers, and as they were if someone has left since they were sent."""
        before = [replace(self.answers, therapist=self.wished)] if self.wished_is_gone else []
        return [self.answers, *before]

    @property
    def trap(self) -> str:
        """What stands in the field that people do not see."""
        return str(self["homepage"].value() or "")

    @property
    def is_minor(self) -> bool:
        return str(self["adult"].value()) == "no"

    @property
    def answers(self) -> Answers:
        """What may be sent. Only of a valid form."""
        return Answers(**{name: self.cleaned_data[name] for name in ANSWERS})

    @property
    def way(self) -> Way:
        answers = self.answers
        return Way(
            method=answers.contact_method,
            private=answers.contact_private,
            contact=answers.masked_contact(),
            voicemail=answers.voicemail,
            times=tuple(answers.times_ok),
            mail=answers.mail_wanted,
        )

    @property
    def is_elsewhere(self) -> bool:
        return self._answered("location", ELSEWHERE)

    def answered(self, *names: str) -> list[Answered]:
        """Those of the named questions that have an answer."""
        return [self._in_words(name) for name in names if self.cleaned_data[name]]

    def _in_words(self, name: str) -> Answered:
        field, answer = self[name], str(self.cleaned_data[name])
        if name == "phone":
            answer = spoken(answer, self.options.region)
        answer = str(dict(getattr(field.field, "choices", ())).get(answer, answer))
        first = field.auto_id + ("_0" if field.use_fieldset else "")
        return Answered(first, str(field.label), answer)

    def clean_insurer(self) -> str:
        return str(self.cleaned_data["insurer"]) if self._answered("payment", "insurance") else ""

    def clean_phone(self) -> str:
        if not self._reached_by(*BY_PHONE):
            return ""
        if not self.cleaned_data["phone"]:
            raise ValidationError(ENTER_PHONE, code="required")
        try:
            return telephone.parse(self.cleaned_data["phone"], self.options.region)
        except telephone.ExtensionError as error:
            raise ValidationError(NO_EXTENSION, code="extension") from error
        except telephone.PhoneError as error:
            raise ValidationError(WHOLE_PHONE, code="invalid") from error

    def clean_email(self) -> str:
        if not self._reached_by("email"):
            return ""
        if not self.cleaned_data["email"]:
            raise ValidationError(ENTER_EMAIL, code="required")
        _is_email(self.cleaned_data["email"])
        if len(self.cleaned_data["email"]) > EMAIL_LIMIT:
            raise ValidationError(WHOLE_EMAIL, code="invalid")
        return str(self.cleaned_data["email"])

    def clean_voicemail(self) -> str:
        return str(self.cleaned_data["voicemail"]) if self._reached_by("call") else ""

    def clean_mail_wanted(self) -> bool:
        """Only a yes is one."""
        return self._reached_by("email") and self.cleaned_data["mail_wanted"] == "yes"

    def clean_times_ok(self) -> list[str]:
        chosen = self.cleaned_data["times_ok"] if self._reached_by(*BY_PHONE) else []
        return [time for time in DayPart.values if time in chosen]

    def clean(self) -> dict[str, Any]:
        """Only what belongs to the chosen way stays; blank is kept blank and counts as shared."""
        private = "phone_private" if self._reached_by(*BY_PHONE) else "email_private"
        known = self._reached_by(*BY_PHONE, "email")
        self.cleaned_data["contact_private"] = self.cleaned_data.get(private, "") if known else ""
        return self.cleaned_data

    def _reached_by(self, *channels: str) -> bool:
        return self._answered("contact_method", *channels)

    def _answered(self, name: str, *values: str) -> bool:
        return self.cleaned_data.get(name) in values

    def _offer(self) -> None:
        self._offer_places()
        self._offer_help()
        self._offer_channels()

    def _offer_places(self) -> None:
        location = self._choice("location")
        location.label = f"Will you be in {self.options.states[0]} during sessions?"
        if len(self.options.states) > 1:
            states = [(state, state) for state in self.options.states]
            others = [(ELSEWHERE, "Somewhere else"), (UNSURE, "Not sure")]
            location.label = "Where will you be during sessions?"
            location.widget = select()
            location.choices = [("", "Choose one"), *states, *others]

    def _offer_help(self) -> None:
        self._choice("service").choices = [("", "Not sure yet"), *self.options.services]
        self._choice("therapist").choices = [("", "No one in particular"), *self.options.therapists]

    def _offer_channels(self) -> None:
        ways = self._choice("contact_method")
        ways.choices = [way for way in ContactMethod.choices if way[0] in self.options.channels]
        ways.widget.help_lines = {"own": self.options.call_us}
        calls = f"Our calls show as {self.options.phone} on your screen"
        self.fields["phone"].help_text = calls
        for field in self.fields.values():
            if isinstance(field, Question) and field.when == "contact_method":
                field.condition = self._condition(field.values)

    def _condition(self, ways: tuple[str, ...]) -> str:
        served = [f"“{ContactMethod(way).label}”" for way in ways if way in self.options.channels]
        return f"If you chose {' or '.join(served)}."

    def _choice(self, name: str) -> Any:
        return self.fields[name]


class SentForm(ContactForm):
    """The same questions to judge answers by, never to be shown: showing leaves marks on controls.

    All forms under one offer share their fields. To copy those is half of what judging costs.
    """

    def _offer(self) -> None:
        self.fields = _fields_under(self.options)

    def _clean_fields(self) -> None:
        """As Django does it, but for the bound fields: they are what shows a field."""
        for name, field in self.fields.items():
            try:
                typed = field.widget.value_from_datadict(self.data, {}, name)
                self.cleaned_data[name] = field.clean(typed)
                if judge := getattr(self, f"clean_{name}", None):
                    self.cleaned_data[name] = judge()
            except ValidationError as error:
                self.add_error(name, error)


SentForm.base_fields = {}  # nothing that each form would copy


@lru_cache(maxsize=1)
def _fields_under(options: Options) -> dict[str, Any]:
    return ContactForm(options=options).fields


def _without_therapist(given: Any) -> Any:
    """A copy of what was typed, or of what a page chose."""
    copy = given.copy() if given is not None else None
    if copy:
        copy["therapist"] = ""
    return copy
