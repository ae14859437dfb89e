"""What the form did not answer, and staff ask in the first talk. What shows by itself is ticked."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.models import User

from intake.models import ContactRequest
from intake.models.choices import Asked, HowFound

# Left out of the list once the form has answered it.
ANSWERED_BY = {Asked.SERVICE: "service_id", Asked.FORMAT: "format", Asked.PAYMENT: "payment"}


@dataclass(frozen=True)
class Known:
    """A tick that nobody has to make."""

    words: str
    done: bool


def known(request: ContactRequest, state: str) -> list[Known]:
    here = request.location == "here"
    read = request.first_opened_at is not None
    return [
        Known(f"In {state} during sessions" if here else "Where they will be: ask", here),
        Known("Safe contact read" if read else "Safe contact: open the request", read),
    ]


def to_ask(request: ContactRequest) -> list[tuple[str, str]]:
    """What the form did not answer. What was ticked before stays, so that it can be unticked."""
    return [
        (choice.value, choice.label)
        for choice in Asked
        if choice in request.checklist or not _is_answered(request, choice)
    ]


def _is_answered(request: ContactRequest, choice: Asked) -> bool:
    if choice == Asked.REGION:
        return request.location == "here"
    return bool(choice in ANSWERED_BY and getattr(request, ANSWERED_BY[choice]))


class FirstTalkFields(forms.Form):
    """Beside what they wrote, and saved with whatever is pressed."""

    # Without it the boxes were not on the page: nothing was unticked.
    ticks_shown = forms.BooleanField(
        required=False, widget=forms.HiddenInput(attrs={"form": "next-form"})
    )
    asked = forms.MultipleChoiceField(
        required=False,
        choices=Asked.choices,
        widget=forms.CheckboxSelectMultiple(attrs={"form": "next-form"}),
    )
    how_found = forms.ChoiceField(
        label="How did they find us?",
        required=False,
        choices=[("", "Not asked yet"), *HowFound.choices],
        widget=forms.Select(attrs={"form": "next-form"}),
    )

    def ticks_of(self, request: ContactRequest) -> dict[str, Any]:
        return {
            "ticks_shown": True, "asked": request.checklist, "how_found": request.how_found,
        }  # fmt: skip

    def offer(self, request: ContactRequest) -> None:
        """Only what the form left open."""
        self.fields["asked"].choices = to_ask(request)  # type: ignore[attr-defined]

    def keep_ticks(self, request: ContactRequest, by: User) -> bool:
        """Whether anything was other than before."""
        given = self.cleaned_data
        here = sorted(given["asked"]), given["how_found"]
        if not given["ticks_shown"] or here == (sorted(request.checklist), request.how_found):
            return False
        request.tick(by, given["asked"], given["how_found"])
        return True
