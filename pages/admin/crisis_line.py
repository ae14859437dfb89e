from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from pages.admin.kept import KeptAdmin
from pages.models import CrisisLine, Practice, Region, SiteRevision
from pages.sentences import full_date

NAMED = (CrisisLine.Group.DANGER, CrisisLine.Group.TALK)
LAST_ONE = (
    "Every page names this number, and there is no other to call in its place. Add another line "
    "of the same kind first."
)
EVERYWHERE = "all"


@admin.register(Region)
class RegionAdmin(KeptAdmin):
    list_display = ["name", "code"]


def is_the_last(line: CrisisLine) -> bool:
    """Whether short sentences on the practice's site would have no number without it."""
    if line.group not in NAMED or not line.call:
        return False
    rivals = CrisisLine.objects.filter(region=line.region_id, group=line.group).exclude(call="")
    used = Practice.objects.filter(region=line.region_id).exists()
    return used and not rivals.exclude(pk=line.pk).exists()


class CrisisLineForm(forms.ModelForm):
    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        given = self.cleaned_data
        if not given.get("call", "-") and not given.get("text_number", "-"):
            self.add_error("call", "Enter a number to call, or one to text below.")
        if given.get("text_word") and not given.get("text_number", "-"):
            self.add_error("text_number", "Enter the number to which the word is sent.")
        self._keep_the_last()
        return cleaned

    def _keep_the_last(self) -> None:
        stored = CrisisLine.objects.filter(pk=self.instance.pk).first()
        given = self.cleaned_data
        place = ("region", "group")
        moved = stored and any(given.get(name) != getattr(stored, name) for name in place)
        if stored and is_the_last(stored) and (moved or not given.get("call", "-")):
            self.add_error(None, LAST_ONE)


class RegionFilter(admin.SimpleListFilter):
    """The practice's own region unless another is chosen."""

    title = "region"
    parameter_name = "region"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        regions = Region.objects.values_list("code", "name")
        return [*regions, (EVERYWHERE, "All regions")]

    def value(self) -> str | None:
        return super().value() or self.own

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        practice = Practice.objects.select_related("region").first()
        self.own = practice.region.code if practice else EVERYWHERE
        super().__init__(request, *args)

    def choices(self, changelist: Any) -> Iterator[Any]:
        for code, name in self.lookup_choices:
            yield {
                "selected": self.value() == code,
                "query_string": changelist.get_query_string({self.parameter_name: code}),
                "display": f"{name} (yours)" if code == self.own else name,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = self.value()
        return queryset if chosen == EVERYWHERE else queryset.filter(region__code=chosen)


@admin.register(CrisisLine)
class CrisisLineAdmin(KeptAdmin):
    form = CrisisLineForm
    change_list_template = "admin/pages/crisisline/change_list.html"
    list_display = ["name", "group", "call_shown", "text_shown", "looked_at"]
    list_filter = [RegionFilter, "group"]
    list_select_related = ["region"]
    ordering = ["region", *CrisisLine.AS_SHOWN]
    actions = ["looked_today"]
    fieldsets = [
        (None, {"fields": ["region", "group", "position", "name"]}),
        ("What people read", {"fields": ["what", "how"]}),
        ("Numbers", {"fields": ["call", "text_number", "text_word"]}),
        (
            "Are they right?",
            {
                "description": "Numbers and hours change. Look at the line’s own site before you "
                "go live, and again when this screen asks you to.",
                "fields": ["source_url", "checked_on"],
            },
        ),
    ]

    def get_urls(self) -> list[URLPattern]:
        looked = self.admin_site.admin_view(require_POST(self.looked_view))
        return [path("looked/", looked, name="pages_crisisline_looked"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CrisisLine]:
        return CrisisLine.objects.with_late(Practice.of(request).today())

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        practice = Practice.of(request)
        lines = CrisisLine.objects.filter(region=practice.region_id)
        to_look_at = lines.select_related("region").to_look_at(practice.today())
        context = {"to_look_at": to_look_at, **(extra_context or {})}
        return super().changelist_view(request, context)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Here Django asks what stands in the way, for one row and for several."""
        names, counts, lacking, protected = super().get_deleted_objects(objs, request)
        last = [f"{line}: {LAST_ONE}" for line in objs if is_the_last(line)]
        return names, counts, lacking, [*protected, *last]

    # Looking

    @admin.action(description="I looked at these today", permissions=["change"])
    def looked_today(self, request: HttpRequest, lines: QuerySet[CrisisLine]) -> None:
        today = Practice.of(request).today()
        with self.create_revision(request):
            for line in lines:
                line.checked_on = today
                line.save()
                self.log_change(request, line, "Looked at the line's own site.")
        SiteRevision.raise_()
        messages.success(request, f"Looked at today: {', '.join(line.name for line in lines)}.")

    def looked_view(self, request: HttpRequest) -> HttpResponse:
        """The button beside the list of late lines, there and on the practice's screen."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        chosen = [key for key in request.POST.getlist("line") if key.isdecimal()]
        if chosen:
            self.looked_today(request, CrisisLine.objects.filter(pk__in=chosen))
        else:
            messages.error(request, "Tick the lines whose sites you looked at.")
        came_from = "crisisline" if request.POST.get("from") == "list" else "practice"
        return HttpResponseRedirect(reverse(f"admin:pages_{came_from}_changelist"))

    # The list

    @admin.display(description="call")
    def call_shown(self, line: CrisisLine) -> str:
        return line.call_shown

    @admin.display(description="text")
    def text_shown(self, line: CrisisLine) -> str:
        return " to ".join(part for part in (line.text_word, line.text_shown) if part)

    @admin.display(description="looked at", ordering="checked_on")
    def looked_at(self, line: CrisisLine) -> str:
        if line.checked_on is None:
            return "Never: look at their site"
        day = full_date(line.checked_on)
        return f"{day}: look again" if line.late else day  # type: ignore[attr-defined]  # see above
