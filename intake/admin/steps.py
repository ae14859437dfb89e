"""What staff can do with a request: one form, one step a POST, a note with it where wanted."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from intake import moments
from intake.admin import wishes_broken
from intake.admin.first_talk import FirstTalkFields
from intake.admin.next_step import NO_DAY, PAST_PROMISE, NextStepFields
from intake.clock import working_days
from intake.models import Attempt, CheckIn, ContactRequest, NotAllowed
from pages.models import Practice

Status = ContactRequest.Status
Outcome = ContactRequest.Outcome
# By when to act next, in the practice's working days.
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
    "plan": {"next_on": NO_DAY},
}
PLAIN_VERBS = {
    "take": ("take", "It is yours."),
    "release": ("release", "Released from review."),
    "reopen": ("reopen", "Reopened."),
    "undo": ("undo_try", "Taken back."),
}
RESULTS = tuple(Attempt.Result.values)
ANSWERS = {f"still_{answer}": answer for answer in CheckIn.Answer.values}
SAID = {
    "still_keep": "Their place is kept.",
    "still_found": "Closed: they found help.",
    "still_harder": "It stands first now, with a new promise.",
}
AGREED = (Status.BOOKED, Status.WAITING)
STEPS = (
    "nothing", "note", "ticks", "write", "plan", "spam", *PLAIN_VERBS, *AGREED, *RESULTS, *ANSWERS,
    *(f"{r}.{how}" for r in RESULTS for how in (wishes_broken.SURE, wishes_broken.EARLIER)),
)  # fmt: skip
SENT = "Written. They can read it at My request, with their code."
KEPT = "Kept for staff only: their code is gone."


class StepForm(NextStepFields, FirstTalkFields):
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
        form = cls(practice=practice)
        check_in_on = practice.today() + timedelta(weeks=practice.waiting_list_weeks)
        shown = {"version": request.version, "seen": request.activity_seq}
        form.initial = {**shown, "check_in_on": check_in_on, **form.ticks_of(request)}
        form.initial |= form.next_of(request)
        return form

    def again(self, request: ContactRequest) -> "StepForm":
        """What was typed, over the request as it stands now."""
        shown = {"version": request.version, "seen": request.activity_seq}
        return StepForm(initial={**self.cleaned_data, **shown}, practice=self.practice)

    def add_error(self, field: str | None, error: Any) -> None:
        """Tied to its control, after the hint."""
        super().add_error(field, error)
        if field in HINTS:
            described_by = f"{HINTS[field]} id_{field}_error"
            self.fields[field].widget.attrs["aria-describedby"] = described_by

    @property
    def what(self) -> str:
        """Without what was said about a broken wish."""
        return str(self.cleaned_data["step"]).partition(".")[0]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        step = given.get("step", "")
        for name, error in NEEDED.get(step, {}).items():
            if not given.get(name) and name not in self.errors:
                self.add_error(name, error)
        if step == "plan":
            self.check_next(given)
        if step not in ("write", "nothing") and given.get("message"):
            self.add_error("message", UNSENT)
        return given

    def question(self, request: ContactRequest) -> wishes_broken.Question | None:
        """Asked before a try that broke their wishes is recorded."""
        result, _, how = self.cleaned_data["step"].partition(".")
        against = self._against(request)
        if result not in RESULTS or not against or how == wishes_broken.SURE:
            return None
        return wishes_broken.question(request, result, against)

    def needs_reason(self, request: ContactRequest) -> bool:
        """Past what they were told, and no reason chosen: then the form says so."""
        if self.what != "plan" or self.cleaned_data["next_reason"]:
            return False
        late = request.is_past_promise(self.planned_at())
        if late:
            self.add_error("next_reason", PAST_PROMISE)
        return late

    def carry_out(self, request: ContactRequest, by: User) -> str:
        """Step, note and ticks: all or none. What to say back, '' where the page itself does.

        Raises Conflict, NotAllowed.
        """
        with transaction.atomic():
            said = self._do(self.what, request, by)
            note = self.cleaned_data["note"].strip()
            if note:
                request.add_note(by, note)
            self.keep_ticks(request, by)
        return said

    def _do(self, step: str, request: ContactRequest, by: User) -> str:
        seen = self.cleaned_data["version"]
        if step in RESULTS:
            request.tried(by, step, self._against(request), expected_version=seen)
            return ""
        if step in AGREED:
            request.set_status(by, step, self._due(step), expected_version=seen)
            return f"Saved. Next by {self._when(request)}."
        if step == "plan":
            self.plan(request, by, seen)
            return f"Saved. Next by {self._when(request)}."
        if step in ANSWERS:
            if not request.answer_check_in(ANSWERS[step], by, expected_version=seen):
                raise NotAllowed("No question waits for an answer.")
            return SAID[step]
        return self._plainly(step, request, by, seen)

    def _plainly(self, step: str, request: ContactRequest, by: User, seen: int) -> str:
        if step == "write":
            message = request.write(by, self.cleaned_data["message"], expected_version=seen)
            return SENT if message.for_person else KEPT
        if step == "spam":
            request.close(by, Outcome.SPAM, expected_version=seen)
            return "Closed as spam."
        if step in PLAIN_VERBS:
            getattr(request, PLAIN_VERBS[step][0])(by, expected_version=seen)
            return PLAIN_VERBS[step][1]
        return {"note": "Note added.", "ticks": "Saved."}[step]

    def _against(self, request: ContactRequest) -> str:
        """The wish that the try breaks. Times are kept where it was earlier."""
        result, _, how = self.cleaned_data["step"].partition(".")
        against = wishes_broken.broken(request, result, self.clock, self.now)
        earlier = how == wishes_broken.EARLIER and against == Attempt.Against.TIMES
        return "" if earlier else against

    def _due(self, step: str) -> datetime:
        given, days = self.cleaned_data, AFTER_A_CONSULTATION
        if step == Status.BOOKED:
            begins = datetime.combine(given["talk_on"], given["talk_at"], tzinfo=self.clock.tz)
        else:
            begins = datetime.combine(given["check_in_on"], time.min, tzinfo=self.clock.tz)
        return working_days(self.clock, days).promised_at(begins)

    def _when(self, request: ContactRequest) -> str:
        assert request.due_at  # noqa: S101  # an open request always has one
        return moments.due(request.due_at, self.now, self.clock.tz, request.due_part or "")
