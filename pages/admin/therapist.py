from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from pages.admin.kept import KeptAdmin
from pages.admin.lines import LinesField
from pages.admin.live import LiveAdmin, who
from pages.models import Opening, Practice, Service, SiteRevision, Therapist
from pages.models.therapist import Format


class TherapistForm(forms.ModelForm):
    works_with = LinesField(required=False, help_text="One a line.")
    ways_of_working = LinesField(required=False, help_text="One a line.")
    languages = LinesField(required=False, help_text="One a line.")
    insurers = LinesField(required=False, help_text="One a line.")
    formats = forms.MultipleChoiceField(
        choices=Format.choices, widget=forms.CheckboxSelectMultiple, required=False
    )


@admin.register(Therapist)
class TherapistAdmin(KeptAdmin):
    form = TherapistForm
    list_display = ["name", "role", "accepting", "retired_on"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "pronouns", "role", "position"]}),
        (
            "License",
            {"fields": ["credentials", "licence", "licence_state", "licence_number", "supervisor"]},
        ),
        (
            "Work",
            {"fields": ["services", "works_with", "ways_of_working", "formats", "languages"]},
        ),
        ("Cost", {"fields": ["fees", "insurers"]}),
        (
            "In their own words",
            {"fields": ["one_sentence", "own_words", "experience", "better_elsewhere"]},
        ),
        ("Here now", {"fields": ["accepting", "retired_on"]}),
    ]


@admin.register(Service)
class ServiceAdmin(KeptAdmin):
    list_display = ["name", "slug", "page"]
    list_select_related = ["page"]


@admin.register(Opening)
class OpeningAdmin(LiveAdmin):
    list_display = ["therapist", "format", "day_part", "confirmed_on"]
    list_filter = ["therapist"]
    list_select_related = ["therapist"]
    actions = ["confirm"]

    def save_model(self, request: HttpRequest, obj: Opening, form: Any, change: bool) -> None:
        obj.confirmed_by = who(request)
        super().save_model(request, obj, form, change)

    @admin.action(description="Confirm that these are free today", permissions=["change"])
    def confirm(self, request: HttpRequest, openings: QuerySet[Opening]) -> None:
        count = Opening.objects.filter(pk__in=openings).confirm(
            by=who(request), practice=Practice.of(request)
        )
        SiteRevision.raise_()
        self.message_user(request, f"Confirmed today: {count}.")
