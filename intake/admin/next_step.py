"""The next step and its date: one thing, with a reason only where it moves past the promise."""

from datetime import date, datetime
from functools import cached_property
from typing import Any

from django import forms
from django.contrib.auth.models import User

from intake import day_parts
from intake.clock import clock_of
from intake.models import ContactRequest
from intake.models.choices import DayPart, DueKind, Moved
from intake.promise import Clock
from pages.models import Practice

KINDS = [(k.value, k.label) for k in DueKind if k != DueKind.PROMISE]
PAST_PROMISE = "Choose why: this is later than they were told"
NOT_PAST = "Enter a day that is not over"
NO_DAY = "Enter the day of the next step"


class NextStepFields(forms.Form):
    next_kind = forms.ChoiceField(label="Next step", required=False, choices=KINDS)
    next_on = forms.DateField(
        label="On",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": NO_DAY},
    )
    next_part = forms.ChoiceField(
        label="In the", required=False, choices=[("", "Any time"), *DayPart.choices]
    )
    next_reason = forms.ChoiceField(
        label="Why later than they were told?",
        required=False,
        choices=[("", "Not later"), *Moved.choices],
    )

    practice: Practice
    now: datetime

    @cached_property
    def clock(self) -> Clock:
        """Read anew, and for a step only: what is planned is kept to."""
        return clock_of(self.practice)

    def next_of(self, request: ContactRequest) -> dict[str, Any]:
        """As it stands. A promise is kept by a first try."""
        kind = request.due_kind if request.due_kind in dict(KINDS) else DueKind.ATTEMPT
        day = request.due_at.astimezone(self.practice.tz).date() if request.due_at else None
        return {"next_kind": kind, "next_on": day, "next_part": request.due_part or ""}

    def check_next(self, given: dict[str, Any]) -> None:
        day: date | None = given.get("next_on")
        if day and day < self.now.astimezone(self.clock.tz).date():
            self.add_error("next_on", NOT_PAST)

    def planned_at(self) -> datetime:
        given = self.cleaned_data
        return day_parts.due_on(self.clock, given["next_on"], given["next_part"])

    def plan(self, request: ContactRequest, by: User, expected_version: int) -> None:
        given = self.cleaned_data
        request.plan_next(
            by,
            given["next_kind"] or DueKind.ATTEMPT,
            self.planned_at(),
            given["next_part"],
            given["next_reason"],
            expected_version,
        )
