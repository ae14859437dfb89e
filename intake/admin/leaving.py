"""A colleague leaves: one button on their page for owners, or the tick "Active" taken away."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_POST

from intake.admin.people import member
from intake.models import ContactRequest, rights
from intake.models.leaving import leave
from intake.receipts import in_blocks

NOT_YOURSELF = "Another owner closes your account: nobody locks themselves out."

admin.site.unregister(User)


@admin.register(User)
class StaffAdmin(UserAdmin):
    """Accounts are closed, never deleted: the history names them."""

    change_form_template = "admin/intake/user.html"
    list_display = ["username", "whole_name", "email", "is_active"]

    def get_urls(self) -> list[URLPattern]:
        leaves = self.admin_site.admin_view(require_POST(self.leaves))
        return [path("<int:pk>/leave/", leaves, name="auth_user_leave"), *super().get_urls()]

    @admin.display(description="name", ordering="first_name")
    def whole_name(self, user: User) -> str:
        return user.get_full_name()

    def has_delete_permission(self, *_: Any) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Nobody gives more than they have: only a superuser makes another."""
        fields = super().get_readonly_fields(request, obj)
        return fields if member(request).is_superuser else (*fields, "is_superuser")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data and not obj.is_active:
            self.tell(request, obj, leave(obj, member(request)))

    def leaves(self, request: HttpRequest, pk: int) -> HttpResponse:
        by, user = member(request), get_object_or_404(User, pk=pk)
        if not (rights.oversees(by) and self.has_change_permission(request, user)):
            raise PermissionDenied
        if user.is_superuser and not by.is_superuser:
            raise PermissionDenied
        if user == by:
            messages.warning(request, NOT_YOURSELF)
        elif user.is_active:
            self.log_change(request, user, "Closed: they have left.")
            self.tell(request, user, leave(user, by))
        return HttpResponseRedirect(reverse("admin:auth_user_change", args=[pk]))

    def tell(self, request: HttpRequest, user: User, returned: list[ContactRequest]) -> None:
        """Which requests have nobody now."""
        links = format_html_join(
            ", ",
            '<a href="{}">{}</a>',
            (
                (
                    reverse("admin:intake_contactrequest_change", args=[each.pk]),
                    in_blocks(each.reference, "-"),
                )
                for each in returned
            ),
        )
        had = format_html("Back at the desk: {}.", links) if returned else "They had no request."
        messages.success(request, format_html("{} can sign in no more. {}", user, had))
