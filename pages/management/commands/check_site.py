"""The findings of readiness for a terminal, a timer or a machine."""

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, InterfaceError

from pages.models.last_known import database_is_away
from pages.readiness import Finding, Report, Stage, Where, findings

NOT_READY, AWAY = 1, 2
DATABASE_AWAY = (
    "The database does not answer, so nothing was checked. "
    "Check DATABASE_URL and that the server runs."
)


class Command(BaseCommand):
    help = (
        "Says what is to be mended before the site goes live, why, and where. "
        "Exit status: 0 nothing, 1 something, 2 the database does not answer."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="The same for machines.")

    def handle(self, *args: Any, **options: Any) -> None:
        found = self.look()
        self.stdout.write(as_json(found) if options["json"] else as_text(found))
        if found:
            sys.exit(NOT_READY)

    def look(self) -> list[Report]:
        try:
            return findings()
        except (DatabaseError, InterfaceError) as error:
            if not database_is_away(error):
                raise
            raise CommandError(DATABASE_AWAY, returncode=AWAY) from error


def as_json(found: list[Report]) -> str:
    rows = [
        {
            "key": report.rule.key,
            "stage": report.rule.stage.name.lower(),
            "what": finding.what,
            "why": report.rule.why,
            "where": finding.where.label,
            "url": address(finding.where),
        }
        for report in found
        for finding in report.findings
    ]
    return json.dumps({"ready": not found, "findings": rows}, indent=2, ensure_ascii=False)


def as_text(found: list[Report]) -> str:
    if not found:
        return "Nothing to mend: the site is ready."
    staged = [(stage, [each for each in found if each.rule.stage == stage]) for stage in Stage]
    return "\n\n".join(
        "\n\n".join([f"{stage} ({len(reports)})", *(in_lines(each) for each in reports)])
        for stage, reports in staged
        if reports
    )


def in_lines(report: Report) -> str:
    rule = report.rule
    return "\n".join(
        [f"{rule.about} [{rule.key}]", f"  {rule.why}", *(in_line(f) for f in report.findings)]
    )


def in_line(finding: Finding) -> str:
    return f"  - {finding.what}\n    {address(finding.where) or finding.where.label}"


def address(where: Where) -> str:
    """'' where it is no screen of the staff site."""
    return f"{settings.STAFF_URL}{where.url}" if where.url else ""
