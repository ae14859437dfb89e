"""/healthz: whether this process can serve, for monitors and for `manage.py serve`."""

import pkgutil
from datetime import datetime
from functools import cache
from ipaddress import ip_address
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from intake.models import Notice


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when all is well, 503 when not. Details for this machine and for staff only."""
    found = facts()
    healthy = found["database"] == "ok" and found["pending_migrations"] == 0
    told = {"ok": healthy, **(found if _may_see_details(request, found) else {})}
    return JsonResponse(told, status=200 if healthy else 503)


def facts() -> dict[str, Any]:
    try:
        pending = pending_migrations()
        oldest = Notice.objects.unsent().aggregate(at=Min("made_at"))["at"]
    except (DatabaseError, InterfaceError) as error:
        return {"database": type(error).__name__, "pending_migrations": None}
    return {
        "database": "ok",
        "pending_migrations": pending,
        "oldest_unsent_notice_seconds": _age(oldest),
    }


def pending_migrations() -> int:
    """Loads them, which takes time and memory, only where one on the disk is not recorded."""
    if migrations_on_disk() <= MigrationRecorder(connection).applied_migrations().keys():
        return 0
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@cache
def migrations_on_disk() -> set[tuple[str, str]]:
    """App and name of each."""
    return {
        (app.label, module.name)
        for app in apps.get_app_configs()
        for module in pkgutil.iter_modules([f"{app.path}/migrations"])
        if not module.name.startswith("_")
    }


def _age(moment: datetime | None) -> int | None:
    return int((timezone.now() - moment).total_seconds()) if moment else None


def _may_see_details(request: HttpRequest, found: dict[str, Any]) -> bool:
    if client_is_this_machine(request):
        return True
    return found["database"] == "ok" and admin.site.has_permission(request)


def client_is_this_machine(request: HttpRequest) -> bool:
    """True for a loopback address that reached us directly, or as far as trusted proxies say."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    if settings.TRUSTED_PROXIES and len(hops) >= settings.TRUSTED_PROXIES:
        address = hops[-settings.TRUSTED_PROXIES]
    else:
        address = "" if forwarded else request.META.get("REMOTE_ADDR", "")
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
