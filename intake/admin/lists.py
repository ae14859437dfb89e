from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse


class ListAdmin(admin.ModelAdmin):
    """A list that the desk keeps: its titles, and a sentence that says what it is for."""

    list_title = why = add_title = change_title = ""
    actions = None
    change_list_template = "admin/intake/list.html"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        words = {"title": self.list_title, "why": self.why, "add_title": self.add_title}
        return super().changelist_view(request, words | (extra_context or {}))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        words = {
            "title": self.change_title if object_id else self.add_title,
            "show_save_and_continue": False,
        }
        return super().changeform_view(request, object_id, form_url, words | (extra_context or {}))
