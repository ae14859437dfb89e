from django.urls import path, re_path

from pages import views
from pages.sitemaps import SITEMAPS

urlpatterns = [
    path("", views.page, name="home"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path(".well-known/security.txt", views.security, name="security"),
    path("share/<slug:digest>.png", views.share_picture, name="share_image"),
    path("leave/", views.leave, name="leave"),
    path("therapists/", views.page, {"slug": "therapists"}, name="therapists"),
    path("fit/", views.find_a_fit, name="fit"),
    path("therapists/<slug:slug>/", views.therapist, name="therapist"),
    re_path(r"^portraits/([0-9a-f]{64})\.(avif|jpg)$", views.portrait, name="portrait"),
    path("<slug:slug>/", views.page, name="page"),
]
