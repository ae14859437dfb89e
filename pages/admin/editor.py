"""The screen on which a page is written: its form, and beside it the page as readers see it."""

from dataclasses import dataclass
from typing import Any

from csp.decorators import csp
from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import DateField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from pages.admin.editions import EditionsAdmin
from pages.admin.live import who
from pages.admin.meanwhile import Seen, bring_together
from pages.admin.page_list import state_of
from pages.admin.typed import Typed, TypedPageForm, ids, typed
from pages.advice import advice_on, reading_of
from pages.models import Page, Practice, Source
from pages.models.page import Editing
from pages.models.problem import LINES, problems_of
from pages.models.reading import CLEAR, Reading, place_of
from pages.showing import Content, context_of, template_of
from pages.site import Site

NAMES = {
    "": "The page",
    "title": "Title",
    "heading": "Heading",
    "summary": "First lines",
    "description": "Description",
    "calm_line": "Calm line",
    "illustration": "Drawing",
}


@dataclass(frozen=True)
class Note:
    """Something to look at, with the control that it is about."""

    where: str
    control: str
    words: str


class EditorAdmin(EditionsAdmin):
    """What PageAdmin says of the editor."""

    formfield_overrides = {
        DateField: {"widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}
    }

    def get_urls(self) -> list[URLPattern]:
        new: Any = self.admin_site.admin_view(self.preview)
        return [
            self.own("preview/", self.preview, "preview"),
            path("add/preview/", new, name="pages_page_preview_new"),
            *super().get_urls(),
        ]

    @method_decorator(
        [
            require_http_methods(["GET", "HEAD", "POST"]),
            xframe_options_sameorigin,
            csp(settings.CSP_PREVIEW),
        ]
    )
    def preview(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """The page by the same way as the public one: as saved or, posted, as typed."""
        page = self._previewed(request, pk)
        shown = self.typed(request, page) if request.method == "POST" else saved(page)
        if page.pk is None:
            shown.page.pk = 0  # so that what is live on a page may ask for what belongs to it
        site = Site.of(request)
        context = {
            **context_of(shown.page, shown.content, site),
            **looked_through(shown, site),
            **(self._others(request, page) if request.method == "POST" else {}),
            "page_template": template_of(shown.page, shown.content),
            "is_typed": request.method == "POST",
        }
        response = render(request, "admin/pages/page/preview.html", context)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def typed(self, request: HttpRequest, page: Page) -> Typed:
        stored = page if page.pk else None
        form_class: Any = self.get_form(request, stored, form=TypedPageForm, change=bool(stored))
        return typed(form_class(request.POST, instance=page), request.POST)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method == "POST" and object_id:
            page: Page | None = self.get_object(request, object_id)
            if page and (found := bring_together(page, request.POST)):
                request.POST, request._meanwhile = found  # type: ignore[assignment, attr-defined]
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        page: Page | None = kwargs.get("obj")
        context |= self._around(request, page, is_typed=bool(context["errors"]))
        answer: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return answer

    def _around(self, request: HttpRequest, page: Page | None, is_typed: bool) -> dict[str, Any]:
        """What stands around the form."""
        site = Site.of(request)
        stored = get_object_or_404(Page, pk=page.pk) if page else Page()
        shown = self.typed(request, stored) if is_typed else saved(stored)
        return {
            **looked_through(shown, site),
            **seen(request, stored),
            **self._others(request, stored),
            "title": str(page) if page else "A new page",
            "subtitle": None,
            "state": state_of(stored, site.practice.tz) if page else "",
            "preview_url": preview_url(page),
            "move_url": move_url(page),
            "zone": site.practice.time_zone,
            "facts": site.practice.facts(),
            "sources": Source.objects.all(),
        }

    def _others(self, request: HttpRequest, page: Page) -> dict[str, Any]:
        """Who else has the page open; and that this one has it open too."""
        if not page.pk or not self.has_change_permission(request, page):
            return {}
        zone = Practice.of(request).tz
        Editing.note(page, who(request))
        others = Editing.others(page, who(request))
        return {"others": [(each.user, each.since.astimezone(zone)) for each in others]}

    def _previewed(self, request: HttpRequest, pk: int | None) -> Page:
        if pk is not None:
            posted = request.method == "POST"
            may = self.has_change_permission if posted else self.has_view_permission
            return self.page_for(request, pk, may)
        if not self.has_add_permission(request):
            raise PermissionDenied
        return Page()


def seen(request: HttpRequest, page: Page) -> dict[str, Any]:
    """What the form carries, so that a later save finds out what came in between."""
    meanwhile = getattr(request, "_meanwhile", None)
    if meanwhile:
        return {"meanwhile": meanwhile, "seen_draft": meanwhile.seen, "version": meanwhile.version}
    if request.method == "POST":
        names = {"seen_draft": "seen_draft", "version": "seen_version"}
        return {name: request.POST.get(control, "") for name, control in names.items()}
    return {"seen_draft": Seen.of(page) if page.pk else "", "version": page.version}


def saved(page: Page) -> Typed:
    sections = list(page.sections.all()) if page.pk else []
    prefixes = (f"sections-{place}" for place, _ in enumerate(sections))
    return Typed(page, page.draft(sections), ids(prefixes))


def looked_through(shown: Typed, site: Site) -> dict[str, Any]:
    """What keeps it from being shown, then what would make it better; and how it reads."""
    blocks = problems(shown, site)
    advice = [note(shown, each.where, each.words) for each in advice_on(shown.content, site)]
    return {
        "problems": blocks,
        "advice": advice,
        "count": in_one_line(len(blocks), len(advice)),
        "reading": reading_of(shown.content, site),
    }


def in_one_line(blocks: int, advice: int) -> str:
    """What a screen reader hears when it changes."""
    things = "1 thing keeps" if blocks == 1 else f"{blocks} things keep"
    said = [f"{things} the page from being shown."] if blocks else []
    if advice:
        said.append(f"{advice} piece{'' if advice == 1 else 's'} of advice.")
    return " ".join(said) or "Nothing to mend."


def problems(shown: Typed, site: Site) -> list[Note]:
    """What keeps it from being shown, with the control where it is mended."""
    reading = Reading(shown.content, site.practice.facts())
    places = places_in(shown.content)
    return [
        Note(each.where, shown.ids.get(places.get(each.where, ""), ""), each.what)
        for each in problems_of(reading, shown.page if shown.page.pk else None)
    ]


def places_in(content: Content) -> dict[str, str]:
    """The part for each place that a problem may name; of two with one name, the first."""
    places = {where: name for name, where in {**LINES, **CLEAR}.items()}
    for n, section in enumerate(content["sections"]):
        places.setdefault(place_of(section, n + 1), f"sections-{n}")
        places.setdefault(f"In the heading “{section['heading']}”", f"sections-{n}")
    return places


def note(shown: Typed, where: str, words: str) -> Note:
    return Note(name_of(shown.content, where), shown.ids.get(where, ""), words)


def name_of(content: Content, where: str) -> str:
    """A part as staff know it."""
    if where in NAMES:
        return NAMES[where]
    place = int(where.removeprefix("sections-"))
    heading = content["sections"][place]["heading"]
    return f"“{heading}”" if heading else f"Section {place + 1}"


def preview_url(page: Page | None) -> str:
    if page is None:
        return reverse("admin:pages_page_preview_new")
    return reverse("admin:pages_page_preview", args=[page.pk])


def move_url(page: Page | None) -> str:
    if page is None or page.kind in Page.FIXED:
        return ""
    return reverse("admin:pages_page_move", args=[page.pk])
