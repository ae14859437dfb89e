"""What is asked of someone who comes back: their code, and how we may reach them from now on."""

from typing import Any

from django import forms
from django.http import QueryDict

from intake.forms.questions import Choices, Text, line
from intake.models import ContactRequest
from intake.models.choices import DayPart

BY_PHONE = ("call", "text")
WRONG = (
    "That code did not open anything. Check it and try once more. Codes also stop working after "
    "a while. You can call {phone} and we will help."
)


class CodeForm(forms.Form):
    use_required_attribute = False

    code = Text(
        label="Your private code",
        help_text="Six blocks of four. Capital letters and spaces do not matter",
        required=False,
        widget=line(autocomplete="off", autocapitalize="characters", width="input-code"),
    )

    @classmethod
    def given_back(cls, code: str) -> "CodeForm":
        return cls(initial={"code": code})

    @classmethod
    def wrong(cls, phone: str) -> "CodeForm":
        """Without what was typed: the answer to every code that opens nothing is the same."""
        form = cls({})
        on_one_line = (phone or "our office").replace(" ", "\u00a0")
        form.add_error("code", WRONG.format(phone=on_one_line))
        return form


class ReachForm(forms.Form):
    """Fewer ways, or other times: never a new number, which whoever found the code could set."""

    use_required_attribute = False

    less = Choices(label="What shall we stop?", optional=True, required=False, wrong="")
    times_ok = Choices(
        *DayPart.choices, label="When is a good time?", optional=True, required=False, wrong=""
    )
    # The times as shown, so that a page of yesterday that changes something else leaves them.
    were = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, request: ContactRequest) -> None:
        shown = {"times_ok": request.times_ok, "were": "+".join(request.times_ok)}
        super().__init__(initial=shown)
        less = [("stop", "Stop all messages. I will call you")]
        if request.contact_method == "call" and request.voicemail not in ("", "none"):
            less.append(("voicemail", "Stop voicemail"))
        self.fields["less"].choices = less  # type: ignore[attr-defined]
        if request.contact_method not in BY_PHONE:
            del self.fields["times_ok"]


def narrowing(typed: QueryDict) -> dict[str, Any]:
    """What a posted ReachForm asks `narrow` for. What it does not know, it leaves."""
    times = [part for part in DayPart.values if part in typed.getlist("times_ok")]
    same = typed.get("were", "+".join(times)) == "+".join(times)
    less = typed.getlist("less")
    return {
        "stop": "stop" in less,
        "no_voicemail": "voicemail" in less,
        "times": None if same else times,
    }
