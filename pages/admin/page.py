from typing import Any

from csp.decorators import csp
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, resolve, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from pages.admin.live import who
from pages.admin.versioned import VersionedForm
from pages.models import Edition, Page, Practice, Section
from pages.models.edition import UnknownSourceError
from pages.showing import context_of, problems_in, template_of
from pages.site import Site


class PageForm(VersionedForm):
    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug and resolve(f"/{slug}/").url_name not in {"page", "therapists"}:
            raise forms.ValidationError("Another part of the site has this address.")
        return slug


class SectionInline(admin.StackedInline):
    model = Section
    extra = 1
    fields = [("position", "heading", "slug"), ("style", "drawing"), "body"]


@admin.register(Page)
class PageAdmin(admin.ModelAdmin):
    """Saving changes the draft. What the public sees changes by its own buttons."""

    form = PageForm
    inlines = [SectionInline]
    list_display = ["title", "address", "group", "what_the_public_sees", "reviewed_on"]
    list_filter = ["group", "kind"]
    search_fields = ["title", "heading", "slug"]
    fieldsets = [
        (None, {"fields": ["what_the_public_sees", "title", "slug", "heading"]}),
        ("First lines", {"fields": ["summary", "calm_line", "description", "illustration"]}),
        ("Place on the site", {"fields": ["kind", "group", "label", "position", "next_page"]}),
        ("Behavior", {"fields": ["connect", "indexable", "reviewed_on"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Page]:
        return Page.objects.with_public_edition()

    def get_readonly_fields(self, request: HttpRequest, obj: Page | None = None) -> list[str]:
        """An address that was public stays: links and bookmarks lead to it."""
        fixed = ["slug"] if obj and obj.editions.exists() else []
        return ["what_the_public_sees", *fixed]

    def has_delete_permission(self, request: HttpRequest, obj: Page | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.editions.exists())

    @admin.display(description="address")
    def address(self, page: Page) -> str:
        return page.get_absolute_url()

    @admin.display(description="what the public sees")
    def what_the_public_sees(self, page: Page) -> str:
        edition = page.public_edition if page.pk else None
        if edition is None:
            return "Nothing: the page is not public."
        later = " The draft has changed since." if page.changed_since_published else ""
        return f"Edition {edition.number}.{later}"

    def response_add(
        self, request: HttpRequest, obj: Page, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self.response_change(request, obj)

    def response_change(self, request: HttpRequest, obj: Page) -> HttpResponse:
        if "_publish" in request.POST:
            self._show_now(request, obj)
        else:
            self.message_user(request, "The draft is saved. What the public sees is unchanged.")
        return HttpResponseRedirect(reverse("admin:pages_page_change", args=[obj.pk]))

    def get_urls(self) -> list[URLPattern]:
        def own(route: str, view: Any, name: str) -> URLPattern:
            staff_view: Any = self.admin_site.admin_view(view)
            own_path: URLPattern = path(f"<int:pk>/{route}", staff_view, name=f"pages_page_{name}")
            return own_path

        return [
            own("preview/", self.preview, "preview"),
            own("editions/", self.editions, "editions"),
            own("unpublish/", self.unpublish, "unpublish"),
            own("editions/<int:number>/publish-again/", self.publish_again, "publish_again"),
            *super().get_urls(),
        ]

    @method_decorator([require_safe, xframe_options_sameorigin, csp(settings.CSP_PREVIEW)])
    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The saved draft, by the same way as the public page."""
        page = self._page(request, pk, self.has_view_permission)
        draft, site = page.draft(), Site.of(request)
        context = {
            **context_of(page, draft, site),
            "page_template": template_of(page, draft),
            "problems": problems_in(draft, site),
        }
        response = render(request, "admin/pages/page/preview.html", context)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    @method_decorator(require_safe)
    def editions(self, request: HttpRequest, pk: int) -> HttpResponse:
        page = self._page(request, pk, self.has_view_permission)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Editions of {page}",
            "opts": self.opts,
            "original": page,
            "public": page.public_edition,
            "zone": Practice.of(request).time_zone,
            "editions": page.editions.select_related("by", "restored_from"),
            "may_change": self.has_change_permission(request, page),
        }
        return render(request, "admin/pages/page/editions.html", context)

    @method_decorator(require_POST)
    def unpublish(self, request: HttpRequest, pk: int) -> HttpResponse:
        page = self._page(request, pk, self.has_change_permission)
        if page.public_edition is not None:
            page.unpublish(by=who(request))
            self._told(request, page, "The page is off the site. Its draft and editions are kept.")
        return self._to_editions(page)

    @method_decorator(require_POST)
    def publish_again(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        page = self._page(request, pk, self.has_change_permission)
        edition = get_object_or_404(Edition, page=page, number=number, withdraws=False)
        again = edition.publish_again(by=who(request))
        words = f"The public now sees edition {number} again, as edition {again.number}."
        self._told(request, page, words)
        return self._to_editions(page)

    def _page(self, request: HttpRequest, pk: int, permitted: Any) -> Page:
        page = get_object_or_404(Page, pk=pk)
        if not permitted(request, page):
            raise PermissionDenied
        return page

    def _show_now(self, request: HttpRequest, page: Page) -> None:
        try:
            edition = page.publish(by=who(request))
        except UnknownSourceError as error:
            words = f"The draft is saved, and not shown yet. {error}"
            self.message_user(request, words, messages.ERROR)
        else:
            self._told(request, page, f"The public now sees this, as edition {edition.number}.")

    def _told(self, request: HttpRequest, page: Page, words: str) -> None:
        self.log_change(request, page, words)
        self.message_user(request, words)

    def _to_editions(self, page: Page) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:pages_page_editions", args=[page.pk]))
