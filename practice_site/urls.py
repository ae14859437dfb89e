"""All addresses of the site. Staff have theirs only where this process serves staff."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from practice_site.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("intake.urls")),
    path("", include("pages.urls")),
]
if settings.SURFACE != "public":
    urlpatterns[:0] = [
        # Cookies stay under /staff/, so staff read the details of the health page there.
        path("staff/healthz", healthz, name="staff_healthz"),
        path("staff/", include("practice_site.sign_in.urls")),
        path("staff/", admin.site.urls),
    ]

handler400 = "practice_site.errors.bad_request"
handler403 = "practice_site.errors.permission_denied"
handler404 = "practice_site.errors.not_found"
handler500 = "practice_site.errors.server_error"
