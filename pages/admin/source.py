from django.contrib import admin

from pages.admin.live import LiveAdmin
from pages.models import Source


@admin.register(Source)
class SourceAdmin(LiveAdmin):
    list_display = ["key", "authors", "year", "title"]
    search_fields = ["key", "authors", "title", "statement"]
