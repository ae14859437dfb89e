import sys

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PracticeSiteConfig(AppConfig):
    name = "practice_site"
    verbose_name = "Practice site"

    def ready(self) -> None:
        from practice_site import checks, readiness, slow_queries  # noqa: F401  # register theirs

        slow_queries.watch(sys.argv)


class StaffAdminConfig(AdminConfig):
    """Django's admin, served by our own staff site."""

    default_site = "practice_site.staff_site.StaffSite"
