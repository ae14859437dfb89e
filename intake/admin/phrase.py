from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from intake.models import Phrase

NO_WORD = "Write at least one word"


class PhraseForm(forms.ModelForm):
    class Meta:
        labels = {"text": "Phrase"}
        error_messages = {
            "text": {"required": NO_WORD, "unique": "This phrase is on the list already"}
        }


@admin.register(Phrase)
class PhraseAdmin(admin.ModelAdmin):
    """A request with one of these words moves up, and its sender sees the crisis numbers first."""

    form = PhraseForm
    list_display = ["phrase"]
    actions = None
    change_list_template = "admin/intake/phrase/change_list.html"

    @admin.display(ordering="text")
    def phrase(self, phrase: Phrase) -> str:
        return phrase.text

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = {"title": "Phrases that move a request up"}
        return super().changelist_view(request, title | (extra_context or {}))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        context = {
            "title": "Change a phrase" if object_id else "Add a phrase",
            "show_save_and_continue": False,
        }
        extra_context = context | (extra_context or {})
        return super().changeform_view(request, object_id, form_url, extra_context)
