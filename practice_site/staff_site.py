"""The staff site: Django's admin under /staff/, in the practice's own name.

Nobody opens it without a second factor. The tables of second factors are never on it: their
secrets lie in clear.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from django_otp.admin import OTPAdminSite

FACTORS = ("otp_totp", "otp_static", "django_otp_webauthn")


class StaffSite(OTPAdminSite):
    site_title = "Staff"
    index_title = "Today"
    enable_nav_sidebar = False

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)

    @cached_property
    def site_header(self) -> str:  # a plain string on AdminSite
        return "Secure Base"

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[ModelAdmin] | None = None,
        **options: Any,
    ) -> None:
        asked = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        shown = [model for model in asked if model._meta.app_label not in FACTORS]
        super().register(shown, admin_class, **options)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        from practice_site.sign_in.entry import PasswordStep  # asks this site who is signed in

        return PasswordStep.as_view()(request)

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """By its plain name: Django adds "administration"."""
        names = {app.label: app.verbose_name for app in apps.get_app_configs()}
        title = {"title": names.get(app_label), **(extra_context or {})}
        page: HttpResponseBase = super().app_index(request, app_label, title)
        return page

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
