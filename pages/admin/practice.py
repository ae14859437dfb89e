from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst

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


class DeleteRow(forms.CheckboxInput):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"aria-label": "Delete this row", **(attrs or {})})


class RowsFormSet(forms.BaseInlineFormSet):
    deletion_widget = DeleteRow


class RowsInline(admin.TabularInline):
    """Names each control as its column does: a table's headings are no labels."""

    formset = RowsFormSet
    extra = 1

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.attrs["aria-label"] = capfirst(db_field.verbose_name)
        return field


class HoursInline(RowsInline):
    model = OpeningHours


class HolidayInline(RowsInline):
    model = Holiday


@admin.register(Practice)
class PracticeAdmin(LiveAdmin):
    """One screen for the one row."""

    form = PracticeForm
    change_form_template = "admin/pages/versioned_form.html"
    inlines = [HoursInline, HolidayInline]
    fieldsets = [
        (None, {"fields": ["is_example", "name", "phone", "text_number"]}),
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
