"""Rows whose earlier versions are kept: who saved them, when, and a way to bring one back.

Of django-reversion's admin this keeps the recording and the list. Its page of an older version
writes that version into the database to draw a form and takes it back, with the signals of the
whole process off meanwhile; what someone else saves in that moment would be kept by nobody. Ours
reads the version and shows what would change.
"""

from collections.abc import Iterable
from typing import Any

import reversion
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from reversion.admin import VersionAdmin
from reversion.errors import RevertError
from reversion.models import Version

from pages.admin.live import LiveAdmin
from pages.admin.then_and_now import PARTS, changes, parts_then
from pages.models import (
    CrisisLine,
    Holiday,
    OpeningHours,
    Practice,
    Region,
    Service,
    SiteRevision,
    Source,
    Therapist,
)

# All that is kept, and nothing of the intake. The bytes of a portrait are not among it.
for kept in (OpeningHours, Holiday, Practice, Region, CrisisLine, Source, Service, Therapist):
    reversion.register(kept, follow=PARTS.get(kept, ()))

FIRST = "As it was before the first change that was kept."
BROUGHT_BACK = "Brought back the version of {at:%B} {at.day}, {at.year}, {at:%H:%M}."
CHANGED = "Someone changed this while you looked. Here is how it stands now: look once more."


class KeptAdmin(VersionAdmin, LiveAdmin):
    history_latest_first = True
    object_history_template = "admin/pages/history.html"
    recover_list_template = "admin/pages/deleted.html"

    # Keeping

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Past reversion's own, which would hold back what a deletion in the list keeps."""
        facts = {"has_change_permission": self.has_change_permission(request)}
        return super(VersionAdmin, self).changelist_view(
            request, {**facts, **(extra_context or {})}
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id) if request.method == "POST" else None
        if row is not None:
            self.keep_first([row])
        return super().change_view(request, object_id, form_url, extra_context)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.keep_first([obj])
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        self.keep_first(queryset)
        super().delete_queryset(request, queryset)

    def keep_first(self, rows: Iterable[Model]) -> None:
        """What stood there before staff ever saved it can be brought back like the rest."""
        for row in rows:
            if not Version.objects.get_for_object(row).exists():
                with reversion.create_revision():
                    reversion.add_to_revision(row)
                    reversion.set_comment(FIRST)

    # Bringing back

    def revision_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """What would change (GET), and the change itself (POST)."""
        version = self.version_of(version_id)
        now = self.get_object(request, object_id)
        if now is None or version.object_id != str(now.pk):
            raise Http404
        if not self.has_view_or_change_permission(request, now):
            raise PermissionDenied
        if request.method == "POST":
            return self.bring_back(request, version, now)
        return self.show_version(request, version, now)

    def recover_view(
        self, request: HttpRequest, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """The same for a row that was deleted."""
        version = self.version_of(version_id)
        if not self.has_add_permission(request):
            raise PermissionDenied
        if self.get_object(request, version.object_id) is not None:
            return HttpResponseRedirect(self.address("revision", version.object_id, version.pk))
        if request.method == "POST":
            return self.bring_back(request, version, None)
        return self.show_version(request, version, None)

    def version_of(self, version_id: str) -> Version:
        versions = Version.objects.get_for_model(self.model).select_related("revision__user")
        return get_object_or_404(versions, pk=version_id)

    def address(self, name: str, *arguments: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=arguments)

    def show_version(
        self, request: HttpRequest, version: Version, now: Model | None
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "version": version,
            "original": now,
            "changes": changes(version, now),
            "seen_version": getattr(now, "version", ""),
            "may_bring_back": self.may_bring_back(request, now),
            "title": f"{version.object_repr}, earlier version",
        }
        return render(request, "admin/pages/version.html", context)

    def may_bring_back(self, request: HttpRequest, now: Model | None) -> bool:
        if now is None:
            return bool(self.has_add_permission(request))
        return bool(self.has_change_permission(request, now))

    def bring_back(self, request: HttpRequest, version: Version, now: Model | None) -> HttpResponse:
        """All of it or nothing, as a save of its own."""
        if not self.may_bring_back(request, now):
            raise PermissionDenied
        try:
            with transaction.atomic():
                row = self.restored(request, version, now)
        except (ValidationError, IntegrityError, RevertError) as error:
            messages.error(request, refusal(error))
            return HttpResponseRedirect(request.path)
        messages.success(request, f"{row} is on the site again as it was.")
        return HttpResponseRedirect(self.address("change", row.pk))

    def restored(self, request: HttpRequest, version: Version, now: Model | None) -> Model:
        stored = self.held(request, now)
        kept_at = version.revision.date_created.astimezone(Practice.of(request).tz)
        with self.create_revision(request):
            for name in PARTS.get(self.model, ()) if now else ():
                getattr(now, name).all().delete()
            version.revert()
            for part in parts_then(version):
                part.save()
            row: Model = self.model._default_manager.get(pk=version.object_id)
            if stored is not None:
                row.version = stored + 1  # type: ignore[attr-defined]
            row.full_clean()
            row.save()
            self.log_change(request, row, BROUGHT_BACK.format(at=kept_at))
        SiteRevision.raise_()
        return row

    def held(self, request: HttpRequest, now: Model | None) -> int | None:
        """Locks the row. Refuses where it is no longer the one that the person saw."""
        if not hasattr(self.model, "version"):
            return None
        rows = self.model._default_manager.select_for_update()
        stored = rows.filter(pk=now.pk).values_list("version", flat=True).first() if now else 0
        if now is not None and request.POST.get("seen_version") != str(stored):
            raise ValidationError(CHANGED)
        return int(stored or 0)


def refusal(error: Exception) -> str:
    if isinstance(error, ValidationError) and error.messages != [CHANGED]:
        return f"This version cannot be brought back as it was: {' '.join(error.messages)}"
    if isinstance(error, ValidationError):
        return CHANGED
    return "This version cannot be brought back: something that it names is no longer there."
