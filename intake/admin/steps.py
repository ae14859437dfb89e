"""What staff can do with a request: one form, one step a POST, a note with it where wanted."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from intake import moments
from intake.clock import clock_of
from intake.models import ContactRequest
from intake.promise import Clock
from pages.models import Practice

Status = ContactRequest.Status
Outcome = ContactRequest.Outcome
# By when to act next, in the practice's working days.
AFTER_AN_ATTEMPT = 2
AFTER_A_CONSULTATION = 1
NOTE_LENGTH = 4000
MESSAGE_LENGTH = 4000
# What stands beside a control, by its id.
HINTS = {"note": "note-hint", "message": "message-readers"}
UNSENT = "You have written to them: send the message, or empty its box"

NEEDED = {
    "note": {"note": "Write the note first"},
    "write": {"message": "Write the message first"},
    "booked": {
        "talk_on": "Enter the day of the first talk",
        "talk_at": "Enter the hour of the first talk",
    },
    "waiting": {"check_in_on": "Enter the day on which you will check in"},
}
PLAIN_VERBS = {
    "take": ("take", "It is yours."),
    "release": ("release", "Released from review."),
    "reopen": ("reopen", "Reopened."),
}
STATUSES = (Status.IN_REVIEW, Status.CONTACTED, Status.TALKING, Status.BOOKED, Status.WAITING)
STEPS = ("note", "write", "spam", *PLAIN_VERBS, *STATUSES)
SENT = "Written. They can read it at My request, with their code."
KEPT = "Kept for staff only: their code is gone."


class StepForm(forms.Form):
    """All fields stand in one form, so that nothing typed is lost whichever button is pressed."""

    step = forms.ChoiceField(choices=[(name, name) for name in STEPS])
    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(
            attrs={
                "rows": 4,
                "autocomplete": "off",
                "spellcheck": "false",
                "aria-describedby": HINTS["note"],
            }
        ),
        error_messages={"max_length": f"The note must be {NOTE_LENGTH:,} characters or less"},
    )
    # Stands beside what they wrote, far from the rest of its form, and belongs to it all the same.
    message = forms.CharField(
        label="Message",
        required=False,
        max_length=MESSAGE_LENGTH,
        widget=forms.Textarea(
            attrs={
                "rows": 5,
                "autocomplete": "off",
                "form": "next-form",
                "aria-describedby": HINTS["message"],
            }
        ),
        error_messages={"max_length": f"The message must be {MESSAGE_LENGTH:,} characters or less"},
    )
    talk_on = forms.DateField(
        label="Day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": NEEDED["booked"]["talk_on"]},
    )
    talk_at = forms.TimeField(
        label="Hour",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": NEEDED["booked"]["talk_at"]},
    )
    check_in_on = forms.DateField(
        label="Check in on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": NEEDED["waiting"]["check_in_on"]},
    )

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.practice = practice
        self.now = timezone.now()

    @classmethod
    def fresh(cls, request: ContactRequest, practice: Practice) -> "StepForm":
        check_in_on = practice.today() + timedelta(weeks=practice.waiting_list_weeks)
        shown = {"version": request.version, "seen": request.activity_seq}
        return cls(initial={**shown, "check_in_on": check_in_on}, practice=practice)

    def again(self, request: ContactRequest) -> "StepForm":
        """What was typed, over the request as it stands now."""
        shown = {"version": request.version, "seen": request.activity_seq}
        return StepForm(initial={**self.cleaned_data, **shown}, practice=self.practice)

    @cached_property
    def clock(self) -> Clock:
        """Read for a step only: a page that is merely shown needs none."""
        return clock_of(self.practice)

    def add_error(self, field: str | None, error: Any) -> None:
        """Tied to its control, after the hint."""
        super().add_error(field, error)
        if field in HINTS:
            described_by = f"{HINTS[field]} id_{field}_error"
            self.fields[field].widget.attrs["aria-describedby"] = described_by

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for name, error in NEEDED.get(given.get("step", ""), {}).items():
            if not given.get(name) and name not in self.errors:
                self.add_error(name, error)
        if given.get("step") != "write" and given.get("message"):
            self.add_error("message", UNSENT)
        return given

    def carry_out(self, request: ContactRequest, by: User) -> str:
        """The step and the note, both or neither. What to say back. Raises Conflict, NotAllowed."""
        step, note = self.cleaned_data["step"], self.cleaned_data["note"].strip()
        with transaction.atomic():
            said = "Note added." if step == "note" else self._do(step, request, by)
            if note:
                request.add_note(by, note)
        return said

    def _do(self, step: str, request: ContactRequest, by: User) -> str:
        seen = self.cleaned_data["version"]
        if step in STATUSES:
            request.set_status(by, step, self._due(step, request), expected_version=seen)
            return f"Saved. Next by {self._when(request)}."
        if step == "write":
            message = request.write(by, self.cleaned_data["message"], expected_version=seen)
            return SENT if message.for_person else KEPT
        if step == "spam":
            request.close(by, Outcome.SPAM, expected_version=seen)
            return "Closed as spam."
        getattr(request, PLAIN_VERBS[step][0])(by, expected_version=seen)
        return PLAIN_VERBS[step][1]

    def _due(self, step: str, request: ContactRequest) -> datetime | None:
        """None keeps it due when it was."""
        given = self.cleaned_data
        if step in (Status.CONTACTED, Status.TALKING):
            return self._working_days(AFTER_AN_ATTEMPT).promised_at(self.now)
        if step == Status.BOOKED:
            talk = datetime.combine(given["talk_on"], given["talk_at"], tzinfo=self.clock.tz)
            return self._working_days(AFTER_A_CONSULTATION).promised_at(talk)
        if step == Status.WAITING:
            morning = datetime.combine(given["check_in_on"], time.min, tzinfo=self.clock.tz)
            return self._working_days(1).promised_at(morning)
        return None

    def _working_days(self, days: int) -> Clock:
        return replace(self.clock, working_days=days)

    def _when(self, request: ContactRequest) -> str:
        assert request.due_at  # noqa: S101  # an open request always has one
        return moments.day_and_hour(request.due_at, self.now, self.clock.tz)
