"""Rows that the public sees as soon as they are saved."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet, URLField
from django.forms import ModelForm
from django.http import HttpRequest

from pages.models import SiteRevision


def who(request: HttpRequest) -> User:
    """The member of staff who asks; the staff site lets no one else come here."""
    return cast("User", request.user)


class LiveAdmin(admin.ModelAdmin):
    """Raises the site's revision with every save and every deletion."""

    formfield_overrides = {URLField: {"assume_scheme": "https"}}

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        SiteRevision.raise_()

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        super().delete_model(request, obj)
        SiteRevision.raise_()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        super().delete_queryset(request, queryset)
        SiteRevision.raise_()
