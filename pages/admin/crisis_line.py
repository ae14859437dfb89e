from django.contrib import admin

from pages.admin.live import LiveAdmin
from pages.models import CrisisLine, Region


@admin.register(Region)
class RegionAdmin(LiveAdmin):
    list_display = ["name", "code"]


@admin.register(CrisisLine)
class CrisisLineAdmin(LiveAdmin):
    list_display = ["name", "group", "call_shown", "text_shown", "checked_on"]
    list_filter = ["region", "group"]
    list_select_related = ["region"]
    ordering = ["region", "group", "position"]

    @admin.display(description="call")
    def call_shown(self, line: CrisisLine) -> str:
        return line.call_shown

    @admin.display(description="text")
    def text_shown(self, line: CrisisLine) -> str:
        return " to ".join(part for part in (line.text_word, line.text_shown) if part)
