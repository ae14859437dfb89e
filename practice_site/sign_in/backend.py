"""Who may do what, in one question to the database where Django asks two."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.db.models import Q


class StaffBackend(ModelBackend):
    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """By the account's own and its groups' permissions, kept on the user for the request."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        if user_obj.is_superuser:
            return super().get_all_permissions(user_obj)
        if not hasattr(user_obj, "_perm_cache"):
            user_obj._perm_cache = permissions_of(user_obj.pk)
        kept: set[str] = user_obj._perm_cache
        return kept


def permissions_of(user: int) -> set[str]:
    granted = Permission.objects.filter(Q(user=user) | Q(group__user=user)).order_by()
    return {
        f"{app}.{name}" for app, name in granted.values_list("content_type__app_label", "codename")
    }
