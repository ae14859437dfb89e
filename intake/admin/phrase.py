from django import forms
from django.contrib import admin

from intake.admin.lists import ListAdmin
from intake.models import Phrase

NO_WORD = "Write at least one word"


class PhraseForm(forms.ModelForm):
    class Meta:
        labels = {"text": "Phrase"}
        error_messages = {
            "text": {"required": NO_WORD, "unique": "This phrase is on the list already"}
        }


@admin.register(Phrase)
class PhraseAdmin(ListAdmin):
    """A request with one of these words moves up, and its sender sees the crisis numbers first."""

    form = PhraseForm
    list_title = "Phrases that move a request up"
    why = (
        "Whoever writes one of these sees the crisis numbers first, and their request stands at "
        "the top of the queue. Nothing else comes of it: no request is held back or judged by its "
        "words."
    )
    add_title, change_title = "Add a phrase", "Change a phrase"
    list_display = ["phrase"]

    @admin.display(ordering="text")
    def phrase(self, phrase: Phrase) -> str:
        return phrase.text
