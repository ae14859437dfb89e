from django.contrib import admin

from pages.admin.live import LiveAdmin
from pages.models import Term


@admin.register(Term)
class TermAdmin(LiveAdmin):
    list_display = ["word", "meaning"]
    search_fields = ["word", "meaning"]
