from csp.decorators import csp
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, resolve, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from pages.admin.editions import EditionsAdmin
from pages.admin.live import who
from pages.admin.versioned import VersionedForm
from pages.models import Page, Section
from pages.models.edition import NotReadyError
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
class PageAdmin(EditionsAdmin):
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
        return [self.own("preview/", self.preview, "preview"), *super().get_urls()]

    @method_decorator([require_safe, xframe_options_sameorigin, csp(settings.CSP_PREVIEW)])
    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The saved draft, by the same way as the public page."""
        page = self.page_for(request, pk, self.has_view_permission)
        draft, site = page.draft(), Site.of(request)
        context = {
            **context_of(page, draft, site),
            "page_template": template_of(page, draft),
            "problems": problems_in(draft, site, page),
        }
        response = render(request, "admin/pages/page/preview.html", context)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def _show_now(self, request: HttpRequest, page: Page) -> None:
        try:
            edition = page.publish(by=who(request))
        except NotReadyError as error:
            words = f"The draft is saved, and not shown yet. {error}"
            self.message_user(request, words, messages.ERROR)
        else:
            self.tell(request, page, f"The public now sees this, as edition {edition.number}.")
