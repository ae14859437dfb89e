"""The history of a page: what was public when, what is to come, and the ways back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.defaultfilters import date
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pages import comparing
from pages.admin.live import who
from pages.models import Edition, Page, Practice, Section
from pages.models.destination import pages_that_link_to
from pages.models.edition import AlreadyPublicError, NotReadyError
from pages.models.page import AddressRefusedError, Drawing
from pages.sentences import joined
from pages.showing import context_of, template_of
from pages.site import Site

DRAFT = "draft"
MOMENT = "F j, Y, g:i a"


@dataclass(frozen=True)
class Line:
    """An edition in the list. `state` is public, planned, taken_back or before."""

    edition: Edition
    state: str


class TwoEditions(forms.Form):
    before = forms.ChoiceField(label="Before")
    after = forms.ChoiceField(label="After")

    def __init__(self, contents: dict[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("before", "after"):
            field: Any = self.fields[name]
            field.choices = list(contents.items())
            field.error_messages["invalid_choice"] = "Choose an edition of this page, or the draft."


class NewAddress(forms.Form):
    to = forms.CharField(
        label="New address",
        max_length=200,
        help_text="Small letters, digits and dashes, such as getting-here.",
        error_messages={"required": "Write the new address, such as getting-here."},
    )

    def clean_to(self) -> str:
        """What people paste: the whole address, or with its slashes."""
        typed: str = self.cleaned_data["to"].strip()
        own = urlsplit(settings.SITE_URL).netloc
        return typed.rpartition(f"{own}/")[2].strip("/").lower()


class EditionsAdmin(admin.ModelAdmin):
    """What PageAdmin says of editions and addresses."""

    def get_urls(self) -> list[URLPattern]:
        number = "editions/<int:number>"
        return [
            self.own("editions/", self.editions, "editions"),
            self.own("editions/compare/", self.compare, "compare"),
            self.own("unpublish/", self.unpublish, "unpublish"),
            self.own(f"{number}/publish-again/", self.publish_again, "publish_again"),
            self.own(f"{number}/do-not-show/", self.cancel, "cancel"),
            self.own(f"{number}/shown/", self.as_shown, "as_shown"),
            self.own("move/", self.move, "move"),
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
        editions = page.editions.select_related("by", "restored_from")
        context = {
            "title": f"Editions of {page}",
            "public": page.public_edition,
            "planned": page.scheduled,
            "lines": lines(list(editions.defer("content", "restored_from__content"))),
        }
        return self._shown(request, page, "editions", context)

    @method_decorator(require_safe)
    def as_shown(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """What someone was shown (`?on=` a day). For all staff: it was public, a draft never is."""
        shown = Edition.objects.live().filter(page=pk, withdraws=False).select_related("page")
        edition = get_object_or_404(shown, number=number)
        content = edition.content or {}
        context = {
            **context_of(edition.page, content, Site.of(request)),
            "page_template": template_of(edition.page, content),
            "edition": edition,
            "shown_on": _day(request.GET.get("on", "")) or edition.live_at,
            "zone": Practice.of(request).time_zone,
        }
        response = render(request, "admin/pages/page/as_shown.html", context)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    @method_decorator(require_safe)
    def compare(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Two editions word by word, or one and the draft: without a choice, what is public."""
        page = self.page_for(request, pk, self.has_view_permission)
        choices = self._contents(request, page)
        public = page.public_edition
        chosen = {"before": str(public.number) if public else next(iter(choices)), "after": DRAFT}
        form = TwoEditions(choices, {**chosen, **request.GET.dict()})
        context: dict[str, Any] = {"title": f"What changed in {page}", "form": form}
        if form.is_valid():
            before, after = (content_of(page, form.cleaned_data[n]) for n in ("before", "after"))
            context["differences"] = comparing.compare(in_words(before), in_words(after))
        return self._shown(request, page, "compare", context)

    @method_decorator(require_POST)
    def unpublish(self, request: HttpRequest, pk: int) -> HttpResponse:
        page = self.page_for(request, pk, self.has_change_permission)
        if page.public_edition is not None or page.scheduled is not None:
            edition = page.unpublish(by=who(request))
            words = "The page is off the site. Its draft and editions are kept."
            self.tell(request, page, words + and_taken_back(edition))
            self._tell_who_links(request, page)
        return self.to_editions(page)

    def _tell_who_links(self, request: HttpRequest, page: Page) -> None:
        if those := pages_that_link_to(page, Practice.of(request).facts()):
            names = joined(f"“{each}”" for each in those)
            words = f"Links that lead nowhere now are on {names}. Take them out there."
            self.message_user(request, words, messages.WARNING)

    @method_decorator(require_POST)
    def publish_again(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        page = self.page_for(request, pk, self.has_change_permission)
        edition = get_object_or_404(Edition, page=page, number=number, withdraws=False)
        try:
            again = edition.publish_again(by=who(request))
        except NotReadyError as error:
            words = f"Edition {number} is not shown: something it needs is gone. {error}"
            self.message_user(request, words, messages.ERROR)
        else:
            words = f"The public now sees edition {number} again, as edition {again.number}."
            self.tell(request, page, words + and_taken_back(again))
        return self.to_editions(page)

    @method_decorator(require_POST)
    def cancel(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        page = self.page_for(request, pk, self.has_change_permission)
        edition = get_object_or_404(Edition, page=page, number=number)
        try:
            edition.cancel(by=who(request))
        except AlreadyPublicError as error:
            words = f"{error} To take it off, show an older edition again."
            self.message_user(request, words, messages.ERROR)
        else:
            self.message_user(request, f"Edition {number} will not be shown. Its words are kept.")
        return self.to_editions(page)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def move(self, request: HttpRequest, pk: int) -> HttpResponse:
        page = self.page_for(request, pk, self.has_change_permission)
        form = NewAddress(request.POST or None)
        if form.is_valid():
            try:
                page.move(form.cleaned_data["to"], by=who(request))
            except AddressRefusedError as error:
                form.add_error("to", str(error))
            else:
                words = f"The page is at {page.get_absolute_url()} now."
                self.message_user(request, words)
                return self.to_editions(page)
        context = {
            "title": f"Change the address of {page}",
            "form": form,
            "fixed": page.kind in Page.FIXED,
            "site_url": settings.SITE_URL,
            "public": page.public_edition,
            "before": page.old_addresses.all(),
        }
        return self._shown(request, page, "move", context)

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

    def _contents(self, request: HttpRequest, page: Page) -> dict[str, str]:
        """What can be compared, by the name that stands in the address."""
        zone = Practice.of(request).tz
        editions = page.editions.filter(withdraws=False).defer("content").select_related("by")
        return {
            DRAFT: "The draft as it is saved",
            **{
                str(edition.number): f"Edition {edition.number}, "
                f"{date(edition.live_at.astimezone(zone), MOMENT)}, {edition.by or 'the starter'}"
                for edition in editions
            },
        }

    def _shown(
        self, request: HttpRequest, page: Page, name: str, context: dict[str, Any]
    ) -> HttpResponse:
        around = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": page,
            "zone": Practice.of(request).time_zone,
            "may_change": self.has_change_permission(request, page),
        }
        return render(request, f"admin/pages/page/{name}.html", {**around, **context})


def lines(editions: list[Edition]) -> list[Line]:
    """Newest first, as given. An edition is made for a later time than those before it."""
    now = timezone.now()
    standing = [each for each in editions if not each.cancelled_at and each.live_at <= now]
    public = max(standing, key=lambda each: (each.live_at, each.number), default=None)

    def state(edition: Edition) -> str:
        if edition.cancelled_at:
            return "taken_back"
        if edition.live_at > now:
            return "planned"
        return "public" if edition == public and not edition.withdraws else "before"

    return [Line(edition, state(edition)) for edition in editions]


def _day(text: str) -> datetime | None:
    """At noon, so that it is the same day in every time zone of a practice."""
    try:
        return datetime.strptime(f"{text} 12 +0000", "%Y-%m-%d %H %z")
    except ValueError:
        return None


def and_taken_back(edition: Edition) -> str:
    """What a new edition took the place of, as one more sentence; empty where nothing."""
    numbers = " and ".join(map(str, edition.taken_back))
    if not numbers:
        return ""
    which = "Edition" if len(edition.taken_back) == 1 else "Editions"
    return f" {which} {numbers}, planned for later, will not be shown: this is newer."


def content_of(page: Page, chosen: str) -> dict[str, Any]:
    if chosen == DRAFT:
        return page.draft()
    return page.editions.get(number=chosen).content or {}


def in_words(content: dict[str, Any]) -> dict[str, Any]:
    """With the names that staff know in place of the short ones that are stored."""

    def said(choices: type[TextChoices], value: str) -> str:
        return str(dict(choices.choices).get(value, value))

    return {
        **content,
        "kind": said(Page.Kind, content["kind"]),
        "group": said(Page.Group, content["group"]),
        "illustration": said(Drawing, content["illustration"]),
        "next": content["next"] and f"/{content['next']}/",
        "sections": [
            {**section, "style": said(Section.Style, section["style"])}
            for section in content["sections"]
        ],
    }
