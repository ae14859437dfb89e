from django.contrib import admin

from pages.admin.kept import KeptAdmin
from pages.models import Source


@admin.register(Source)
class SourceAdmin(KeptAdmin):
    list_display = ["key", "authors", "year", "title"]
    search_fields = ["key", "authors", "title", "statement"]
