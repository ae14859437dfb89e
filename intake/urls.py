"""Where people contact the practice. What chose a page stands in its address by public name."""

from django.urls import include, path

from intake import request_views, views

app_name = "intake"
contact_urls = [
    path("", views.contact, name="contact"),
    path("with/<slug:slug>/", views.contact, {"kind": "therapist"}, name="contact_with"),
    path("about/<slug:slug>/", views.contact, {"kind": "service"}, name="contact_about"),
    path("sent/<str:address>/", views.sent, name="sent"),
    path("sent/<str:address>/again/", views.sent, {"again": True}, name="sent_again"),
]
urlpatterns = [
    path("contact/", include(contact_urls)),
    path("request/", request_views.RequestView.as_view(), name="request"),
]
