from copy import deepcopy
from typing import Any

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.forms import ModelForm
from django.http import HttpRequest
from django.template.loader import render_to_string

from pages import portraits
from pages.admin.kept import KeptAdmin
from pages.admin.lines import LinesField
from pages.admin.versioned import VersionedForm
from pages.models import Rendition, Service, Therapist
from pages.models.therapist import Format

CHOOSE_AGAIN = "Choose the picture again: it is not kept while something else here needs a change."


class PictureInput(forms.FileInput):
    def __init__(self) -> None:
        super().__init__({"accept": "image/jpeg,image/png,image/webp,image/avif"})


class PortraitField(forms.FileField):
    """A picture as it is uploaded; the renditions made of it, once it is clean."""

    widget = PictureInput

    def clean(self, data: Any, initial: Any = None) -> list[portraits.Made] | None:
        upload: UploadedFile | None = super().clean(data, initial)
        if not upload:
            return None
        try:
            return portraits.renditions(upload.read(portraits.MOST_BYTES_IN + 1))
        except portraits.RefusedError as refused:
            raise forms.ValidationError(str(refused)) from refused


class TherapistForm(VersionedForm):
    new_portrait = PortraitField(
        required=False,
        label="New portrait",
        help_text=(
            "A JPEG, PNG, WebP or AVIF of 2 MB or less, at least 480 pixels wide and 600 high. "
            "It is cut to 4:5. Where and when it was taken is removed from it."
        ),
    )
    remove_portrait = forms.BooleanField(required=False, label="Remove the portrait")
    works_with = LinesField(required=False, help_text="One a line.")
    ways_of_working = LinesField(required=False, help_text="One a line.")
    languages = LinesField(required=False, help_text="One a line.")
    insurers = LinesField(required=False, help_text="One a line.")
    formats = forms.MultipleChoiceField(
        choices=Format.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    services = forms.ModelMultipleChoiceField(
        Service.objects.all(), widget=forms.CheckboxSelectMultiple, required=False,
        help_text="What they offer here.",
    )  # fmt: skip

    class Meta:
        labels = {"slug": "Address"}
        help_texts = {
            "slug": "The end of their page's address. Links that people kept break if it changes."
        }

    def clean(self) -> dict[str, Any] | None:
        self.refuse_picture_of_another()
        cleaned = super().clean()
        if self.cleaned_data.get("retired_on"):
            self.cleaned_data["accepting"] = False
        if self.errors and self.cleaned_data.get("new_portrait"):
            self.add_error("new_portrait", CHOOSE_AGAIN)
        return cleaned

    def refuse_picture_of_another(self) -> None:
        made = self.cleaned_data.get("new_portrait") or []
        same = Rendition.objects.without_bytes().filter(sha256__in=[each.sha256 for each in made])
        others = same.exclude(therapist=self.instance.pk).select_related("therapist")
        if made and (other := others.first()):
            words = f"This picture is the portrait of {other.therapist} already. Choose another."
            self.add_error("new_portrait", words)


@admin.register(Therapist)
class TherapistAdmin(KeptAdmin):
    form = TherapistForm
    change_form_template = "admin/pages/therapist/change_form.html"
    list_display = ["name", "accepting", "retired_on"]
    list_filter = ["accepting"]
    readonly_fields = ["portrait_now"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "slug", "pronouns", "role", "position"]}),
        ("Portrait", {"fields": ["portrait_now", "new_portrait", "remove_portrait"]}),
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
        (
            "Here now",
            {
                "fields": ["accepting", "retired_on", "user"],
                "description": (
                    "When someone leaves, set the day and save. They take no new people, their "
                    "openings are no longer shown, and their page says kindly that they have left. "
                    "Nothing is deleted, and emptying the day brings them back."
                ),
            },
        ),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Therapist | None = None) -> Any:
        """Whose account it is decides who reads requests, so it is for who keeps accounts."""
        keeps_accounts = request.user.has_perm("auth.change_user")
        return [*self.readonly_fields, *([] if keeps_accounts else ["user"])]

    def get_fieldsets(self, request: HttpRequest, obj: Therapist | None = None) -> Any:
        """Nothing to remove where nothing is."""
        fieldsets: Any = deepcopy(self.fieldsets)
        if obj is None or obj.portrait is None:
            fieldsets[1][1]["fields"].remove("remove_portrait")
        return fieldsets

    @admin.display(description="Portrait now")
    def portrait_now(self, therapist: Therapist) -> str:
        return render_to_string("admin/pages/therapist/portrait.html", {"therapist": therapist})

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool
    ) -> None:
        made, remove = (form.cleaned_data[name] for name in ("new_portrait", "remove_portrait"))
        if made or remove:
            form.instance.show_portrait(made or [])
        super().save_related(request, form, formsets, change)


class ServiceForm(VersionedForm):
    pass


@admin.register(Service)
class ServiceAdmin(KeptAdmin):
    form = ServiceForm
    change_form_template = "admin/pages/versioned_form.html"
    list_display = ["name", "page", "position"]
    list_select_related = ["page"]
    fields = ["name", "slug", "page", "position"]
    prepopulated_fields = {"slug": ["name"]}
