"""The page behind Monday's line, and the same as a file from which nobody can be picked out."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_safe

from intake import charts
from intake.admin.report_file import HEADING, rows_of
from intake.csv_cells import rows_to_csv
from intake.monday import monday_line
from intake.reports import (
    PERIODS,
    USUAL_PERIOD,
    Report,
    how_found_labels,
    origin_labels,
    outcome_labels,
    report,
)
from pages.models import Practice

MAY_SEE = "intake.see_reports"


def urls(site: AdminSite) -> list[URLPattern]:
    page, file = require_safe(partial(show, site)), require_safe(as_file)
    return [
        path("reports/", site.admin_view(page), name="reports"),
        path("reports/csv/", site.admin_view(file), name="reports_csv"),
    ]


@dataclass(frozen=True)
class Part:
    """A drawing and the table beside it."""

    key: str
    title: str
    about: str
    chart: charts.Chart
    head: list[str]
    rows: list[list[Any]]


def show(site: AdminSite, request: HttpRequest) -> HttpResponse:
    practice, weeks = asked(request)
    now = timezone.now()
    found = report(practice, now, weeks)
    context = {
        **site.each_context(request),
        "title": "Reports",
        "line": monday_line(practice, now),
        "found": found,
        "parts": [by_week(found), how_found(found), outcomes(found), load(found)],
        "waited": (now - found.waiting.oldest).days // 7 if found.waiting.oldest else None,
        "periods": PERIODS,
        "weeks": weeks,
    }
    return TemplateResponse(request, "admin/intake/reports.html", context)


def as_file(request: HttpRequest) -> StreamingHttpResponse:
    practice, weeks = asked(request)
    rows = [HEADING, *rows_of(report(practice, timezone.now(), weeks))]
    answer = StreamingHttpResponse(rows_to_csv(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="reports-{weeks}-weeks.csv"'
    return answer


def asked(request: HttpRequest) -> tuple[Practice, int]:
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied
    weeks = request.GET.get("weeks", "")
    known = weeks in {str(each) for each in PERIODS}
    return Practice.of(request), int(weeks) if known else USUAL_PERIOD


# On the page


def by_week(found: Report) -> Part:
    labels = origin_labels()
    weeks = list(zip(found.weeks.starts, found.by_week, strict=True))
    counts = [(f"{start:%b} {start.day}", sum(counter.values())) for start, counter in weeks]
    rows = [
        [f"{start:%b} {start.day}", *(n[key] for key in labels), sum(n.values())]
        for start, n in weeks
    ]
    return Part(
        "weeks", "Requests by week and source", "Each week from its Monday; the last one so far.",
        charts.bars(counts), ["Week of", *labels.values(), "All"], rows,
    )  # fmt: skip


def how_found(found: Report) -> Part:
    return listed(
        "found", "How they found us", "Staff ask in the first talk.",
        named(found.how_found, how_found_labels()),
    )  # fmt: skip


def outcomes(found: Report) -> Part:
    return listed(
        "outcomes", "How it ended", "Of those who wrote in this time, as it stands today.",
        named(found.outcomes, outcome_labels()),
    )  # fmt: skip


def load(found: Report) -> Part:
    counts = [(first or name or "Nobody yet", n) for _, first, name, n, _ in found.load]
    rows = [[label, n, row[4]] for (label, n), row in zip(counts, found.load, strict=True)]
    return Part(
        "load", "Who has how many", "Open requests now, whenever they came.",
        charts.bars(counts), ["Owner", "Open", "Late"], rows,
    )  # fmt: skip


def listed(key: str, title: str, about: str, counts: list[tuple[str, int]]) -> Part:
    rows = [[label, count] for label, count in counts]
    return Part(key, title, about, charts.bars(counts), [title, "Requests"], rows)


def named(counts: dict[str, int], labels: dict[str, str]) -> list[tuple[str, int]]:
    """The most first; choices that nobody made are left out."""
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return [(labels.get(key, key), count) for key, count in ordered]
