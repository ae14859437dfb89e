from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from intake import blanks
from intake.admin.lists import ListAdmin
from intake.models import OutcomeText


@admin.register(OutcomeText)
class OutcomeTextAdmin(ListAdmin):
    """One row an ending. None is added and none taken away: nobody is left without words."""

    list_title = "Words at the end"
    why = (
        "Each stands ready when a request is closed that way, and can be changed for that person. "
        "Whoever was left no message reads it at My request."
    )
    change_title = "What people read at this end"
    list_display = ["at_this_end", "text"]
    list_display_links = ["at_this_end"]
    fields = ["text"]
    change_form_template = "admin/intake/outcometext/change_form.html"

    def has_add_permission(self, *_: Any) -> bool:
        return False

    def has_delete_permission(self, *_: Any) -> bool:
        return False

    @admin.display(description="how it ended")
    def at_this_end(self, row: OutcomeText) -> str:
        return str(row)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        known = {"blanks": blanks.KNOWN.items(), **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, known)
