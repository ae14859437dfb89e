from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from pages.admin.editions import and_taken_back
from pages.admin.editor import EditorAdmin
from pages.admin.live import who
from pages.admin.page_form import MOST_SECTIONS, PageForm, SectionForm, SectionFormSet
from pages.admin.page_list import StateFilter, state_of
from pages.admin.show_at import in_words
from pages.advice import reading_of
from pages.models import Edition, Page, Practice, Section
from pages.models.edition import NotReadyError
from pages.site import Site


class SectionInline(admin.StackedInline):
    model = Section
    form = SectionForm
    formset = SectionFormSet
    extra = 1
    max_num = MOST_SECTIONS
    radio_fields = {"drawing": admin.HORIZONTAL}
    fields = ["position", "heading", "slug", "style", "drawing", "body"]


@admin.register(Page)
class PageAdmin(EditorAdmin):
    """Saving changes the draft. What the public sees changes by its own buttons."""

    form = PageForm
    inlines = [SectionInline]
    radio_fields = {"illustration": admin.HORIZONTAL}
    list_filter = [StateFilter, "group", "kind"]
    search_fields = ["title", "heading", "slug"]
    fieldsets = [
        (None, {"fields": ["title", "slug", "heading", "summary", "illustration"]}),
        ("Found and listed", {"fields": [
            "description", "indexable", "group", "label", "position", "next_page",
        ]}),
        ("Kind, calm line and dates", {"fields": [
            "kind", "calm_line", "connect", "reviewed_on", "effective_on",
        ]}),
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Page]:
        planned = Prefetch("editions", Edition.objects.planned(), to_attr="planned_editions")
        return Page.objects.with_public_edition().prefetch_related(planned)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        site = Site.of(request)

        @admin.display(description="what the public sees")
        def state(page: Page) -> str:
            return state_of(page, site.practice.tz)

        @admin.display(description="reading grade")
        def grade(page: Page) -> float:
            return reading_of(page.draft(), site).grade

        return ["title", "address", "group", state, grade, "reviewed_on"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": "Pages", **(extra_context or {})})

    def get_readonly_fields(self, request: HttpRequest, obj: Page | None = None) -> list[str]:
        """An address that was public stays: links and bookmarks lead to it."""
        return ["slug"] if obj and obj.editions.exists() else []

    def has_delete_permission(self, request: HttpRequest, obj: Page | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.editions.exists())

    @admin.display(description="address")
    def address(self, page: Page) -> str:
        return page.get_absolute_url()

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        """Keeps the moment that was typed until the page is stored."""
        request._show_at = form.cleaned_data["show_at"]  # type: ignore[attr-defined]
        return super().save_form(request, form, change)

    def response_add(
        self, request: HttpRequest, obj: Page, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self.response_change(request, obj)

    def response_change(self, request: HttpRequest, obj: Page) -> HttpResponse:
        at: datetime | None = getattr(request, "_show_at", None)
        if at or "_publish" in request.POST:
            self._publish(request, obj, at)
        else:
            self.message_user(request, "The draft is saved. What the public sees is unchanged.")
        return HttpResponseRedirect(reverse("admin:pages_page_change", args=[obj.pk]))

    def _publish(self, request: HttpRequest, page: Page, at: datetime | None) -> None:
        try:
            edition = page.publish(by=who(request), at=at)
        except NotReadyError as error:
            words = f"The draft is saved, and not shown yet. {error}"
            self.message_user(request, words, messages.ERROR)
            return
        words = f"The public now sees this, as edition {edition.number}."
        if at:
            practice = Practice.of(request)
            moment = f"{in_words(at, practice.tz, timezone.now())} ({practice.time_zone})"
            words = "The draft is saved. "
            words += f"The public sees it from {moment}, as edition {edition.number}."
        self.tell(request, page, words + and_taken_back(edition))
