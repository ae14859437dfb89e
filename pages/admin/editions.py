"""The history of a page: what was public when, and the ways back."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST, require_safe

from pages.admin.live import who
from pages.models import Edition, Page, Practice


class EditionsAdmin(admin.ModelAdmin):
    """What PageAdmin says of editions."""

    def get_urls(self) -> list[URLPattern]:
        return [
            self.own("editions/", self.editions, "editions"),
            self.own("unpublish/", self.unpublish, "unpublish"),
            self.own("editions/<int:number>/publish-again/", self.publish_again, "publish_again"),
            *super().get_urls(),
        ]

    def own(self, route: str, view: Any, name: str) -> URLPattern:
        """An address of one page, for staff."""
        staff_view: Any = self.admin_site.admin_view(view)
        own_path: URLPattern = path(f"<int:pk>/{route}", staff_view, name=f"pages_page_{name}")
        return own_path

    @method_decorator(require_safe)
    def editions(self, request: HttpRequest, pk: int) -> HttpResponse:
        page = self.page_for(request, pk, self.has_view_permission)
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
        page = self.page_for(request, pk, self.has_change_permission)
        if page.public_edition is not None:
            page.unpublish(by=who(request))
            self.tell(request, page, "The page is off the site. Its draft and editions are kept.")
        return self.to_editions(page)

    @method_decorator(require_POST)
    def publish_again(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        page = self.page_for(request, pk, self.has_change_permission)
        edition = get_object_or_404(Edition, page=page, number=number, withdraws=False)
        again = edition.publish_again(by=who(request))
        words = f"The public now sees edition {number} again, as edition {again.number}."
        self.tell(request, page, words)
        return self.to_editions(page)

    def page_for(self, request: HttpRequest, pk: int, permitted: Any) -> Page:
        page = get_object_or_404(Page, pk=pk)
        if not permitted(request, page):
            raise PermissionDenied
        return page

    def tell(self, request: HttpRequest, page: Page, words: str) -> None:
        """Says it on the next screen, and keeps it in the history of the page."""
        self.log_change(request, page, words)
        self.message_user(request, words)

    def to_editions(self, page: Page) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:pages_page_editions", args=[page.pk]))
