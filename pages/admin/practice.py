from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst

from pages.admin.kept import KeptAdmin
from pages.admin.lines import LinesField
from pages.admin.versioned import VersionedForm
from pages.models import CrisisLine, Holiday, OpeningHours, Practice, Region
from pages.models.hours import clock
from pages.sentences import weekday_and_date

LONGEST_PAUSE = timedelta(days=366)
FEWEST_DIGITS = 7
ERRORS = {
    "promise_working_days": {
        "min_value": "Choose 1 to 10 working days.",
        "max_value": "Choose 1 to 10 working days.",
        "invalid": "Enter a whole number of working days.",
    },
    "openings_fresh_days": {
        "min_value": "Choose 1 to 365 days.",
        "max_value": "Choose 1 to 365 days.",
        "invalid": "Enter a whole number of days.",
    },
    "waiting_list_weeks": {
        "min_value": "Choose 1 to 26 weeks.",
        "max_value": "Choose 1 to 26 weeks.",
        "invalid": "Enter a whole number of weeks.",
    },
    "words_kept_days": {
        "min_value": "Choose 1 to 365 days.",
        "max_value": "Choose 1 to 365 days.",
        "invalid": "Enter a whole number of days.",
    },
    "identity_kept_days": {
        "min_value": "Choose 1 to 730 days.",
        "max_value": "Choose 1 to 730 days.",
        "invalid": "Enter a whole number of days.",
    },
    "backups_kept_days": {
        "min_value": "Choose 7 to 90 days.",
        "max_value": "Choose 7 to 90 days.",
        "invalid": "Enter a whole number of days.",
    },
    "paused_until": {"invalid": "Enter a date such as 2026-12-07, or leave it empty."},
    "exit_url": {"invalid": "Enter an address that begins with https://, such as a weather page."},
}


class PracticeForm(VersionedForm):
    service_states = LinesField(
        label="Where you are licensed",
        help_text="The states, provinces or countries where your therapists may see people, one a "
        "line. The form asks people whether they will be there, and says so to those who will not.",
    )
    channels = forms.MultipleChoiceField(
        choices=Practice.Channel.choices,
        widget=forms.CheckboxSelectMultiple,
        label="Ways to reach people",
        help_text="Tick only what you really do. The form offers these and no others.",
        error_messages={"required": "Choose at least one way in which you reach people."},
    )

    class Meta:
        error_messages = ERRORS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.away_until:
            self.initial["paused_until"] = None  # a pause that is over is no longer shown

    def clean_phone(self) -> str:
        number: str = self.cleaned_data["phone"]
        if sum(mark.isdecimal() for mark in number) < FEWEST_DIGITS:
            raise forms.ValidationError("Enter the whole number, as you would print it on a card.")
        return number

    def clean_region(self) -> Region:
        region: Region = self.cleaned_data["region"]
        if not {"danger", "talk"} <= set(Practice(region=region).crisis):
            raise forms.ValidationError(
                f"Every page names a number to call in danger and one to talk to someone. {region} "
                "has none yet: add them under Crisis lines first."
            )
        return region

    def clean_paused_until(self) -> date | None:
        back: date | None = self.cleaned_data["paused_until"]
        today = self.instance.today()
        if back and back <= today:
            raise forms.ValidationError(
                f"Today is {weekday_and_date(today)}. Enter a later day, or leave it empty "
                "if you are here."
            )
        if back and back > today + LONGEST_PAUSE:
            raise forms.ValidationError(
                "That is more than a year away. Enter a nearer day; you can move it later."
            )
        return back

    def clean_pause_sentence(self) -> str:
        sentence: str = self.cleaned_data["pause_sentence"]
        return f"{sentence}." if sentence and sentence[-1].isalnum() else sentence

    def clean_exit_url(self) -> str:
        address: str = self.cleaned_data["exit_url"]
        if urlsplit(address).hostname == urlsplit(settings.SITE_URL).hostname:
            raise forms.ValidationError("This is your own site. Choose one that has no tie to you.")
        return address

    def clean_security_contact(self) -> str:
        typed: str = self.cleaned_data["security_contact"]
        return f"mailto:{typed}" if "@" in typed and ":" not in typed else typed

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        given = self.cleaned_data
        if "text" in given.get("channels", []) and not given.get("text_number", "-"):
            self.add_error(
                "text_number",
                "Enter the number that your texts come from, or untick “Text message”.",
            )
        if given.get("name", "-").lower() in given.get("neutral_sender", "").lower():
            self.add_error(
                "neutral_sender",
                "This names the practice, and someone else may see the inbox. Enter a first name.",
            )
        if given.get("identity_kept_days", 730) < given.get("words_kept_days", 0):
            self.add_error(
                "identity_kept_days",
                "Words are erased first, name and number later or on the same day. Enter as many "
                "days as for the words, or more.",
            )
        return cleaned


class DeleteRow(forms.CheckboxInput):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"aria-label": "Delete this row", **(attrs or {})})


class RowsFormSet(forms.BaseInlineFormSet):
    deletion_widget = DeleteRow

    def get_unique_error_message(self, unique_check: Any) -> str:
        return "The same day stands here twice. Keep one row of it."


class HoursFormSet(RowsFormSet):
    def clean(self) -> None:
        super().clean()
        for earlier, later in pairwise(self.stretches()):
            if earlier.weekday == later.weekday and later.opens < earlier.closes:
                raise forms.ValidationError(
                    f"{earlier.get_weekday_display()}: {said(earlier)} and {said(later)} overlap. "
                    "Make them one row, or change one of them."
                )

    def stretches(self) -> list[OpeningHours]:
        return sorted(self._whole(), key=lambda hours: (hours.weekday, hours.opens))

    def _whole(self) -> Iterator[OpeningHours]:
        for form in self.forms:
            if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE"):
                yield form.instance


def said(hours: OpeningHours) -> str:
    return f"{clock(hours.opens)} to {clock(hours.closes)}"


class HoursForm(forms.ModelForm):
    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        opens, closes = self.cleaned_data.get("opens"), self.cleaned_data.get("closes")
        if opens and closes and closes <= opens:
            self.add_error("closes", "Enter a time after the one at which you open.")
        return cleaned


class HolidayForm(forms.ModelForm):
    class Meta:
        error_messages = {"date": {"unique": "This day is on the list already."}}


class RowsInline(admin.TabularInline):
    """Names each control as its column does: a table's headings are no labels."""

    formset: type[RowsFormSet] = RowsFormSet
    extra = 1

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.attrs["aria-label"] = capfirst(db_field.verbose_name)
        if isinstance(field, forms.TimeField):
            field.widget.format = "%H:%M"  # nobody opens at a second
        return field


class HoursInline(RowsInline):
    model = OpeningHours
    form = HoursForm
    formset = HoursFormSet


class HolidayInline(RowsInline):
    model = Holiday
    form = HolidayForm


@admin.register(Practice)
class PracticeAdmin(KeptAdmin):
    """One screen for the one row."""

    form = PracticeForm
    change_form_template = "admin/pages/practice/change_form.html"
    inlines = [HoursInline, HolidayInline]
    fieldsets = [
        ("Who you are", {"fields": ["is_example", "name", "phone", "text_number"]}),
        ("Where you are", {"fields": ["street", "town", "state", "postal_code", "time_zone"]}),
        ("Whose crisis lines are shown", {"fields": ["region"]}),
        (
            "Whom you see, and how you reach them",
            {
                "fields": [
                    "service_states", "channels", "neutral_sender", "first_reader",
                    "first_reader_role", "first_call_minutes",
                ]
            },
        ),
        ("When people hear from you", {"fields": ["promise_working_days"]}),
        ("Pause", {"fields": ["paused_until", "pause_sentence"]}),
        (
            "Openings, and when there are none",
            {"fields": ["openings_fresh_days", "waiting_list_weeks", "others"]},
        ),
        (
            "How long requests are kept",
            {"fields": ["words_kept_days", "identity_kept_days", "backups_kept_days"]},
        ),
        ("What it costs", {"fields": ["fee", "insurers"]}),
        ("Safety", {"fields": ["exit_url", "security_contact"]}),
    ]  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # load_starter makes the row

    def has_delete_permission(self, request: HttpRequest, obj: Practice | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:pages_practice_change", args=[1]))

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Plain controls: a region is chosen here, and made under Regions."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.ModelChoiceField):
            field.widget = field.widget.widget  # without the wrapper that adds and deletes
        if isinstance(field, forms.URLField):
            field.widget = forms.URLInput(attrs={"class": "vTextField"})
        return field

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        practice = Practice.of(request)
        lines = CrisisLine.objects.filter(region=practice.region_id).select_related("region")
        context |= {
            "to_look_at": lines.to_look_at(practice.today()),
            "now": practice,
            "show_save_and_continue": False,  # saving stays on this one screen anyway
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def response_post_save_change(
        self, request: HttpRequest, obj: Practice
    ) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:pages_practice_change", args=[obj.pk]))
