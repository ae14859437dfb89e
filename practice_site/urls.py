"""All addresses of the site. Staff have theirs only where this process serves staff."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("contact/", include("intake.urls")),
    path("", include("pages.urls")),
]
if settings.SURFACE != "public":
    urlpatterns.insert(0, path(settings.STAFF_PATH.lstrip("/"), admin.site.urls))
