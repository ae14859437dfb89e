from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from pages.admin.lines import LinesField
from pages.admin.live import LiveAdmin
from pages.admin.versioned import VersionedForm
from pages.models import Holiday, OpeningHours, Practice


class PracticeForm(VersionedForm):
    service_states = LinesField(
        label="States served",
        help_text="One a line. Where your therapists are licensed to see people.",
    )
    channels = forms.MultipleChoiceField(
        choices=Practice.Channel.choices,
        widget=forms.CheckboxSelectMultiple,
        label="Ways to reach people",
        help_text="The ways you can reach people who write.",
    )


class HoursInline(admin.TabularInline):
    model = OpeningHours
    extra = 1


class HolidayInline(admin.TabularInline):
    model = Holiday
    extra = 1


@admin.register(Practice)
class PracticeAdmin(LiveAdmin):
    """One screen for the one row."""

    form = PracticeForm
    inlines = [HoursInline, HolidayInline]
    fieldsets = [
        (None, {"fields": ["is_example", "name", "phone", "text_number", "seen_version"]}),
        (
            "Where you are",
            {
                "fields": [
                    "street", "town", "state", "postal_code", "region", "time_zone",
                    "service_states",
                ]
            },
        ),
        (
            "When people hear from you",
            {
                "fields": [
                    "promise_working_days", "paused_until", "first_reader", "first_reader_role",
                    "first_call_minutes", "channels", "neutral_sender",
                ]
            },
        ),
        ("What it costs", {"fields": ["fee", "insurers"]}),
        ("Safety", {"fields": ["exit_url"]}),
    ]  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # load_starter makes the row

    def has_delete_permission(self, request: HttpRequest, obj: Practice | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:pages_practice_change", args=[1]))

    def response_post_save_change(
        self, request: HttpRequest, obj: Practice
    ) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:pages_practice_change", args=[obj.pk]))
