"""The staff site: Django's admin under /staff/, in the practice's own name."""

from typing import Any

from django.contrib.admin import AdminSite
from django.utils.functional import cached_property


class StaffSite(AdminSite):
    site_title = "Staff"
    index_title = "Today"
    enable_nav_sidebar = False

    @cached_property
    def site_header(self) -> str:  # type: ignore[override]  # a plain string on AdminSite
        return "Secure Base"

    def get_urls(self) -> list[Any]:
        # Their packages register themselves with this site.
        from intake.admin import readings, reports
        from pages.admin import readiness

        return [
            *readiness.urls(self),
            *readings.urls(self),
            *reports.urls(self),
            *super().get_urls(),
        ]
