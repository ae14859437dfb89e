from django.contrib import admin

from intake.models import Phrase


@admin.register(Phrase)
class PhraseAdmin(admin.ModelAdmin):
    """A request with one of these words moves up, and its sender sees the crisis numbers first."""

    list_display = ["text"]
    search_fields = ["text"]
