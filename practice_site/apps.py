import sys

from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig


class PracticeSiteConfig(AppConfig):
    name = "practice_site"
    verbose_name = "Practice site"

    def ready(self) -> None:
        from practice_site import checks, readiness, slow_queries  # noqa: F401  # register theirs

        slow_queries.watch(sys.argv)

        # Django's name for its accounts, on Today and above their pages, tells staff nothing.
        apps.get_app_config("auth").verbose_name = "People who sign in"


class StaffAdminConfig(AdminConfig):
    """Django's admin, served by our own staff site."""

    default_site = "practice_site.staff_site.StaffSite"
